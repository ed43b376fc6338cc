import { describe, expect, it } from "vitest";
import { formatTable } from "./table.js";

describe("formatTable", () => {
  it("aligns columns, and numbers to the right", () => {
    expect(
      formatTable(
        [
          ["a", "12"],
          ["long", "3"],
        ],
        { rightFrom: 1 },
      ),
    ).toBe("a     12\nlong   3\n");
  });

  it("wraps the widest column at blanks to fit the terminal", () => {
    const rows = [
      ["one", "a rather long explanation of one"],
      ["two", "short"],
    ];
    expect(formatTable(rows, { width: 25 })).toBe(
      "one  a rather long\n     explanation of one\ntwo  short\n",
    );
  });

  it("breaks a word that is longer than its column", () => {
    expect(formatTable([["x", "abcdefghijklmnop"]], { width: 13 })).toBe("x  abcdefghij\n   klmnop\n");
  });

  it("limits nothing where there is no terminal", () => {
    expect(formatTable([["x", "y".repeat(300)]], { width: undefined })).toHaveLength(304);
  });

  it("counts wide letters as two columns and colours as none", () => {
    expect(
      formatTable([
        ["日本", "a"],
        ["\u001b[32mok\u001b[39m", "b"],
      ]),
    ).toBe("日本  a\n\u001b[32mok\u001b[39m    b\n");
  });
});
