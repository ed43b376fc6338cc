// Text in any charset as UTF-8, which all readers expect.

const utf8Names = ["utf-8", "utf8", "us-ascii", "ascii"];

/**
 * `text` in UTF-8. A byte order mark of UTF-16 counts more than the declared charset; without both, text is UTF-8 already. Throws
 * INPUT_UNREADABLE for an unknown charset.
 */
export async function toUtf8(text: Buffer, declared: string | null): Promise<Buffer> {
  const charset = markedCharset(text) ?? declared?.toLowerCase();
  if (charset === undefined || utf8Names.includes(charset)) return text;
  const { decodeText } = await import("../text/charsets.js");
  return Buffer.from(decodeText(text, charset), "utf8");
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
