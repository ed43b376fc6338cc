import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { environmentNamed, findInstalled, readEnvironments } from "./catalogue.js";
import { environmentToInstall, fittingEnvironment } from "./fitting.js";
import { findModules } from "./modules.js";

const packageDirectory = path.resolve(import.meta.dirname, "../../..");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "drum-catalogue-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes the files of an installation; `changes` overrides fields of ready.json. */
function pretendInstalled(name: string, changes: Record<string, unknown> = {}): string {
  const { definition } = environmentNamed(name, { packageDirectory });
  const home = path.join(folder, "environments", `${name}-${changes.hash ?? "0123456789ab"}`);
  const interpreter = path.join(home, "bin", "python");
  mkdirSync(path.dirname(interpreter), { recursive: true });
  writeFileSync(interpreter, "#!/bin/sh\n", { mode: 0o755 });
  const ready = { name, interpreter, installed: "2026-01-01T00:00:00.000Z", definition, ...changes };
  writeFileSync(path.join(home, "ready.json"), JSON.stringify(ready));
  return interpreter;
}

function write(name: string, content: string | Buffer): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const choose = (artifacts: string[], hookFile?: string) =>
  fittingEnvironment({
    language: "python",
    artifacts,
    hookFile,
    places: { packageDirectory, dataDirectory: folder },
  });

describe("the environments of the package", () => {
  it("include those of Python", () => {
    const names = readEnvironments({ packageDirectory }).map((one) => one.name);
    expect(names).toEqual(
      expect.arrayContaining(["onnx", "pytorch", "keras"].map((one) => `python3_${one}`)),
    );
    expect(names).toEqual(expect.arrayContaining(["python3_sklearn", "python3_xgboost"]));
  });

  it("pin every package of their requirements to one version", () => {
    const lists = readEnvironments({ packageDirectory }).flatMap(({ recipe }) =>
      recipe.kind === "requirements" ? [readFileSync(recipe.requirementsFile, "utf8")] : [],
    );
    expect(lists.length).toBeGreaterThan(4);
    for (const list of lists) {
      const pins = list
        .trim()
        .split("\n")
        .filter((line) => !line.startsWith("#"));
      expect(pins.length).toBeGreaterThan(5);
      for (const pin of pins) expect(pin).toMatch(/^[a-z0-9-]+==[0-9][0-9a-z.]*( ; [a-z_]+ == "\w+")*$/);
    }
  });

  it("have a title, and each its own preference", () => {
    const all = readEnvironments({ packageDirectory });
    for (const { title } of all) expect(title.length).toBeGreaterThan(10);
    const ranks = all.map(({ language, preference }) => `${language} ${preference}`);
    expect(new Set(ranks).size).toBe(ranks.length);
  });

  it("are listed when a name is unknown", () => {
    expect(() => environmentNamed("python4", { packageDirectory })).toThrow(
      /there is no environment "python4"; choose one of .*python3_sklearn, python3_xgboost/,
    );
    expect(() => environmentNamed("python3_sklaern", { packageDirectory })).toThrow(
      /; did you mean python3_sklearn\?$/,
    );
  });
});

describe("a description", () => {
  const good = {
    language: "python",
    title: "t",
    interpreters: ["python3"],
    minimum_version: "3.11",
    requirements: "requirements.txt",
    extensions: [".pkl"],
    modules: [],
    preference: 1,
  };
  const { requirements: _, ...rest } = good;
  const script = { ...rest, install: ["sh", "requirements.txt"], files: ["requirements.txt"] };
  const describeAs = (content: string) => {
    write("environments/mine/requirements.txt", "");
    write("environments/mine/environment.json", content);
    return () => readEnvironments({ packageDirectory: folder });
  };

  it("is named after its folder, next to which other files may exist", () => {
    write("environments/README.md", "");
    expect(describeAs(JSON.stringify(good))()).toMatchObject([
      { name: "mine", language: "python", preference: 1 },
    ]);
  });

  it("of a script changes with the files of the script", () => {
    const before = describeAs(JSON.stringify(script))()[0];
    write("environments/mine/requirements.txt", "echo changed");
    const after = readEnvironments({ packageDirectory: folder })[0];
    expect(after?.recipe).toEqual(before?.recipe);
    expect(after?.definition).not.toBe(before?.definition);
  });

  it.each([
    ["is not JSON", "{", "is not valid JSON"],
    ["lacks the language", { ...good, language: undefined }, '"language" must be a string'],
    [
      "has modules that are not a list",
      { ...good, modules: "sklearn" },
      '"modules" must be a list of strings',
    ],
    ["has no preference", { ...good, preference: "1" }, '"preference" must be a number'],
    [
      "names a missing file",
      { ...good, requirements: "no.txt" },
      '"requirements" must name a file in the folder',
    ],
    ["has no recipe", { ...good, requirements: undefined }, 'one of "requirements" and "install"'],
    ["has two recipes", { ...good, install: ["sh"], files: [] }, 'one of "requirements" and "install"'],
    ["has a script without files", { ...script, files: undefined }, '"files" must be a list of strings'],
    ["names a missing file of its script", { ...script, files: ["no.sh"] }, '"files" must name a file'],
    ["has an empty command", { ...script, install: [] }, '"install" must be a program'],
    ["has arguments without a purpose", { ...script, arguments: ["--x"] }, '"arguments" must map'],
    [
      "maps an argument to something other than a folder",
      { ...script, made_of: { "--x": 1 } },
      '"made_of" must map',
    ],
  ])("that %s is rejected with the name of its file", (_title, content, message) => {
    const read = describeAs(typeof content === "string" ? content : JSON.stringify(content));
    expect(read).toThrow(message);
    expect(read).toThrow(path.join(folder, "environments/mine/environment.json"));
  });
});

