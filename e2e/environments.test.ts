// Environments as a user sees them: listed, checked, installed, interrupted, named by --runtime.

import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { codeDirectory, drum, eventually, model, root, serve } from "./drum.js";

const main = path.join(root, "dist", "supervisor", "main.js");
const sklearn = model("sklearn_regression");
const scoring = ["score", "--code-dir", sklearn.folder, "--input", sklearn.input, "--verbose"];
const emptyHome = () => ({ DRUM_HOME: codeDirectory({}) });

interface Listed {
  name: string;
  installed: { interpreter: string; version: string; bytes: number; folder: string } | null;
}

async function listed(name: string, variables: Record<string, string> = {}): Promise<Listed> {
  const { stdout } = await drum(["environment", "list", "--json"], variables);
  return (JSON.parse(stdout) as Listed[]).find((one) => one.name === name)!;
}

/** Sends the signal when the command has printed `text` on stderr. */
async function interrupted(
  words: readonly string[],
  { variables, text, signal }: { variables: Record<string, string>; text: string; signal: NodeJS.Signals },
) {
  const child = execa(process.execPath, [main, ...words], { reject: false, env: variables });
  let printed = "";
  child.stderr.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await eventually(() => printed.includes(text));
  child.kill(signal);
  return child;
}

describe("drum environment list", () => {
  it("tells version, size and folder of what is installed, and of the rest that it is not", async () => {
    const { installed } = await listed("python3_sklearn");
    expect(installed?.version).toMatch(/^3\.\d+\.\d+$/);
    expect(installed?.bytes).toBeGreaterThan(50_000_000);
    const { stdout, exitCode } = await drum(["environment", "list"]);
    expect(exitCode).toBe(0);
    const line = stdout.split("\n").find((one) => one.startsWith("python3_sklearn"));
    expect(line).toContain(`installed, python ${installed?.version}`);
    expect(line).toMatch(new RegExp(`\\d MB +${installed?.folder}$`));
    expect((await drum(["environment", "list"], emptyHome())).stdout).toMatch(
      /^python3_onnx .* not installed$/m,
    );
  });
});

describe("drum environment check", () => {
  it("finds nothing wrong with what set-up has installed", async () => {
    const { stdout, exitCode } = await drum(["environment", "check", "python3_sklearn", "python3_xgboost"]);
    expect(stdout).not.toContain("WRONG");
    expect(stdout).toContain("ok  python3_xgboost  import xgboost: works");
    expect(exitCode).toBe(0);
  });

  it("ends with 1 and the command where one is not installed", async () => {
    const { stdout, exitCode } = await drum(["environment", "check", "python3_sklearn"], emptyHome());
    expect(stdout).toContain("WRONG  python3_sklearn  installation: not installed");
    expect(stdout).toContain("run: drum environment install python3_sklearn");
    expect(exitCode).toBe(1);
  });

  it("finds a package of another version, and one that does not load", async () => {
    const { installed } = await listed("python3_sklearn");
    const home = codeDirectory({});
    const copy = path.join(home, "environments", path.basename(installed!.folder));
    // Links to the real interpreter and packages, with packages of its own before them.
    cpSync(path.join(installed!.folder, "ready.json"), path.join(copy, "ready.json"));
    const ready = JSON.parse(readFileSync(path.join(copy, "ready.json"), "utf8"));
    ready.interpreter = path.join(copy, "bin", "python");
    ready.packages = { ...ready.packages, numpy: "0.0.1", "no-such-thing": "1.0" };
    writeFileSync(path.join(copy, "ready.json"), JSON.stringify(ready));
    await execa("mkdir", [path.join(copy, "bin")]);
    const script = `#!/bin/sh\ncase "$*" in *"import sklearn"*) echo "sklearn is broken" >&2; exit 1;; esac\nexec "${installed!.interpreter}" "$@"\n`;
    writeFileSync(ready.interpreter, script, { mode: 0o755 });
    const { stdout, exitCode } = await drum(["environment", "check", "python3_sklearn"], { DRUM_HOME: home });
    expect(stdout).toMatch(/WRONG .*packages: .*numpy is [\d.]+, was 0\.0\.1/);
    expect(stdout).toContain("no-such-thing is gone, was 1.0");
    expect(stdout).toContain("import sklearn: sklearn is broken");
    expect(stdout).toContain(`run: rm -r "${copy}" && drum environment install python3_sklearn`);
    expect(exitCode).toBe(1);
  });

  it("ends with 2 for an unknown name", async () => {
    const { stderr, exitCode } = await drum(["environment", "check", "python9"]);
    expect(stderr).toContain('ENVIRONMENT_UNKNOWN: there is no environment "python9"');
    expect(exitCode).toBe(2);
  });
});

