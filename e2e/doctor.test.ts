// `drum doctor`: what each language has and lacks, on differently equipped machines.

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { codeDirectory, drum, root } from "./drum.js";

interface Report {
  node: { version: string; ok: boolean };
  data: { folder: string; ok: boolean };
  languages: {
    language: string;
    usable: boolean;
    remedy: string | null;
    interpreters: {
      path: string;
      version: string | null;
      usable: boolean;
      complete: boolean;
      packages: string | null;
      fault: string | null;
    }[];
    environments: {
      name: string;
      usable: boolean;
      complete: boolean;
      found: string;
      remedy: string | null;
    }[];
    checks: { name: string; ok: boolean; found: string }[];
  }[];
}

async function examined(variables: Record<string, string> = {}) {
  const { stdout, exitCode } = await drum(["doctor", "--json"], variables);
  const report: Report = JSON.parse(stdout);
  const of = (language: string) => report.languages.find((one) => one.language === language)!;
  return { report, exitCode, of, python: of("python") };
}

/** A folder for PATH with programs that print these versions. */
function programs(versions: Record<string, string>): string {
  const folder = codeDirectory({});
  for (const [name, line] of Object.entries(versions)) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }
  return folder;
}

/** A folder with the toy worker in it, with changes to its worker.json. */
function toyWith(changes: Record<string, unknown>): string {
  const home = codeDirectory({});
  cpSync(path.join(root, "e2e", "workers", "toy"), path.join(home, "toy"), { recursive: true });
  const file = path.join(home, "toy", "worker.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...changes }));
  return home;
}

const check = (name: string, command: string[], more = {}) => ({
  name,
  command,
  why: `${name} matters`,
  remedy: `add ${name}`,
  ...more,
});

describe("on this machine", () => {
  it("finds what set-up has made, and Python models that run", async () => {
    const { report, exitCode, python } = await examined();
    expect(exitCode).toBe(0);
    expect(report.node).toMatchObject({ version: process.versions.node, ok: true });
    expect(python).toMatchObject({ usable: true, remedy: null });
    expect(python.interpreters[0]).toMatchObject({ usable: true, fault: null });
    expect(python.interpreters[0]?.version).toMatch(/^3\.\d+\.\d+$/);
    expect(python.environments).toContainEqual(
      expect.objectContaining({ name: "python3_sklearn", usable: true, remedy: null }),
    );
  });

  it("says the same in words", async () => {
    const { stdout, exitCode } = await drum(["doctor"]);
    expect(stdout).toContain(`Node ${process.versions.node}`);
    expect(stdout).toContain("✓ python: models run\n");
    expect(stdout).toMatch(
      /✓ {2}environment {2}python3_sklearn \(python 3\.\d+\.\d+\) +installed, pandas \d/m,
    );
    expect(stdout).not.toContain("\u001b");
    expect(exitCode).toBe(0);
  });
});

describe("where nothing is installed", () => {
  it("names the command for each environment, and Python still runs by itself", async () => {
    const variables = { DRUM_HOME: codeDirectory({}) };
    const { exitCode, python } = await examined(variables);
    expect(exitCode).toBe(0);
    for (const { name, found, remedy } of python.environments) {
      expect(found).toBe("not installed");
      expect(remedy).toContain(`drum environment install ${name}`);
    }
    const { stdout } = await drum(["doctor"], variables);
    const hasPandas = python.interpreters.some(({ complete }) => complete);
    expect(stdout).toContain(
      hasPandas
        ? "✓ python: models run with the interpreter's own packages\n"
        : "✓ python: models run, but with no pandas: drum environment install python3_sklearn\n",
    );
  });

  it("ends with 1 where there is no interpreter either, and says what is needed", async () => {
    const { exitCode, python } = await examined({ DRUM_HOME: codeDirectory({}), PATH: programs({}) });
    expect(exitCode).toBe(1);
    expect(python).toMatchObject({ usable: false, interpreters: [] });
    expect(python.remedy).toContain("install python3 or python 3.8 or later");
    const sklearn = python.environments.find(({ name }) => name === "python3_sklearn");
    expect(sklearn?.remedy).toBe(
      "install python 3.11 or later, then: drum environment install python3_sklearn",
    );
  });

  it("tells interpreters that are too old, and ones that do not run", async () => {
    const PATH = `${programs({ python3: "echo 3.6.9" })}:${programs({ python: "exit 3" })}:/bin`;
    const { python } = await examined({ DRUM_HOME: codeDirectory({}), PATH });
    const faults = python.interpreters.map(({ version, fault }) => [version, fault]);
    expect(faults).toContainEqual(["3.6.9", "too old, 3.8 or later is needed"]);
    expect(faults).toContainEqual([null, "does not run"]);
  });

  it("tells a data folder that cannot be written to", async () => {
    const folder = path.join(codeDirectory({ file: "" }), "file", "home");
    const { report } = await examined({ DRUM_HOME: folder });
    expect(report.data).toMatchObject({ folder, ok: false });
  });
});

describe("an installed environment whose interpreter is gone", () => {
  it("is wrong, with the command that makes it anew", async () => {
    const { python } = await examined();
    expect(python.environments.some(({ usable }) => usable)).toBe(true);
    const { stdout } = await drum(["environment", "list", "--json"]);
    const listed: { name: string; installed: { folder: string } | null }[] = JSON.parse(stdout);
    const folder = listed.find(({ name }) => name === "python3_sklearn")!.installed!.folder;
    const home = codeDirectory({});
    const copy = path.join(home, "environments", path.basename(folder));
    const bin = programs({ python: "echo broken >&2; exit 127" });
    cpSync(bin, path.join(copy, "bin"), { recursive: true });
    const ready = JSON.parse(readFileSync(path.join(folder, "ready.json"), "utf8"));
    ready.interpreter = path.join(copy, "bin", "python");
    writeFileSync(path.join(copy, "ready.json"), JSON.stringify(ready));
    const after = await examined({ DRUM_HOME: home });
    expect(after.python.environments.find(({ name }) => name === "python3_sklearn")).toMatchObject({
      usable: false,
      found: `${ready.interpreter} does not run`,
      remedy: `rm -r "${copy}" && drum environment install python3_sklearn`,
    });
  });
});

describe("the packages of an interpreter", () => {
  const python = (line: string) =>
    programs({ python3: `case "$*" in *pandas*) ${line};; *) echo 3.12.1;; esac` });
  const at = (folder: string) => ({ DRUM_HOME: codeDirectory({}), PATH: `${folder}:/bin` });

  it("are found by import", async () => {
    const { python: report } = await examined(at(python("echo pandas 2.2.3")));
    expect(report.interpreters[0]).toMatchObject({ usable: true, complete: true, packages: "pandas 2.2.3" });
  });

  it.each([
    ["are missing", "echo no pandas >&2; exit 1"],
    ["are told without escape codes", "printf '\\033[1mno pandas\\033[0m\\n'; exit 1"],
  ])("%s: models do not simply run then", async (_title, line) => {
    const variables = at(python(line));
    const { python: report } = await examined(variables);
    expect(report.interpreters[0]).toMatchObject({ usable: true, complete: false, packages: "no pandas" });
    expect((await drum(["doctor"], variables)).stdout).toMatch(
      /^✓ python: models run, but with no pandas: drum environment install python3_sklearn$/m,
    );
  });

  it("are told of Julia as they are: an installed environment may lack them", async () => {
    const { of } = await examined();
    const [julia] = of("julia").environments;
    expect(julia?.found).toMatch(/^installed, (no )?MLJ, (no )?DataFrames$/);
    expect(julia?.complete).toBe(!julia?.found.includes("no "));
    const { stdout, exitCode } = await drum(["environment", "check", "julia_mlj"]);
    expect(exitCode).toBe(julia?.complete ? 0 : 1);
    if (!julia?.complete) expect(stdout).toMatch(/^WRONG {2}julia_mlj {2}packages: .*no /m);
  });
});

describe("what a worker.json asks for beside the interpreter", () => {
  const variables = (doctor: unknown) => ({ DRUM_WORKERS: toyWith({ doctor }) });

  it("is looked for, and what is missing told with its remedy", async () => {
    const words = variables([
      check("node", ["{interpreter}", "--version"]),
      check("sources", ["test", "-f", "{worker}/main.mjs"]),
      check("compiler", ["no-such-compiler", "--version"]),
    ]);
    const { of, exitCode } = await examined(words);
    expect(of("toy").checks.map(({ name, ok }) => [name, ok])).toEqual([
      ["node", true],
      ["sources", true],
      ["compiler", false],
    ]);
    expect(of("toy")).toMatchObject({ usable: true });
    expect(exitCode).toBe(0);
    const { stdout } = await drum(["doctor"], words);
    expect(stdout).toMatch(/- {2}check +compiler +missing, so compiler matters: add compiler/);
    expect(stdout).toMatch(new RegExp(`✓ {2}check +node +${process.version}`));
  });

  it("makes the language unusable where it is required", async () => {
    const { of } = await examined(variables([check("compiler", ["no-such-compiler"], { required: true })]));
    expect(of("toy")).toMatchObject({ usable: false, remedy: "add compiler" });
  });

  it("is refused where it is not whole, with its file", async () => {
    const { stderr, exitCode } = await drum(["doctor"], variables([{ name: "compiler" }]));
    expect(stderr).toMatch(
      /USAGE: .*worker\.json: "doctor" must be a list of \{name, command, why, remedy\}/,
    );
    expect(exitCode).toBe(2);
  });
});
