import { describe, expect, it } from "vitest";
import { boolColumn, dateColumn, floatColumn, intColumn, textColumn } from "../../protocol/columns.js";
import { rowsOf } from "./cells.js";

describe("rowsOf", () => {
  it("gives the values of one column, or lists of the values of several", () => {
    const columns = [
      floatColumn("a", [0.5, Number.NaN]),
      intColumn("b", [1n, null]),
      boolColumn("c", [true, false]),
    ];
    expect(rowsOf({ rows: 2, columns: columns.slice(0, 1) })).toEqual([0.5, null]);
    expect(rowsOf({ rows: 2, columns })).toEqual([
      [0.5, 1, true],
      [null, null, false],
    ]);
    expect(rowsOf({ rows: 2, columns: [textColumn("t", ["x", null])] })).toEqual(["x", null]);
    expect(rowsOf({ rows: 2, columns: [dateColumn("d", [0, null])] })).toEqual(["1970-01-01", null]);
    const decimals = { ...textColumn("p", ["-12.50", null]), logical: "decimal" as const };
    expect(rowsOf({ rows: 2, columns: [decimals] })).toEqual([-12.5, null]);
  });
});
