import { describe, expect, it } from "vitest";
import { checkMatrixSize } from "./matrix-size.js";

const banner = "%%MatrixMarket matrix coordinate real general\n";
const check = (rest: string) => () => checkMatrixSize(Buffer.from(banner + rest));

describe("checkMatrixSize", () => {
  it.each([
    ["a usual size", "3 5 1\n1 1 1\n"],
    ["a size after comments and blank lines", "% a comment\n\n3 5 1\n1 1 1\n"],
    ["the maximum number of columns", "1 4194304 1\n1 1 1\n"],
    ["a text without a size", ""],
    ["a malformed size, which the worker reports", "three five one\n"],
    ["an array", "2 2\n1\n2\n3\n4\n"],
  ])("accepts %s", (_title, rest) => {
    expect(check(rest)).not.toThrow();
  });

  it.each([
    ["more rows than bytes", "2000000000 3 1\n1 1 1\n", "declares 2000000000 rows in "],
    ["more rows than a number holds", `${"9".repeat(400)} 3 1\n`, "declares Infinity rows"],
    ["too many columns", "% a comment\n1 4194305 1\n1 1 1\n", "4194305 columns, expected at most 4194304"],
  ])("rejects %s", (_title, rest, words) => {
    expect(check(rest)).toThrow(words);
  });
});
