import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, askVersion, findPrograms } from "./interpreter.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "drum-interpreter-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, script = ""): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

describe("programs", () => {
  it("are found by name before folder, and only if they are executable", () => {
    const [a, b] = [program("one/tongue3"), program("two/tongue")];
    const third = program("two/tongue3");
    chmodSync(program("one/tongue"), 0o644);
    mkdirSync(path.join(folder, "three/tongue"), { recursive: true });
    const folders = ["one", "two", "three", "none"].map((name) => path.join(folder, name));
    expect(findPrograms(["tongue3", "tongue"], folders)).toEqual([a, third, b]);
  });

  it("count once if two folders are the same", () => {
    const file = program("one/tongue");
    symlinkSync(path.join(folder, "one"), path.join(folder, "link"));
    expect(findPrograms(["tongue"], [path.join(folder, "one"), path.join(folder, "link")])).toEqual([file]);
  });
});

describe("a version", () => {
  it.each([
    ["echo Python 3.11.7", "3.11.7"],
    ["echo 'Rscript (R) version 4.2.2 (2022-10-31)'", "4.2.2"],
    [`echo 'openjdk version "17.0.9" 2023-10-17' >&2`, "17.0.9"],
    ["echo 'openjdk 21 2023-09-19'", "21"],
    ["echo 'build 7 of version 1.5.3'", "1.5.3"],
    ["echo none", undefined],
    ["echo 1.0; exit 1", undefined],
  ])("of a program that runs %s is %s", async (script, version) => {
    expect(await askVersion([program("tongue", script)])).toBe(version);
  });

  it("of a missing program is unknown", async () => {
    expect(await askVersion([path.join(folder, "missing")])).toBeUndefined();
  });
});

it("warnings on standard error are not part of stdout", async () => {
  const tongue = program("tongue", "echo a warning >&2; echo answer; echo another >&2");
  expect(await ask([tongue])).toEqual({ stdout: "answer", all: expect.stringContaining("a warning") });
  expect(await ask([program("broken", "exit 1")])).toBeUndefined();
});
