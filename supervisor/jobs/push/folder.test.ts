import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { addFiles, filesOf } from "./folder.js";

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "drum-push-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

it("a form reports how many bytes of its files were sent", async () => {
  const folder = folderOf({ "one.bin": "1".repeat(300_000), "two/three.txt": "345" });
  const form = new FormData();
  let sent = 0;
  await addFiles(form, filesOf(folder), (bytes) => {
    sent += bytes;
  });
  expect(sent).toBe(0);
  await new Response(form).arrayBuffer();
  expect(sent).toBe(300_003);
});

it("a folder of more than 10 GiB is rejected with the name of its largest file", () => {
  const folder = folderOf({ "large.bin": "", "small.bin": "1" });
  truncateSync(path.join(folder, "large.bin"), 11 * 2 ** 30);
  expect(() => filesOf(folder)).toThrow(
    "has 11811160065 bytes, but at most 10737418240 can be pushed; remove what the model does not need (the largest file is large.bin",
  );
});

it("a folder of more than 10,000 files is rejected", () => {
  const names = Array.from({ length: 10_001 }, (_, at) => [`many/${at}`, ""]);
  expect(() => filesOf(folderOf(Object.fromEntries(names)))).toThrow("has more than 10000 files to push");
});

it("files of version control and tools are left out in every folder", () => {
  const folder = folderOf({
    ".gitignore": "",
    "custom.py": "",
    ".git/HEAD": "",
    "a/__pycache__/b.pyc": "",
    "a/c.pyc": "",
    "a/.venv/x": "",
    "node_modules/y": "",
  });
  expect(filesOf(folder).map(({ name }) => name)).toEqual([".gitignore", "custom.py"]);
});

it("files of secrets, and those that .drumignore names, are left out", () => {
  const folder = folderOf({
    ".drumignore": "# data\n*.csv\n/notes\nkeys/private.pem\nraw/\n",
    ".env": "TOKEN=1",
    ".env.local": "",
    "custom.py": "",
    "train.csv": "",
    "a/b.csv": "",
    "notes/x": "",
    "a/notes": "",
    "keys/private.pem": "",
    "keys/public.pem": "",
    "a/raw/y": "",
  });
  expect(filesOf(folder).map(({ name }) => name)).toEqual(["a/notes", "custom.py", "keys/public.pem"]);
});

it.each([
  ["a file", "custom.txt"],
  ["a folder", ""],
])("a link to %s outside is refused with where it leads, one to a file inside is not", (_title, name) => {
  const outside = folderOf({ "custom.txt": "secret" });
  const folder = folderOf({ "custom.py": "", "real.txt": "1" });
  symlinkSync(path.join(folder, "real.txt"), path.join(folder, "inside.txt"));
  expect(filesOf(folder).map(({ name }) => name)).toEqual(["custom.py", "inside.txt", "real.txt"]);
  symlinkSync(path.join(outside, name), path.join(folder, "link"));
  expect(() => filesOf(folder)).toThrow(
    `is a link that leads out of the code directory, to ${path.join(outside, name)}`,
  );
});