describe("an installation", () => {
  const sklearn = () => environmentNamed("python3_sklearn", { packageDirectory });

  it("is found by its ready.json", () => {
    const interpreter = pretendInstalled("python3_sklearn");
    expect(findInstalled(sklearn(), folder)?.interpreter).toBe(interpreter);
  });

  it("is not found if nothing was ever installed", () => {
    expect(findInstalled(sklearn(), path.join(folder, "nowhere"))).toBeUndefined();
  });

  it("does not count if it was made from another description", () => {
    pretendInstalled("python3_sklearn", { definition: "of last year" });
    expect(findInstalled(sklearn(), folder)).toBeUndefined();
  });

  it("does not count if its interpreter is no longer executable", () => {
    chmodSync(pretendInstalled("python3_sklearn"), 0o644);
    expect(findInstalled(sklearn(), folder)).toBeUndefined();
  });

  it("is the newest of several", () => {
    pretendInstalled("python3_sklearn", { hash: "aaa", installed: "2026-02-01T00:00:00.000Z" });
    const newest = pretendInstalled("python3_sklearn", {
      hash: "bbb",
      installed: "2026-03-01T00:00:00.000Z",
    });
    pretendInstalled("python3_sklearn", { hash: "ccc", installed: "2026-01-01T00:00:00.000Z" });
    expect(findInstalled(sklearn(), folder)?.interpreter).toBe(newest);
  });
});

describe("an installation with arguments", () => {
  it("comes before a newer one without", () => {
    const more = pretendInstalled("python3_sklearn", { hash: "aaa", arguments: ["--more"] });
    pretendInstalled("python3_sklearn", { hash: "bbb", installed: "2026-03-01T00:00:00.000Z" });
    const sklearn = environmentNamed("python3_sklearn", { packageDirectory });
    expect(findInstalled(sklearn, folder)?.interpreter).toBe(more);
  });
});

describe("the environment that fits", () => {
  // Pickles contain module names like this, between binary bytes.
  const pickle = (module: string) =>
    Buffer.concat([Buffer.from([0x80, 4, 0x8c, module.length]), Buffer.from(module)]);

  it("has the module that the artifact names", async () => {
    pretendInstalled("python3_sklearn");
    const interpreter = pretendInstalled("python3_xgboost");
    expect(await choose([write("model.pkl", pickle("xgboost.core"))])).toEqual({
      name: "python3_xgboost",
      interpreter,
      reason: "the installed environment python3_xgboost has xgboost, which the model names",
    });
  });

  it("is the preferred one if several have it", async () => {
    pretendInstalled("python3_xgboost");
    pretendInstalled("python3_sklearn");
    expect((await choose([write("MODEL.PKL", pickle("sklearn.linear_model"))]))?.name).toBe(
      "python3_sklearn",
    );
  });

  it("is the next one if the preferred one is not installed", async () => {
    pretendInstalled("python3_xgboost");
    expect((await choose([write("model.joblib", pickle("sklearn.tree"))]))?.name).toBe("python3_xgboost");
  });

  it("does not exist if no installed one has the module", async () => {
    pretendInstalled("python3_sklearn");
    expect(await choose([write("model.pkl", pickle("xgboost.sklearn"))])).toBeUndefined();
  });

  it("does not exist for an artifact of another kind", async () => {
    pretendInstalled("python3_sklearn");
    expect(await choose([write("model.onnx", "sklearn")])).toBeUndefined();
  });

  it.each([
    ["model.onnx", "python3_onnx"],
    ["model.pth", "python3_pytorch"],
    ["model.h5", "python3_keras"],
    ["model.keras", "python3_keras"],
  ])("for %s is %s", async (artifact, name) => {
    for (const { language, name } of readEnvironments({ packageDirectory })) {
      if (language === "python") pretendInstalled(name);
    }
    expect((await choose([write(artifact, "weights")]))?.name).toBe(name);
  });

  it("does not need the framework an artifact was converted from, but needs what the hook file imports", async () => {
    pretendInstalled("python3_onnx");
    const artifacts = [write("model.onnx", pickle("pytorch"))];
    expect((await choose(artifacts))?.name).toBe("python3_onnx");
    expect(await choose(artifacts, write("custom.py", "import torch\n"))).toBeUndefined();
  });

  it("is named if it is not installed", async () => {
    const places = { packageDirectory, dataDirectory: folder };
    const needs = { language: "python", artifacts: [write("model.onnx", "weights")], places };
    expect(await environmentToInstall(needs)).toBe("python3_onnx");
    pretendInstalled("python3_onnx");
    expect(await environmentToInstall(needs)).toBeUndefined();
  });

  it("is the first choice of the language for a model of hooks alone", async () => {
    pretendInstalled("python3_xgboost");
    pretendInstalled("python3_sklearn");
    expect((await choose([]))?.reason).toBe(
      "the installed environment python3_sklearn is the first choice for python",
    );
  });

  it("has what the hook file imports", async () => {
    pretendInstalled("python3_sklearn");
    pretendInstalled("python3_xgboost");
    expect((await choose([], write("custom.py", "import xgboost\n")))?.name).toBe("python3_xgboost");
  });
});

describe("module names", () => {
  it("are found across two chunks of a large file", async () => {
    const bytes = Buffer.alloc(3 * 2 ** 20, 1);
    bytes.write("xgboost", 2 ** 20 - 3);
    bytes.write("sklearn", 3 * 2 ** 20 - 7);
    const file = write("large.pkl", bytes);
    expect(await findModules([file], ["sklearn", "xgboost", "torch"])).toEqual(["sklearn", "xgboost"]);
  });

  it("are not found in a file that is missing", async () => {
    expect(await findModules([path.join(folder, "missing.pkl")], ["sklearn"])).toEqual([]);
  });
});
