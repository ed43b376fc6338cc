import { describe, expect, it } from "vitest";
import { checkMatrixSize } from "./matrix-size.js";

const banner = "%%MatrixMarket matrix coordinate real general\n";
const check = (rest: string) => () => checkMatrixSize(Buffer.from(banner + rest));

describe("checkMatrixSize", () => {
  it.each([
    ["a usual size", "3 5 1\n1 1 1\n"],
    ["a size behind comments and blank lines", "% a comment\n\n3 5 1\n1 1 1\n"],
    ["as many columns as are taken", "1 4194304 1\n1 1 1\n"],
    ["a text without a size", ""],
    ["a size that is none, which the worker tells", "three five one\n"],
    ["an array", "2 2\n1\n2\n3\n4\n"],
  ])("takes %s", (_title, rest) => {
    expect(check(rest)).not.toThrow();
  });

  it.each([
    ["more rows than bytes", "2000000000 3 1\n1 1 1\n", "announces 2000000000 rows in "],
    ["more rows than a number holds", `${"9".repeat(400)} 3 1\n`, "announces Infinity rows"],
    ["too many columns", "% a comment\n1 4194305 1\n1 1 1\n", "4194305 columns, expected 4194304 at most"],
  ])("refuses %s", (_title, rest, words) => {
    expect(check(rest)).toThrow(words);
  });
});
