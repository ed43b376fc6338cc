// Where in a file of runtime parameters a value stands, for errors: the file is read once more, since only an error asks.

import { readFileSync } from "node:fs";
import { isNode, LineCounter, parseDocument } from "yaml";

/** `FILE, line 7, column 3`, of the value of `key`. */
export function placeIn(file: string, key: string): string {
  const lines = new LineCounter();
  const node = parseDocument(readFileSync(file, "utf8"), { lineCounter: lines }).get(key, true);
  if (!isNode(node) || !node.range) return file;
  const { line, col } = lines.linePos(node.range[0]);
  return `${file}, line ${line}, column ${col}`;
}
