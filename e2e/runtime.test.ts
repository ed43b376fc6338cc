// Which interpreter runs a model. In this order: --runtime, the active virtual environment, the installed one that fits, PATH.

import path from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, drum, model } from "./drum.js";

const { folder, input } = model("sklearn_regression");
const words = ["score", "--code-dir", folder, "--input", input, "--verbose"];
let venv: string;

beforeAll(async () => {
  venv = path.join(codeDirectory({}), "venv");
  await execa("python3", ["-m", "venv", "--without-pip", venv]);
});

const chosen = (stderr: string) => /python at (\S+) \((.*)\)/.exec(stderr)?.slice(1);

describe("the interpreter is", () => {
  it("the one of --runtime before all others", async () => {
    const own = path.join(venv, "bin", "python3");
    const { stderr } = await drum([...words, "--runtime", `python=${own}`], { VIRTUAL_ENV: "/nowhere" });
    expect(chosen(stderr)).toEqual([own, `--runtime python=${own}`]);
  });

  it("the one of DRUM_RUNTIME just as well", async () => {
    const own = path.join(venv, "bin", "python3");
    const { stderr } = await drum(words, { DRUM_RUNTIME: `python=${own}` });
    expect(chosen(stderr)?.[0]).toBe(own);
  });

  it("that of the active virtual environment before the installed ones", async () => {
    const { stderr } = await drum(words, { VIRTUAL_ENV: venv });
    expect(chosen(stderr)).toEqual([
      path.join(venv, "bin", "python3"),
      `the active virtual environment ${venv}`,
    ]);
  });

  it("that of the installed environment which fits the artifact", async () => {
    const { stderr, exitCode } = await drum(words);
    expect(chosen(stderr)?.[1]).toContain("the installed environment python3_sklearn");
    expect(exitCode).toBe(0);
  });

  it("python3 on PATH where nothing is installed", async () => {
    const { stderr } = await drum(words, { DRUM_HOME: codeDirectory({}) });
    expect(chosen(stderr)?.[1]).toBe("python3 found on PATH");
  });
});

describe("an interpreter that lacks what the model needs", () => {
  it("is told with the package and the ways to it", async () => {
    const { stderr, exitCode } = await drum(words, { VIRTUAL_ENV: venv });
    expect(exitCode).toBe(3);
    expect(stderr).toContain("PACKAGE_MISSING");
    expect(stderr).toMatch(/write (scikit-learn|pandas|numpy|joblib) into requirements.txt/);
  });
});
