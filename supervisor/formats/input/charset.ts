// Text in any charset as UTF-8, which all readers expect.

import { DrumError } from "../../errors.js";

const utf8Names = ["utf-8", "utf8", "us-ascii", "ascii"];

/**
 * `text` in UTF-8. A byte order mark of UTF-16 counts more than the declared charset; without both, text is UTF-8 already. Throws
 * INPUT_UNSUPPORTED for an unknown charset.
 */
export async function toUtf8(text: Buffer, declared: string | null): Promise<Buffer> {
  const charset = markedCharset(text) ?? declared?.toLowerCase();
  if (charset === undefined || utf8Names.includes(charset)) return text;
  // Loaded on demand, because the tables of all charsets are large.
  const { default: iconv } = await import("iconv-lite");
  if (!iconv.encodingExists(charset)) {
    throw new DrumError(
      "INPUT_UNSUPPORTED",
      `the charset ${JSON.stringify(declared)} in Content-Type is unknown; send UTF-8`,
    );
  }
  return Buffer.from(iconv.decode(text, charset), "utf8");
}

function markedCharset(text: Buffer): string | undefined {
  if (text[0] === 0xff && text[1] === 0xfe) return "utf-16le";
  if (text[0] === 0xfe && text[1] === 0xff) return "utf-16be";
  return undefined;
}

/** Whether a text with this head needs `toUtf8`. */
export function isUtf16(head: Buffer): boolean {
  return markedCharset(head) !== undefined;
}
