import { describe, expect, it } from "vitest";
import { boolAt, floatsOf, int64sOf, isPresent, textsOf } from "../../../protocol/table.js";
import { readCsvTable } from "./table.js";

const table = (text: string) => readCsvTable(Buffer.from(text));

/** Name, type and values of each column, null for missing. */
async function columns(text: string): Promise<[string, string, unknown[]][]> {
  const { rows, columns } = await table(text);
  return columns.map((column) => {
    const value = (row: number): unknown => {
      if (column.type === "float64") return floatsOf(column)[row];
      if (column.type === "int64") return int64sOf(column)[row];
      return column.type === "bool" ? boolAt(column, row) : textsOf(column)[row];
    };
    const values = Array.from({ length: rows }, (_, row) => (isPresent(column, row) ? value(row) : null));
    return [column.name, column.type, values];
  });
}

/** A column of these cells. A second column keeps empty cells from becoming blank lines. */
const column = async (...cells: string[]) =>
  (await columns(`a,b\n${cells.map((cell) => `${cell},1\n`).join("")}`))[0]!.slice(1);

describe("readCsvTable gives a column", () => {
  it.each([
    ["of whole numbers int64", ["1", "-2", "+3", " 4 "], "int64", [1n, -2n, 3n, 4n]],
    ["of whole numbers with a missing one int64", ["1", "", "3"], "int64", [1n, null, 3n]],
    [
      "of numbers float64",
      ["1", "2.5", ".5", "1e3", "-2.", "inf", "-Infinity"],
      "float64",
      [1, 2.5, 0.5, 1000, -2, Infinity, -Infinity],
    ],
    ["of truth values bool", ["True", "false", "tRUE"], "bool", [true, false, true]],
    ["of truth values with a missing one utf8", ["True", "NA"], "utf8", ["True", null]],
    ["of truth values and numbers utf8", ["True", "1"], "utf8", ["True", "1"]],
    ["of texts utf8", ["x", "1"], "utf8", ["x", "1"]],
    ["of dates utf8", ["2024-01-01", "2024-01-02"], "utf8", ["2024-01-01", "2024-01-02"]],
    ["of 64 bits int64", ["9223372036854775807"], "int64", [9223372036854775807n]],
    ["of unsigned 64 bits float64", ["9223372036854775808", "0", ""], "float64", [2 ** 63, 0, null]],
    ["beyond 64 bits utf8", ["18446744073709551616", "1"], "utf8", ["18446744073709551616", "1"]],
    [
      "beyond 64 bits with a negative one utf8",
      ["9223372036854775808", "-1"],
      "utf8",
      ["9223372036854775808", "-1"],
    ],
    ["of infinity between blanks utf8", [" inf "], "utf8", [" inf "]],
    ["without any value float64", ["", "NaN"], "float64", [null, null]],
    ["of hexadecimal utf8", ["0x10"], "utf8", ["0x10"]],
  ])("%s", async (_title, cells, type, values) => {
    expect(await column(...cells)).toEqual([type, values]);
  });
});

describe("readCsvTable", () => {
  const words =
    "#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null";

  it.each(words.split("|"))("reads %s as missing, quoted or not", async (word) => {
    expect(await column(word, `"${word}"`, "x")).toEqual(["utf8", [null, null, "x"]]);
  });

  it("keeps other words, and blanks around them", async () => {
    expect(await column("na", " NA", "-")).toEqual(["utf8", ["na", " NA", "-"]]);
  });

  it("drops the byte order mark and blank lines, and fills short rows", async () => {
    expect(await columns("\uFEFF\na,b\r\n1,2\r\n\r\n3\r\n")).toEqual([
      ["a", "int64", [1n, 3n]],
      ["b", "int64", [2n, null]],
    ]);
  });

  it("reads a blank line of a single column as a missing value", async () => {
    expect(await columns("a\n1\n\n3\n")).toEqual([["a", "int64", [1n, null, 3n]]]);
  });

  it("keeps commas, quotes and line ends in quotes", async () => {
    expect(await columns('a,"b,c"\n"x\r\ny","say ""z"""\n')).toEqual([
      ["a", "utf8", ["x\r\ny"]],
      ["b,c", "utf8", ['say "z"']],
    ]);
  });

  it("names a column without a name by its position", async () => {
    expect((await columns(",b\n1,2\n")).map(([name]) => name)).toEqual(["Unnamed: 0", "b"]);
  });

  it("drops one empty cell more than the header has", async () => {
    expect(await columns("a,b\n1,2,\n3,4\n")).toEqual([
      ["a", "int64", [1n, 3n]],
      ["b", "int64", [2n, 4n]],
    ]);
    await expect(table("a,b\n1,2,,\n")).rejects.toMatchObject({ code: "INPUT_UNREADABLE" });
  });

  it("gives no rows for a header alone", async () => {
    expect(await table("a,b\n")).toMatchObject({ rows: 0, columns: [{ name: "a" }, { name: "b" }] });
  });

  it.each([
    ["nothing", "", "INPUT_EMPTY", "the CSV is empty"],
    ["blank lines", "\n\n", "INPUT_EMPTY", "the CSV is empty"],
    ["a long row", "a,b\n1,2\n1,2,3\n", "INPUT_UNREADABLE", "row 2 of the CSV has 3 cells, expected 2"],
    ["an open quote", 'a,b\n1,"2\n', "INPUT_UNREADABLE", "the CSV cannot be read: Quote Not Closed"],
  ])("rejects %s", async (_title, text, code, words) => {
    await expect(table(text)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it("rejects bytes that are not UTF-8", async () => {
    await expect(readCsvTable(Buffer.from([0x61, 0x0a, 0xe9]))).rejects.toMatchObject({
      code: "INPUT_UNREADABLE",
      message: expect.stringContaining("not UTF-8"),
    });
  });
});
