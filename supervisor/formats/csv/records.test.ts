import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  csvBytes,
  pickRows,
  readRecords,
  repeatRows,
  someRows,
  withCell,
  withColumns,
  withoutColumn,
} from "./records.js";

const folder = mkdtempSync(path.join(tmpdir(), "drum-records-"));
function recordsOf(text: string) {
  const file = path.join(folder, "in.csv");
  writeFileSync(file, text);
  return readRecords(file);
}
const textOf = (records: ReturnType<typeof recordsOf>) => csvBytes(records).toString();

describe("the records of a CSV", () => {
  it.each([
    ["end with LF, CR LF or CR", "a,b\r\n1,2\r3,4\n5,6", ["a", "b"], ["1,2", "3,4", "5,6"]],
    ["continue over line ends in quotes", 'a,b\n"x\ny",1\n', ["a", "b"], ['"x\ny",1']],
    ["hold doubled quotes", 'a,b\n"say ""no, no""",1\n', ["a", "b"], ['"say ""no, no""",1']],
    ["keep quotes within a cell", 'a,b\n5" wide,1\n6" wide,2\n', ["a", "b"], ['5" wide,1', '6" wide,2']],
    [
      "are not empty lines if there are several columns",
      "a,b\n1,2\n\n \n3,4\n\n",
      ["a", "b"],
      ["1,2", "3,4"],
    ],
    ["are empty lines if there is one column", "a\n1\n\n3\n", ["a"], ["1", "", "3"]],
    ["come after empty lines and a byte order mark", "\ufeff\n\na,b\n1,2\n", ["a", "b"], ["1,2"]],
    ["may be absent", "a,b", ["a", "b"], []],
  ])("%s", (_title, text, names, rows) => {
    expect(recordsOf(text)).toMatchObject({ names, rows });
  });

  it("have names without their quotes, in UTF-8", () => {
    expect(recordsOf('"größe, in ""cm""",Zürich\n1,2\n').names).toEqual(['größe, in "cm"', "Zürich"]);
  });

  it("are written unchanged", () => {
    const text = 'größe,"a ""b"""\n"Zürich, See",7\n,\n';
    expect(textOf(recordsOf(text))).toBe(text);
  });

  it.each(["", "\n\n"])("are rejected in a file of %j", (text) => {
    expect(() => recordsOf(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});

describe("a copy", () => {
  const records = recordsOf('a,b,c\n1,"x,y",2\n3,"z"\n');

  it.each([
    [0, 'a,b,c\n,"x,y",2\n,"z"\n'],
    [1, "a,b,c\n1,,2\n3,\n"],
    [2, 'a,b,c\n1,"x,y",\n3,"z"\n'],
  ])("without the values of column %i keeps all others", (column, text) => {
    expect(textOf(withoutColumn(records, column))).toBe(text);
  });

  it("may get another cell, also behind the end of a short row", () => {
    const records = recordsOf('a,b,c\n1,"x,y",2\n3\n');
    expect(textOf(withCell(records, [0, 1], "z"))).toBe("a,b,c\n1,z,2\n3\n");
    expect(textOf(withCell(records, [1, 2], "?"))).toBe('a,b,c\n1,"x,y",2\n3,,?\n');
  });

  it("of some rows has the header", () => {
    expect(textOf(someRows(records, 1, 2))).toBe('a,b,c\n3,"z"\n');
  });

  it("with more rows starts again at the first", () => {
    expect(repeatRows(recordsOf("a\n1\n2\n3\n"), { rows: 7 }).rows).toEqual([
      "1",
      "2",
      "3",
      "1",
      "2",
      "3",
      "1",
    ]);
    expect(repeatRows(recordsOf("a\n1\n2\n3\n"), { rows: 2 }).rows).toEqual(["1", "2"]);
  });

  it("with a number of bytes is larger by less than a row and has at least one row", () => {
    const large = csvBytes(repeatRows(records, { bytes: 1000 }));
    expect(large.length).toBeGreaterThanOrEqual(1000);
    expect(large.length).toBeLessThan(1000 + 10);
    expect(repeatRows(records, { bytes: 1 }).rows).toHaveLength(1);
  });
});

describe("some columns or rows of a CSV", () => {
  const records = recordsOf('a,b,"c ""x"""\n1,"x,\ny",3\n,,\n7\n');

  it("are written unchanged in the requested order, with short rows padded", () => {
    expect(textOf(withColumns(records, [2, 1]))).toBe('"c ""x""",b\n3,"x,\ny"\n,\n,\n');
    expect(withColumns(records, [2]).names).toEqual(['c "x"']);
  });

  it("have no blank line for a missing cell that is alone in its row", () => {
    expect(textOf(withColumns(records, [0]))).toBe('a\n1\n""\n7\n');
  });

  it("are the rows at these positions", () => {
    expect(pickRows(records, [0, 2]).rows).toEqual([records.rows[0], "7"]);
  });
});
