import { describe, expect, it } from "vitest";
import { floatColumn, textColumn } from "../../protocol/columns.js";
import type { Table } from "../../protocol/messages.js";
import { asMatrix, isMatrix, matrixMarketChunks } from "../formats/matrix-market.js";
import { tableOf, withColumnNames } from "./transformed.js";

const tableWith = (...names: string[]): Table => ({
  rows: 2,
  columns: names.map((name) => floatColumn(name, [0, 1.5])),
});
const matrixWith = (...names: string[]) => asMatrix(tableWith(...names));
const namesOf = (data: ReturnType<typeof withColumnNames>) =>
  isMatrix(data) ? data.names : data.columns.map(({ name }) => name);

describe.each([
  ["a table", tableWith],
  ["a matrix", matrixWith],
])("the column names of %s", (_title, make) => {
  it("are trimmed, with line ends written as two characters", () => {
    const names = ["a", " b\t", "c\nd", "\ne\r\nf\n", "a", "Zürich"];
    expect(namesOf(withColumnNames(make(...names)))).toEqual(["a", "b", "c\\nd", "e\\nf", "a", "Zürich"]);
  });

  it.each([
    ["none at all", [], "has no columns"],
    ["an empty one", ["a", ""], "a column without a name, number 2 of 2"],
    ["a blank one", [" \n", "b"], "a column without a name, number 1 of 2"],
  ])("are rejected if there is %s", (_what, names, words) => {
    expect(() => withColumnNames(make(...names))).toThrow(words);
  });
});

describe("a table as a matrix", () => {
  it("omits its zeros and regains them as a table", () => {
    const matrix = matrixWith("a", "b");
    expect(matrix.values).toHaveLength(16);
    expect(tableOf(matrix)).toEqual(tableWith("a", "b"));
  });

  it("rejects the first column that is not numeric", () => {
    const data = { rows: 1, columns: [floatColumn("a", [1]), textColumn("b", ["x"])] };
    expect(() => asMatrix(data)).toThrow('the column "b" has the type utf8');
  });

  it("is written in chunks if it is large, which join into one text", () => {
    const rows = 200_000;
    const data = {
      rows,
      columns: [
        floatColumn(
          "a",
          Float64Array.from({ length: rows }, (_, row) => row),
        ),
      ],
    };
    const chunks = matrixMarketChunks(asMatrix(data));
    expect(chunks.length).toBeGreaterThan(1);
    const lines = Buffer.concat(chunks).toString().split("\n");
    expect(lines.slice(1, 3)).toEqual([`${rows} 1 ${rows - 1}`, "2 1 1.0"]);
    expect(lines.slice(-2)).toEqual([`${rows} 1 ${rows - 1}.0`, ""]);
  });
});
