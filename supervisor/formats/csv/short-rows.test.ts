import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { type ShortRow, shortRowOf, shortRowOfFile, shortRowOfLarge } from "./short-rows.js";

const folder = mkdtempSync(path.join(tmpdir(), "drum-short-rows-"));

async function foundIn(text: string): Promise<ShortRow | undefined> {
  const file = path.join(folder, "in.csv");
  writeFileSync(file, text);
  const bytes = Buffer.from(text);
  const found = shortRowOf(bytes);
  expect([await shortRowOfLarge(bytes), await shortRowOfFile(file)]).toEqual([found, found]);
  return found;
}

const many = "1,2,3\n".repeat(100_000);

it.each<[string, ShortRow]>([
  ["a,b\n1\n", { line: 2, cells: 1, width: 2 }],
  ["a,b,c\n1,2,3\n4,5\n6", { line: 3, cells: 2, width: 3 }],
  ["a,b,c\r\n1,2,3\r\n4,5", { line: 3, cells: 2, width: 3 }],
  ["a,b\r1,2\r3\r", { line: 3, cells: 1, width: 2 }],
  ['a,b\n"x\ny",1\n"2,3"\n', { line: 4, cells: 1, width: 2 }],
  ['a,b\n"x\r\ny",1\n"2"",3"\n', { line: 4, cells: 1, width: 2 }],
  ['\ufeff"a,b",c\n1\n', { line: 2, cells: 1, width: 2 }],
  ["\n \na,b\n\n1,2\n\n3\n", { line: 7, cells: 1, width: 2 }],
  [`a,b,c\n${many}1,2\n${many}`, { line: 100_002, cells: 2, width: 3 }],
  ['a,b\n""\n', { line: 2, cells: 1, width: 2 }],
])("finds the first short row of %j", async (text, row) => {
  expect(await foundIn(text)).toEqual(row);
});

it.each([
  "",
  "\n",
  "a,b",
  "a,b\n",
  "a,b\n1,2\n",
  "a,b\r\n1,2\r\n\r\n,\r\n",
  "a,b\n1,2,\n1,2",
  "a\n1\n\n2\n",
  "a;b\n1;2\n3\n",
  'a,b\n"x,\n""y",z\n',
  'a,b\nit"s,2\n3,4"\n',
  '\ufeff"a,b"\n1\n',
  `a,b,c\n${many}`,
])("finds none in %j", async (text) => {
  expect(await foundIn(text)).toBeUndefined();
});
