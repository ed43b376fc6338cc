import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readLanguages } from "../runtimes/language.js";
import { hintsOf } from "./hints.js";

const languages = readLanguages([path.resolve(import.meta.dirname, "../../workers")]);
const extensions: Record<string, string> = { python: "py", r: "R", julia: "jl", java: "java" };

/** The hints for one hook file with this text. */
function hintsFor(language: string, text: string): string[] {
  const name = `custom.${extensions[language]}`;
  const hookFile = path.join(mkdtempSync(path.join(tmpdir(), "drum-hints-")), name);
  writeFileSync(hookFile, text);
  const found = languages.find((one) => one.name === language)!;
  return hintsOf([name], [{ language: found, hookFile, artifacts: [] }]);
}

describe("a misspelt hook is noticed", () => {
  it.each([
    ["python", "def load_modle(code_dir):\n    pass\n", "load_modle", "load_model"],
    ["python", "async def predct(data, model):\n    pass\n", "predct", "score"],
    ["python", "import os\n\ndef Transform(data, model):\n    pass\n", "Transform", "transform"],
    ["r", "scor <- function(data, model, ...) data\n", "scor", "score"],
    ["r", "load.model = function(code_dir) 1\n", "load.model", "load_model"],
    ["julia", "function postprocess(predictions, model)\nend\n", "postprocess", "post_process"],
    ["julia", "load_modell(code_dir) = 1\n", "load_modell", "load_model"],
    ["julia", "module Custom\n  function scroe(data, model)\n  end\nend\n", "scroe", "score"],
    [
      "java",
      "public class Custom {\n  public Object laodModel(String dir) { return 1; }\n}\n",
      "laodModel",
      "loadModel",
    ],
    [
      "java",
      "public class Custom {\n  public Table post_proces(Table data) { return data; }\n}\n",
      "post_proces",
      "postProcess",
    ],
    [
      "java",
      "public class Custom {\n  public Table predict(Table data) { return data; }\n}\n",
      "predict",
      "score",
    ],
  ])("in %s: %j", (language, text, name, meant) => {
    expect(hintsFor(language, text)).toEqual([
      `custom.${extensions[language]} defines ${name}, which is no hook; did you mean ${meant}?`,
    ]);
  });
});

describe("nothing is said of", () => {
  it.each([
    ["hooks", "python", "def score(data, model):\n    pass\ndef load_model(code_dir):\n    pass\n"],
    [
      "helpers with other names",
      "python",
      "def scale(x):\n    pass\ndef fix(x):\n    pass\ndef unit():\n    pass\n",
    ],
    [
      "a helper beside the hook that it is like",
      "python",
      "def scores(x):\n    pass\ndef score(data, model):\n    pass\n",
    ],
    [
      "what a hook that scores calls",
      "python",
      "def predict(x):\n    pass\ndef score(data, model):\n    pass\n",
    ],
    ["methods", "python", "class A:\n    def load_modle(self):\n        pass\n"],
    ["calls", "julia", "scor(1)\nx == scor(2)\nload_model(dir) = 1\n"],
    [
      "hooks in camel case",
      "java",
      "class Custom {\n  public Object loadModel(String dir) { return 1; }\n}\n",
    ],
  ])("%s (%s)", (_title, language, text) => {
    expect(hintsFor(language, text)).toEqual([]);
  });
});

describe("a misplaced file is noticed", () => {
  const python = languages.find(({ name }) => name === "python")!;
  const java = languages.find(({ name }) => name === "java")!;
  const of = (files: string[], language = python) =>
    hintsOf(files, [{ language, hookFile: undefined, artifacts: [] }]);

  it.each([
    ["model-metadata.yml", python, "model-metadata.yml is not read; did you mean model-metadata.yaml?"],
    ["model_metadata.yaml", python, "model_metadata.yaml is not read; did you mean model-metadata.yaml?"],
    ["Custom.java", java, "Custom.java is not read as a hook file; did you mean custom.java?"],
    ["Custom.py", python, "Custom.py is not read as a hook file; did you mean custom.py?"],
    ["costum.py", python, "costum.py is not read as a hook file; did you mean custom.py?"],
    [
      "models/model.pkl",
      python,
      "models/model.pkl is in a subfolder and is not loaded; move it up, or load it with load_model",
    ],
    [
      "models/model.pmml",
      java,
      "models/model.pmml is in a subfolder and is not loaded; move it up, or load it with loadModel",
    ],
  ])("%s", (file, language, hint) => {
    expect(of([file], language)).toEqual([hint]);
  });

  it("but not one beside the right one", () => {
    expect(of(["model-metadata.yaml", "model-metadata.yml", "conda.yaml", "train.py"])).toEqual([]);
  });
});
