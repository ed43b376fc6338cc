import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ChunkReader, rowsOfChunk } from "./chunks.js";
import { plainDialect, readCells, rewriteRecord } from "./dialect.js";

const readers: ChunkReader[] = [];
afterEach(() => Promise.all(readers.splice(0).map((reader) => reader.close())));

async function opened(text: string | Buffer, dialect = plainDialect): Promise<ChunkReader> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "drum-chunks-")), "rows.csv");
  writeFileSync(file, text);
  const reader = await ChunkReader.open(file, dialect);
  readers.push(reader);
  return reader;
}

/** All chunks of a file as texts, with their rows. */
async function chunksOf(text: string, limits: { bytes: number; rows: number }): Promise<[string, number][]> {
  const reader = await opened(text);
  const { names, end } = await reader.header();
  const found: [string, number][] = [];
  for (let at = end; ; ) {
    const chunk = await reader.chunkAt(at, limits, names.length === 1);
    if (!chunk) break;
    found.push([chunk.bytes.toString(), chunk.starts.length]);
    at = chunk.end;
  }
  return found;
}

const many = { bytes: 1000, rows: 1000 };

describe("ChunkReader", () => {
  it.each([
    [
      "by bytes",
      "a,b\n1,2\n3,4\n5,6\n",
      { bytes: 5, rows: 99 },
      [
        ["1,2\n3,4\n", 2],
        ["5,6\n", 1],
      ],
    ],
    [
      "by rows",
      "a,b\n1,2\n3,4\n5,6",
      { bytes: 99, rows: 2 },
      [
        ["1,2\n3,4\n", 2],
        ["5,6", 1],
      ],
    ],
    [
      "quoted line breaks",
      'a,b\n"1\n\n",2\n3,"4\r\n"\n',
      { bytes: 1, rows: 9 },
      [
        ['"1\n\n",2\n', 1],
        ['3,"4\r\n"\n', 1],
      ],
    ],
    [
      "doubled quotes",
      'a,b\n"x""\n",2\n3,4\n',
      { bytes: 1, rows: 9 },
      [
        ['"x""\n",2\n', 1],
        ["3,4\n", 1],
      ],
    ],
    [
      "a quote within a cell",
      'a,b\n5" x,2\n3,4\n',
      { bytes: 1, rows: 9 },
      [
        ['5" x,2\n', 1],
        ["3,4\n", 1],
      ],
    ],
    [
      "CR LF",
      "a,b\r\n1,2\r\n3,4\r\n",
      { bytes: 1, rows: 9 },
      [
        ["1,2\r\n", 1],
        ["3,4\r\n", 1],
      ],
    ],
    [
      "CR",
      "a,b\r1,2\r3,4\r",
      { bytes: 1, rows: 9 },
      [
        ["1,2\r", 1],
        ["3,4\r", 1],
      ],
    ],
    ["blank lines", "\n a,b\n\n1,2\n \n3,4\n\n", many, [["\n1,2\n \n3,4\n\n", 2]]],
    ["blank lines of one column", "a\n\n1\n\n", many, [["\n1\n\n", 3]]],
    ["no rows", "a,b\n", many, []],
    ["a byte order mark", "\ufeffa,b\n1,2\n", many, [["1,2\n", 1]]],
  ])("%s", async (_title, text, limits, expected) => {
    expect(await chunksOf(text, limits)).toEqual(expected);
  });

  it("has the same records whatever the limits, beyond what is read at once", async () => {
    const cells = Array.from({ length: 60_000 }, (_, row) => `${row},"text ${row}\n""more"""`);
    const text = `a,b\r\n${cells.join("\r\n")}\r\n`;
    for (const limits of [
      { bytes: 1000, rows: 1e9 },
      { bytes: 1e6, rows: 777 },
      { bytes: 3e5, rows: 1e9 },
    ]) {
      const chunks = await chunksOf(text, limits);
      expect(chunks.map(([bytes]) => bytes).join("")).toBe(text.slice(5));
      expect(chunks.reduce((sum, [, rows]) => sum + rows, 0)).toBe(cells.length);
    }
  });

  it.each([
    [
      "an open quote",
      'a,b\n1,2\n"3,4\n5,6\n',
      "the record that begins at byte 9 of the CSV opens a quote that nothing closes",
    ],
    ["a record without an end", `a,b\n"${"x".repeat(40 * 2 ** 20)}`, "has more than 16777216 bytes"],
  ])("refuses %s", async (_title, text, words) => {
    await expect(chunksOf(text, many)).rejects.toThrow(words);
  });

  it.each([
    ["nothing", "", "is empty"],
    ["blank lines", "\n \n", "is empty"],
    ["UTF-16", Buffer.from("\ufeffa,b", "utf16le"), "UTF-16"],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0]), "packed"],
  ])("refuses a header of %s", async (_title, text, words) => {
    await expect((await opened(text)).header()).rejects.toThrow(words);
  });

  it("tells rows without their line ends", async () => {
    const reader = await opened('a\tb\r\n1\t"2\n"\r\n\t\r\n \r\n3\t4', { delimiter: "\t", quote: '"' });
    const chunk = await reader.chunkAt((await reader.header()).end, many, false);
    expect(rowsOfChunk(chunk!)).toEqual(['1\t"2\n"', "\t", "3\t4"]);
  });

  it("reads names in another dialect", async () => {
    const dialect = { delimiter: ";", quote: "'" };
    const { names } = await (await opened("'a;b';c,d;'it''s'\n", dialect)).header();
    expect(names).toEqual(["a;b", "c,d", "it's"]);
  });
});

describe("rewriteRecord", () => {
  const other = { delimiter: "|", quote: "'" };
  it.each([
    ['1,"a,b",', "1|a,b|"],
    ['"say ""no""",it\'s', "say \"no\"|'it''s'"],
    ["a|b,c", "'a|b'|c"],
    ['"two\nlines",x', "'two\nlines'|x"],
    ["", "''"],
  ])("%j", (plain, rewritten) => {
    expect(rewriteRecord(plain, plainDialect, other)).toBe(rewritten);
    expect(readCells(rewriteRecord(rewritten, other, plainDialect), plainDialect)).toEqual(
      readCells(plain, plainDialect),
    );
  });
});
