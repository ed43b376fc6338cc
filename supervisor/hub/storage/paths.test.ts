import { expect, it } from "vitest";
import { checkPath, checkTogether } from "./paths.js";

it.each(["custom.py", "lib/tools.py", "däta/ü.bin", ".hidden", "a..b/c", "a/…/b"])(
  "the path %s is kept",
  (path) => {
    expect(() => checkPath(path)).not.toThrow();
  },
);

it.each([
  ["../custom.py", "leads outside"],
  ["lib/../../custom.py", "leads outside"],
  ["..", "leads outside"],
  ["/etc/passwd", "is absolute"],
  ["\\\\host\\share", "is absolute"],
  ["C:\\custom.py", "is absolute"],
  ["C:/custom.py", "is absolute"],
  ["lib\\tools.py", "has a backslash"],
  ["", "is empty"],
  [".", "lone dot"],
  ["./custom.py", "lone dot"],
  ["lib//tools.py", "an empty name"],
  ["lib/", "an empty name"],
  ["a\0b", "control characters"],
  ["a\nb", "control characters"],
  ["ü".repeat(128), "a name of more than 255 bytes"],
  ["a/".repeat(600), "is longer than 1024 bytes"],
])("the path %j is refused", (path, why) => {
  expect(() => checkPath(path)).toThrow(why);
});

it("no two files have one path, and no file is the folder of another", () => {
  expect(() => checkTogether(["a", "b/c", "b/d", "b.c"])).not.toThrow();
  expect(() => checkTogether(["a", "b", "a"])).toThrow("the path a was sent twice");
  expect(() => checkTogether(["a/b", "a/b/c/d"])).toThrow("a/b is a file, and the folder of a/b/c/d");
});
