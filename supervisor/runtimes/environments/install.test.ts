import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DrumError } from "../../errors.js";
import { isAtLeast } from "../../processes/interpreter.js";
import { environmentNamed, findInstalled } from "./catalogue.js";
import { type InstallOptions, installEnvironment } from "./install.js";

let folder: string;
let places: { packageDirectory: string; dataDirectory: string };

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "drum-install-"));
  places = { packageDirectory: path.join(folder, "package"), dataDirectory: path.join(folder, "data") };
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Stands in for python, venv and pip; every installation leaves a line in `log`. */
function scriptedPython({ version = "3.11.4", venv = "", pip = "" }): string {
  const file = path.join(folder, `python-${version}`);
  const script = `#!/bin/sh
for last; do :; done
case "$*" in
  *"print(sys.executable)"*) printf '%s\\n%s\\n' "$0" ${version} ;;
  *"-m venv"*) ${venv || ":"}
    mkdir -p "$last/bin" && cp "$0" "$last/bin/python" ;;
  *"pip"*" install "*) echo installed >> "${folder}/log"
    ${pip || 'echo "Collecting thing"'} ;;
  *"pip"*" list "*) echo '[{"name": "thing", "version": "1.2"}]' ;;
esac
`;
  writeFileSync(file, script, { mode: 0o755 });
  return file;
}

function describeEnvironment(interpreters: string[], requirements = "thing==1.2\n"): void {
  const description = {
    language: "python",
    title: "for tests",
    interpreters,
    minimum_version: "3.11",
    requirements: "requirements.txt",
    extensions: [".pkl"],
    modules: [],
    preference: 1,
  };
  const home = path.join(places.packageDirectory, "environments", "mine");
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, "environment.json"), JSON.stringify(description));
  writeFileSync(path.join(home, "requirements.txt"), requirements);
}

const install = (options: Partial<InstallOptions> = {}) => installEnvironment("mine", { places, ...options });
const installations = () => readdirSync(path.join(places.dataDirectory, "environments"));
const timesInstalled = () => readFileSync(path.join(folder, "log"), "utf8").trim().split("\n").length;

async function failureOf(installing: Promise<unknown>): Promise<DrumError> {
  return installing.then(
    () => expect.fail("the installation succeeded"),
    (error: DrumError) => error,
  );
}

describe("an installation", () => {
  it("is complete with its interpreter, versions and date", async () => {
    describeEnvironment([scriptedPython({})]);
    const progress: string[] = [];
    const installed = await install({ onProgress: (text) => progress.push(text) });
    expect(installed).toMatchObject({
      name: "mine",
      interpreterVersion: "3.11.4",
      packages: { thing: "1.2" },
    });
    expect(existsSync(installed.interpreter)).toBe(true);
    expect(Date.now() - Date.parse(installed.installed)).toBeLessThan(60_000);
    expect(installations()).toEqual([`mine-${installed.hash.slice(0, 12)}`]);
    expect(findInstalled(environmentNamed("mine", places), places.dataDirectory)).toEqual(installed);
    expect(progress).toContain("Collecting thing");
  });

  it("is made once, however often it is requested", async () => {
    describeEnvironment([scriptedPython({})]);
    expect(await install()).toEqual(await install());
    expect(timesInstalled()).toBe(1);
  });

  it("is made once when two ask at the same time", async () => {
    describeEnvironment([scriptedPython({ pip: "sleep 0.5" })]);
    const [first, second] = await Promise.all([install(), install()]);
    expect(first).toEqual(second);
    expect(timesInstalled()).toBe(1);
    expect(installations()).toHaveLength(1);
  });

  it("gets a folder of its own when the requirements or the interpreter change", async () => {
    describeEnvironment([scriptedPython({})]);
    await install();
    describeEnvironment([scriptedPython({})], "thing==1.3\n");
    await install();
    describeEnvironment([scriptedPython({ version: "3.12.0" })], "thing==1.3\n");
    await install();
    expect(new Set(installations()).size).toBe(3);
  });

  it("starts again after an interrupted one", async () => {
    describeEnvironment([scriptedPython({})]);
    const { interpreter } = await install();
    const home = path.resolve(interpreter, "../..");
    rmSync(path.join(home, "ready.json"));
    writeFileSync(path.join(home, "half a package"), "");
    await install();
    expect(timesInstalled()).toBe(2);
    expect(readdirSync(home).sort()).toEqual(["bin", "ready.json"]);
  });

  it("works with the Python of this machine", async () => {
    describeEnvironment(["python3.11", "python3"], "# nothing\n");
    const { interpreter, packages } = await install();
    const { stdout } = await execa(interpreter, ["-c", "import sys; print(sys.prefix != sys.base_prefix)"]);
    expect(stdout).toBe("True");
    expect(packages).toHaveProperty("pip");
  }, 60_000);
});

