import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readPlaces } from "../config.js";
import type { DrumError } from "../errors.js";
import { findModelFiles } from "./files.js";
import { readLanguages } from "./language.js";

const python = readLanguages(readPlaces({}).workerFolders).find((language) => language.name === "python")!;
const other = {
  ...python,
  name: "other",
  hookFiles: ["custom.other"],
  artifactExtensions: [".oth"],
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
    ["an artifact in any case of its ending", ["Model.PKL"], undefined, ["Model.PKL"]],
    ["a hook file beside its artifact", ["custom.py", "model.pkl"], "custom.py", ["model.pkl"]],
    [
      "a hook file in a sub-folder when an artifact tells the language",
      ["sub/custom.py", "model.pkl"],
      "sub/custom.py",
      ["model.pkl"],
    ],
    [
      "artifacts of the top level only, for loading",
      ["custom.py", "a/deep.pkl", "top.pkl"],
      "custom.py",
      ["top.pkl"],
    ],
    ["several artifacts, in order", ["b.pkl", "a.joblib", "custom.py"], "custom.py", ["a.joblib", "b.pkl"]],
    ["nothing in hidden folders", ["model.pkl", ".git/custom.py", ".venv/x.pkl"], undefined, ["model.pkl"]],
  ])("%s", (_title, files, hookFile, artifacts) => {
    const folder = folderWith(...files);
    const found = findModelFiles(folder, [python, other]);
    expect(found.language.name).toBe("python");
    expect(found.hookFile).toBe(hookFile && path.join(folder, hookFile));
    expect(found.artifacts).toEqual(artifacts.map((file) => path.join(folder, file)));
  });

  it("the language that was asked for, without looking at the others", () => {
    expect(findModelFiles(folderWith("custom.py", "custom.other"), [python, other], "other").language).toBe(
      other,
    );
  });
});

describe("findModelFiles refuses", () => {
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
    [
      "files of two languages",
      ["custom.py", "model.oth"],
      "LANGUAGE_AMBIGUOUS",
      "python: custom.py; other: model.oth",
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

  it("an unknown --language, naming those there are", () => {
    expect(() => findModelFiles(folderWith("custom.py"), [python, other], "cobol")).toThrow(
      '--language must be one of python, other, got "cobol"',
    );
  });
});
