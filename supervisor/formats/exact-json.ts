// Reads JSON without changing a number: whole numbers beyond 2^53 come as bigints.

import { isInteger, isSafeNumber, parse, stringify } from "lossless-json";

/** A number that begins with 16 digits, or an exponent of three. JSON.parse reads a fraction of many digits right. */
const needsCare = /(?:^|[[,:\s-])\d{16}|e\+?\d{3}/i;

/** A number that would become infinite. */
export class NumberTooLarge extends RangeError {
  constructor(digits: string, where: string) {
    const shown = digits.length > 30 ? `${digits.slice(0, 30)}…` : digits;
    super(
      `the number ${shown}${where} is beyond the range of 64-bit floats; send null, or a number within it`,
    );
  }
}

/** `where` tells the place of the text in a message. Throws a SyntaxError, and NumberTooLarge. */
export function parseExactly(text: string, where = ""): unknown {
  // JSON.parse is faster.
  if (!needsCare.test(text)) return JSON.parse(text);
  return parse(text, undefined, (digits) => {
    const number = Number(digits);
    if (!Number.isFinite(number)) throw new NumberTooLarge(digits, where);
    return isInteger(digits) && !isSafeNumber(digits) ? BigInt(digits) : number;
  });
}

/** JSON with bigints as whole numbers. */
export function exactJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return stringify(value)!;
  }
}
