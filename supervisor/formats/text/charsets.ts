// Decodes and encodes text in any charset. Import this lazily: the tables of all charsets are large.

import iconv from "iconv-lite";
import { DrumError } from "../../errors.js";

/** Bytes that the charset lacks become U+FFFD. Throws INPUT_UNREADABLE for an unknown charset. */
export function decodeText(bytes: Buffer, charset: string, { stripBOM = true } = {}): string {
  if (iconv.encodingExists(charset)) return iconv.decode(bytes, charset, { stripBOM });
  throw new DrumError(
    "INPUT_UNREADABLE",
    `the charset ${JSON.stringify(charset)} in Content-Type is unknown; send UTF-8`,
  );
}

/** Throws PREDICTIONS_INVALID for a character that the charset lacks. */
export function encodeText(text: string, charset: string): Buffer {
  const bytes = iconv.encode(text, charset);
  const back = iconv.decode(bytes, charset);
  if (back === text) return bytes;
  const at = [...text].findIndex((character, place) => [...back][place] !== character);
  throw new DrumError(
    "PREDICTIONS_INVALID",
    `the answer has the character ${JSON.stringify([...text][at])}, which ${charset} lacks; ask for utf-8`,
  );
}
