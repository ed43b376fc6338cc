// Finds the place of a value in a file of runtime parameters. Reads the file again, since only errors need the place.

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
