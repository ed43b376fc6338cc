// Folders are made with those above them, wherever that is possible.

import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { makeFolders } from "./folders.js";

const folder = mkdtempSync(path.join(tmpdir(), "drum-"));

it("makes all that are missing, with their mode, and does nothing if there are none", () => {
  const deep = path.join(folder, "a", "b", "c");
  makeFolders(deep, 0o700);
  makeFolders(deep);
  expect([deep, path.dirname(deep)].map((one) => statSync(one).mode & 0o777)).toEqual([0o700, 0o700]);
});

it.each([
  ["a file", "file", "EEXIST"],
  ["a folder below a file", "file/below", "ENOTDIR"],
])("throws for %s", (_title, name, code) => {
  writeFileSync(path.join(folder, "file"), "");
  expect(() => makeFolders(path.join(folder, name))).toThrow(code);
});

it("throws where no folder can be made", () => {
  expect(() => makeFolders("/proc/nothing")).toThrow("ENOENT");
});