describe("drum environment install", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ended by %s exits with %d and leaves nothing", async (signal, code) => {
    const variables = emptyHome();
    const { exitCode, stdout, stderr } = await interrupted(["environment", "install", "python3_sklearn"], {
      variables,
      text: "making a virtual environment",
      signal,
    });
    expect(exitCode).toBe(code);
    expect([stdout, stderr]).toEqual([
      "",
      expect.stringContaining(`install: ended by ${signal}; python3_sklearn was not installed`),
    ]);
    expect(readdirSync(path.join(variables.DRUM_HOME, "environments"))).toEqual([]);
  });

  it("refuses an argument that the environment does not know", async () => {
    const { stderr, exitCode } = await drum(["environment", "install", "python3_sklearn", "--fast"]);
    expect(stderr).toContain('USAGE: the environment python3_sklearn does not know the argument "--fast"');
    expect(exitCode).toBe(2);
  });
});

describe("--runtime", () => {
  it("takes the name of an installed environment", async () => {
    const { stderr, exitCode } = await drum([...scoring, "--runtime", "python=python3_xgboost"]);
    const { installed } = await listed("python3_xgboost");
    expect(stderr).toContain(`python at ${installed?.interpreter} (--runtime python=python3_xgboost)`);
    expect(exitCode).toBe(0);
  });

  it("takes a folder with an interpreter in bin", async () => {
    const { installed } = await listed("python3_sklearn");
    const { stderr, exitCode } = await drum([...scoring, "--runtime", `python=${installed?.folder}`]);
    expect(stderr).toContain(`python at ${installed?.folder}/bin/python3 `);
    expect(exitCode).toBe(0);
  });

  it("takes one for each of several languages", async () => {
    const home = codeDirectory({});
    cpSync(path.join(root, "e2e", "workers", "toy"), path.join(home, "toy"), { recursive: true });
    const metadata = { "model-metadata.yaml": "targetType: regression\n" };
    const models = codeDirectory({});
    cpSync(sklearn.folder, path.join(models, "plants"), { recursive: true });
    cpSync(codeDirectory({ "model.toy": "2.5", ...metadata }), path.join(models, "toys"), {
      recursive: true,
    });
    const runtimes = ["--runtime", "toy=/nowhere", "--runtime", "python=python3_xgboost"];
    const server = await serve({
      words: ["--model-dir", models, ...runtimes],
      variables: { DRUM_WORKERS: home },
      until: 513,
    });
    await eventually(() => server.output().includes("(--runtime python=python3_xgboost)"));
    expect(server.output()).toContain("toys: --runtime toy=/nowhere: this file does not exist");
    await server.stop();
    const folder = codeDirectory({ "model.toy": "2.5" });
    const toy = ["score", "--code-dir", folder, "--target-type", "regression", "--input", sklearn.input];
    const other = await drum([...toy, "--runtime", "toy=python3_xgboost"], { DRUM_WORKERS: home });
    expect(other.stderr).toContain(
      "RUNTIME_UNUSABLE: --runtime toy=python3_xgboost: this environment is for python, expected one for toy",
    );
    expect(other.exitCode).toBe(3);
  });

  it.each([
    ["python3_sklearn", "RUNTIME_MISSING", "not installed; run: drum environment install python3_sklearn"],
    ["python9", "RUNTIME_MISSING", "no environment or program on PATH has this name"],
    ["python3_sklaern", "RUNTIME_MISSING", "; did you mean python3_sklearn?"],
    [root, "RUNTIME_MISSING", "this folder has no bin/python3"],
    [path.join(root, "package.json"), "RUNTIME_UNUSABLE", "is not executable"],
  ])("python=%s is refused with %s", async (name, code, message) => {
    const { stderr, exitCode } = await drum([...scoring, "--runtime", `python=${name}`], emptyHome());
    expect(stderr).toContain(`${code}: --runtime python=${name}`);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(3);
  });
});
