// The text of JSON, which nothing changes in silence: bytes that are no text, and halves of characters, are refused.

import { isUtf8 } from "node:buffer";
import { DrumError } from "../errors.js";

const replacement = Buffer.from("\ufffd");

/** JSON has no other encoding. Throws INPUT_UNREADABLE with the place of the first byte that is none of UTF-8. */
export function jsonText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  const at = firstFault(bytes);
  throw new DrumError(
    "INPUT_UNREADABLE",
    `the JSON is not UTF-8: byte 0x${bytes[at]!.toString(16).padStart(2, "0")} at position ${at}; send UTF-8`,
  );
}

/** An escape of half a character beside which the other half is missing; JSON.stringify writes no other escapes of halves. */
const half = /(?<!\\)(?:\\\\)*(\\ud[89a-f][0-9a-f]{2})/;

/** Throws INPUT_UNREADABLE if a text of the value, which `text` was parsed to, holds half a character: no encoding has it. */
export function checkHalves(text: string, value: unknown): void {
  if (!/\\ud[89a-f]/i.test(text)) return;
  const found = half.exec(JSON.stringify(value, (_key, one) => (typeof one === "bigint" ? 0 : one)));
  if (found)
    throw new DrumError(
      "INPUT_UNREADABLE",
      `a text of the JSON holds ${found[1]}, half of a character, which UTF-8 cannot hold; send both halves`,
    );
}

/** Where decoding puts a replacement that did not come as one. The bytes must not be UTF-8. */
function firstFault(bytes: Buffer): number {
  const text = bytes.toString();
  for (let at = text.indexOf("\ufffd"); at >= 0; at = text.indexOf("\ufffd", at + 1)) {
    const place = Buffer.byteLength(text.slice(0, at));
    if (!bytes.subarray(place, place + replacement.length).equals(replacement)) return place;
  }
  throw new Error("the bytes are UTF-8");
}
