import { describe, expect, it } from "vitest";
import type { ColumnType, Signature } from "../../../protocol/messages.js";
import { valuesOf } from "../../formats/cells.js";
import { typedTable } from "./typed.js";

const knows = (type: ColumnType | null, levels: string[] | null = null): Signature => ({
  columns: [{ name: "a", type, levels }],
  by: "name",
});

/** Type and values of the first column of these cells. */
async function first(signature: Signature | null, ...cells: string[]) {
  const { rows, columns } = await typedTable(
    Buffer.from(`a,b\n${cells.map((cell) => `${cell},1\n`).join("")}`),
    signature,
  );
  return [columns[0]!.type, valuesOf(columns[0]!, rows)];
}

describe("a CSV as a client would send it in Arrow", () => {
  it.each([
    ["has whole numbers with gaps as floats, as pandas", null, ["1", "", "3"], "float64", [1, null, 3]],
    ["has whole numbers as such", null, ["1", "3"], "int64", [1, 3]],
    ["has texts as such where the model knows nothing", null, ["x", "1"], "utf8", ["x", "1"]],
    ["has numerals of a text as pandas does", knows("utf8"), ["1", "", "2"], "float64", [1, null, 2]],
    ["keeps a text that numbers would change", knows("utf8"), ["007", "1"], "utf8", ["007", "1"]],
    ["keeps truth values of a text", knows("utf8"), ["true", "false"], "utf8", ["true", "false"]],
    ["keeps levels as they are written", knows(null, ["1.0", "2.0"]), ["1.0", "2.0"], "utf8", ["1.0", "2.0"]],
    ["has missing cells of a text", knows("utf8"), ["x", "NA", ""], "utf8", ["x", null, null]],
    ["keeps a level that looks missing", knows("utf8", ["NA", "x"]), ["NA", "x"], "utf8", ["NA", "x"]],
    ["types what the model has as number by its look", knows("float64"), ["1", "?"], "utf8", ["1", "?"]],
  ] as const)("%s", async (_title, signature, cells, type, values) => {
    expect(await first(signature, ...cells)).toEqual([type, values]);
  });
});