describe("a failed installation", () => {
  it("leaves nothing, and shows pip's last lines and the remedy", async () => {
    describeEnvironment([scriptedPython({ pip: "seq 1 100; echo 'no matching distribution' >&2; exit 1" })]);
    const error = await failureOf(install());
    expect(error.code).toBe("ENVIRONMENT_FAILED");
    expect(error.message).toContain(
      "the environment mine could not be installed: pip ended with exit code 1",
    );
    expect(error.message).toContain("drum environment install mine");
    expect(error.message).toMatch(/\n99\n100\nno matching distribution$/);
    expect(error.message).not.toContain("\n50\n");
    expect(installations()).toEqual([]);
  });

  it("names what Python lacks to make virtual environments", async () => {
    const python = scriptedPython({ venv: "echo 'ensurepip is not available'; exit 1" });
    describeEnvironment([python]);
    const error = await failureOf(install());
    expect(error.message).toContain(`${python} cannot make virtual environments, since it lacks ensurepip`);
    expect(error.message).toContain("install the system package python3-venv");
    expect(installations()).toEqual([]);
  });

  it("leaves nothing when it is interrupted", async () => {
    describeEnvironment([scriptedPython({ pip: "echo begun; exec sleep 30" })]);
    const stopping = new AbortController();
    const onProgress = (text: string) => text === "begun" && stopping.abort();
    const error = await failureOf(install({ onProgress, signal: stopping.signal }));
    expect(error.code).toBe("ENVIRONMENT_FAILED");
    expect(error.message).toContain("it was interrupted");
    expect(installations()).toEqual([]);
  });

  it("says so when the data folder cannot be written to", async () => {
    describeEnvironment([scriptedPython({})]);
    writeFileSync(places.dataDirectory, "a file where a folder should be");
    const error = await failureOf(install());
    expect(error.code).toBe("ENVIRONMENT_FAILED");
    expect(error.message).toContain(`check space and permissions of ${places.dataDirectory}`);
  });
});

describe("the interpreter", () => {
  it("is the first that is new enough", async () => {
    const [old, good] = [scriptedPython({ version: "3.9.1" }), scriptedPython({ version: "3.12.2" })];
    describeEnvironment([path.join(folder, "missing"), old, good]);
    expect((await install()).interpreterVersion).toBe("3.12.2");
  });

  it("is missing if none is new enough, and the error lists all candidates", async () => {
    const old = scriptedPython({ version: "3.9.1" });
    describeEnvironment(["no-such-python", old]);
    const error = await failureOf(install());
    expect(error.code).toBe("RUNTIME_MISSING");
    expect(error.message).toContain("needs python 3.11 or later");
    expect(error.message).toContain(`found no-such-python: does not run, ${old}: 3.9.1`);
  });

  it.each([
    ["3.11.0", "3.11", true],
    ["3.9.18", "3.11", false],
    ["3.110.0", "3.11", true],
    ["4.0.0", "3.11", true],
    ["2.7.18", "3.11", false],
  ])("of version %s against %s is new enough: %s", (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });
});
