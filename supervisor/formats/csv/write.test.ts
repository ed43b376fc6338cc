import { describe, expect, it } from "vitest";
import { floatColumn, textColumn, timestampColumn } from "../../../protocol/columns.js";
import type { Column, Table } from "../../../protocol/messages.js";
import type { CheckedPredictions } from "../../predictions/check.js";
import { predictionsAsText } from "../print.js";
import { csvChunks } from "./write.js";

const tableOf = (rows: number, columns: Column[]): Table => ({ rows, columns });

function checked(rows: number, ...columns: Column[]): CheckedPredictions {
  return { targetType: "regression", predictions: tableOf(rows, columns), extra: null, index: null };
}

const csvOf = (predictions: CheckedPredictions, rowsPerChunk = 100) =>
  Buffer.concat([...csvChunks(predictions, rowsPerChunk)]).toString();

describe("predictions as CSV", () => {
  it("has the extra columns after the prediction columns", () => {
    const extra = tableOf(1, [textColumn("note", ["x"])]);
    expect(csvOf({ ...checked(1, floatColumn("no", [0.25]), floatColumn("yes", [0.75])), extra })).toBe(
      "no,yes,note\n0.25,0.75,x\n",
    );
  });

  it("quotes a carriage return, so that no reader ends the row there", () => {
    expect(csvOf(checked(1, textColumn("a\rb", ["c\rd"])))).toBe('"a\rb"\n"c\rd"\n');
  });

  it("writes mixed values as Python prints them, lists and objects as JSON", () => {
    const values = ['"a,b"', "true", "false", "null", "1.50", '["x"]', null];
    expect(csvOf(checked(7, textColumn("v", values, "json"), floatColumn("n", Array(7).fill(0))))).toBe(
      'v,n\n"a,b",0.0\nTrue,0.0\nFalse,0.0\n,0.0\n1.50,0.0\n"[""x""]",0.0\n,0.0\n',
    );
  });

  it("writes an unknown zone as UTC", () => {
    expect(csvOf(checked(1, timestampColumn("t", [0], "Mars/Olympus")))).toBe(
      "t\n1970-01-01 00:00:00+00:00\n",
    );
  });

  it.each([1, 2, 3, 100])("comes in chunks of %i rows, the header with the first", (rowsPerChunk) => {
    const chunks = [...csvChunks(checked(5, floatColumn("y", [1, 2, 3, 4, 5])), rowsPerChunk)];
    expect(chunks).toHaveLength(Math.ceil(5 / rowsPerChunk));
    expect(Buffer.concat(chunks).toString()).toBe("y\n1.0\n2.0\n3.0\n4.0\n5.0\n");
    expect(chunks[0]!.toString()).toMatch(/^y\n1\.0\n/);
  });

  it("writes texts far larger than the chunks so far", () => {
    const texts = ["a", 'é"'.repeat(10_000), "x".repeat(100_000), "b"];
    const cells = texts.map((text) => (text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text));
    expect(csvOf(checked(4, textColumn("t", texts)), 2)).toBe(`t\n${cells.join("\n")}\n`);
  });

  it("reads floats at any address, as in a protocol frame", () => {
    const column = floatColumn("y", [0.1, 0.2]);
    const shifted = Buffer.concat([Buffer.from("abc"), column.data]).subarray(3);
    expect(csvOf(checked(2, { ...column, data: shifted }))).toBe("y\n0.1\n0.2\n");
  });
});

describe("predictions as printed text", () => {
  it("shows mixed values as in the CSV", () => {
    expect(predictionsAsText(checked(3, textColumn("v", ['"a"', "true", null], "json")))).toBe(
      "      v\n0     a\n1  True\n2   NaN\n",
    );
  });
});
