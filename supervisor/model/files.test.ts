import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { DrumError } from "../errors.js";
import { readPlaces } from "../places.js";
import { readLanguages } from "../runtimes/language.js";
import { findModelFiles } from "./files.js";

const python = readLanguages(readPlaces({}).workerFolders).find((language) => language.name === "python")!;
const other = {
  ...python,
  name: "other",
  hookFiles: ["custom.other"],
  artifactExtensions: [".oth", ".weights"],
  loadableExtensions: [".oth"],
};

function folderWith(...files: string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), "drum-files-"));
  for (const file of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), "");
  }
  return folder;
}

describe("findModelFiles finds", () => {
  it.each([
    ["an artifact alone", ["model.pkl"], undefined, ["model.pkl"]],
    ["an artifact, whatever the case of its extension", ["Model.PKL"], undefined, ["Model.PKL"]],
    ["a hook file beside its artifact", ["custom.py", "model.pkl"], "custom.py", ["model.pkl"]],
    [
      "a hook file in a sub-folder if an artifact selects the language",
      ["sub/custom.py", "model.pkl"],
      "sub/custom.py",
      ["model.pkl"],
    ],
    ["no sidecar of macOS", ["._model.pkl", "model.pkl", "__MACOSX/._model.pkl"], undefined, ["model.pkl"]],
    ["no hidden hook file", ["custom.py", ".backup/custom.py", "._custom.py"], "custom.py", []],
    [
      "no hook file in a virtual environment",
      ["custom.py", "venv/pyvenv.cfg", "venv/lib/x/custom.py"],
      "custom.py",
      [],
    ],
    [
      "no hook file in installed packages",
      ["custom.py", "renv/library/custom.py", "node_modules/x/custom.py"],
      "custom.py",
      [],
    ],
    [
      "only artifacts at the top level, for loading",
      ["custom.py", "a/deep.pkl", "top.pkl"],
      "custom.py",
      ["top.pkl"],
    ],
    ["several artifacts, in order", ["b.pkl", "a.joblib", "custom.py"], "custom.py", ["a.joblib", "b.pkl"]],
    ["nothing in hidden folders", ["model.pkl", ".git/custom.py", ".venv/x.pkl"], undefined, ["model.pkl"]],
  ])("%s", (_title, files, hookFile, artifacts) => {
    const folder = folderWith(...files);
    const [found, ...others] = findModelFiles(folder, [python, other]);
    expect(others).toEqual([]);
    expect(found!.language.name).toBe("python");
    expect(found!.hookFile).toBe(hookFile && path.join(folder, hookFile));
    expect(found!.artifacts).toEqual(artifacts.map((file) => path.join(folder, file)));
  });

  it("the requested language, ignoring the others", () => {
    const found = findModelFiles(folderWith("custom.py", "custom.other"), [python, other], "other");
    expect(found.map(({ language }) => language)).toEqual([other]);
  });

  it.each([
    ["two hook files", ["custom.py", "custom.other"], ["python: custom.py ", "other: custom.other "]],
    [
      "a hook file and an artifact of another language",
      ["custom.py", "model.oth"],
      ["python: custom.py ", "other:  model.oth"],
    ],
    ["two artifacts", ["model.pkl", "model.oth"], ["python:  model.pkl", "other:  model.oth"]],
    [
      "no language whose artifact only a hook could load",
      ["custom.py", "other.weights"],
      ["python: custom.py "],
    ],
    [
      "no language whose artifacts are all in sub-folders",
      ["custom.other", "data/a.pkl"],
      ["other: custom.other "],
    ],
  ])("%s: one entry per language", (_title, files, expected) => {
    const folder = folderWith(...files);
    const names = (paths: readonly string[]) => paths.map((file) => path.basename(file)).join(" ");
    const found = findModelFiles(folder, [python, other]).map(
      ({ language, hookFile, artifacts }) =>
        `${language.name}: ${names(hookFile ? [hookFile] : [])} ${names(artifacts)}`,
    );
    expect(found).toEqual(expected);
  });

  it("no artifact in a hook file with an artifact's extension", () => {
    const java = { ...other, hookFiles: ["custom.oth"] };
    expect(findModelFiles(folderWith("custom.oth"), [java])[0]!.artifacts).toEqual([]);
  });
});

describe("findModelFiles rejects", () => {
  it.each([
    ["an empty folder", [], "CODE_DIRECTORY_EMPTY", "found no files at all"],
    [
      "a folder with other files, naming them",
      ["notes.txt"],
      "CODE_DIRECTORY_EMPTY",
      "python: custom.py *.pkl",
    ],
    [
      "a hook file in a sub-folder with no artifact",
      ["sub/custom.py"],
      "CODE_DIRECTORY_EMPTY",
      "sub/custom.py",
    ],
    [
      "two hook files of one language",
      ["custom.py", "sub/custom.py"],
      "HOOK_FILE_AMBIGUOUS",
      "remove the others",
    ],
  ])("%s", (_title, files, code, words) => {
    let thrown: DrumError | undefined;
    try {
      findModelFiles(folderWith(...files), [python, other]);
    } catch (error) {
      thrown = error as DrumError;
    }
    expect(thrown?.code).toBe(code);
    expect(thrown?.message).toContain(words);
  });

  it("an unknown --language, naming the known ones", () => {
    expect(() => findModelFiles(folderWith("custom.py"), [python, other], "cobol")).toThrow(
      '--language must be one of python, other, got "cobol"',
    );
  });
});

describe("findModelFiles refuses", () => {
  it.each([
    ["a hook file", "custom.py", "HOOK_FILE_BROKEN"],
    ["an artifact", "model.pkl", "ARTIFACT_UNREADABLE"],
  ])("%s that is a named pipe, which would wait for a writer", (_title, name, code) => {
    const folder = folderWith();
    execFileSync("mkfifo", [path.join(folder, name)]);
    expect(() => findModelFiles(folder, [python])).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining(`${name} is a named pipe; expected a file`),
      }),
    );
  });
});
