import { describe, expect, it } from "vitest";
import {
  boolColumn,
  dateColumn,
  floatColumn,
  intColumn,
  textColumn,
  timestampColumn,
} from "../../protocol/columns.js";
import type { Column } from "../../protocol/messages.js";
import { shapeOf, sparseShape } from "./column-kinds.js";

const shape = (column: Column, rows: number) => shapeOf({ rows, columns: [column] }).columns[0]!;
const texts = (...values: (string | null)[]) => shape(textColumn("a", values), values.length);

/** `count` texts, all different. */
const sentences = (count: number) => Array.from({ length: count }, (_, at) => `tide number ${at}`);

describe("the kind of a column", () => {
  it.each([
    ["int64", intColumn("a", [1, 2, null]), "NUM", true, 1],
    ["bool", boolColumn("a", [true, null, false]), "NUM", true, 1],
    ["decimals", { ...textColumn("a", ["1.50", null, "2"]), logical: "decimal" as const }, "NUM", false, 1],
    ["categories", { ...textColumn("a", ["x y", "z w", "x y"]), levels: ["x y", "z w"] }, "CAT", false, 0],
    ["float64 with only integers", floatColumn("a", [1, Number.NaN, null]), "NUM", true, 2],
    ["float64 with fractions", floatColumn("a", [1, 2.5, null]), "NUM", false, 1],
    ["float64 with an infinity", floatColumn("a", [1, Number.POSITIVE_INFINITY, 2]), "NUM", false, 0],
    ["float32", floatColumn("a", [0.5, 1, 2], "float32"), "NUM", false, 0],
    ["date", dateColumn("a", [1, null, 3]), "DATE", false, 1],
    ["timestamp", timestampColumn("a", [1, 2, 3]), "DATE", false, 0],
    ["json", textColumn("a", ["[1]", "[2]", "{}"], "json"), "CAT", false, 0],
    ["utf8", textColumn("a", ["x", "y", null]), "CAT", false, 1],
    ["float64 without a value", floatColumn("a", [Number.NaN, null, null]), undefined, false, 3],
    ["utf8 without a value", textColumn("a", [null, null, null]), undefined, false, 3],
  ])("of %s", (_title, column, kind, isWhole, missing) => {
    expect(shape(column, 3)).toEqual({ name: "a", kind, isWhole, missing });
  });

  it("is unknown without rows", () => {
    expect(shape(intColumn("a", []), 0).kind).toBeUndefined();
  });

  it("is NUM for sparse data", () => {
    expect(sparseShape(["0", "1"])).toEqual({
      isSparse: true,
      columns: ["0", "1"].map((name) => ({ name, kind: "NUM", isWhole: false, missing: 0 })),
    });
  });
});

describe("a text column is TXT if", () => {
  it.each([
    ["three of four values have white space", [...sentences(3), "word"], "TXT"],
    ["not if fewer do", [...sentences(2), "word", "other"], "CAT"],
    ["not if only present values do", [...sentences(2), null, null], "CAT"],
    ["one of twenty values is unique", Array.from({ length: 20 }, () => "low tide"), "TXT"],
    ["not if one of twenty-one is", Array.from({ length: 21 }, () => "low tide"), "CAT"],
    [
      "sixty are unique, whatever their share",
      Array.from({ length: 2000 }, (_, at) => `no ${at % 60}`),
      "TXT",
    ],
    ["not if fifty-nine are", Array.from({ length: 2000 }, (_, at) => `no ${at % 59}`), "CAT"],
    ["the white space is a tab or a line end", ["a\tb", "c\nd"], "TXT"],
  ])("%s", (_title, values, kind) => {
    expect(texts(...values).kind).toBe(kind);
  });
});

describe("a text column is IMG if all its values are the base64 of", () => {
  const rest = Buffer.alloc(40, 7);
  const image = (...start: (number | string)[]) =>
    Buffer.concat([
      ...start.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.of(part))),
      rest,
    ]).toString("base64");

  it.each([
    ["JPEG", image(0xff, 0xd8, 0xff)],
    ["PNG", image(0x89, "PNG\r\n", 0x1a, "\n")],
    ["GIF", image("GIF89a")],
    ["BMP", image("BM")],
    ["TIFF", image("II*", 0)],
    ["WebP", image("RIFF", 1, 2, 3, 4, "WEBP")],
  ])("%s", (_format, text) => {
    expect(texts(text, null, text)).toMatchObject({ kind: "IMG", missing: 1 });
    expect(texts(text.replace(/(.{20})/g, "$1\n")).kind).toBe("IMG");
    expect(texts(text, "word").kind).toBe("CAT");
  });

  it.each(["abc", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=", "RIFF of a wave file that is none"])(
    "but not %s",
    (text) => {
      expect(texts(text).kind).not.toBe("IMG");
    },
  );
});
