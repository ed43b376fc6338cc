import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DrumError } from "../../errors.js";
import { environmentNamed, findInstalled } from "./catalogue.js";
import { checkEnvironment } from "./check.js";
import { type InstallOptions, installEnvironment } from "./install.js";

let folder: string;
let places: { packageDirectory: string; dataDirectory: string };

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "drum-script-"));
  places = { packageDirectory: path.join(folder, "package"), dataDirectory: path.join(folder, "data") };
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Leaves an interpreter of version 4.2.2 and a list of packages. */
const works = `echo one more >> "${"$"}{0%/*}/log" 2>/dev/null
echo "[1/2] fetching"
echo "[2/2] unpacking"
mkdir "$DRUM_ENVIRONMENT_FOLDER/bin"
printf '#!/bin/sh\\necho "tongue version 4.2.2 (2022-10-31)"\\n' > "$DRUM_ENVIRONMENT_FOLDER/bin/tongue"
chmod +x "$DRUM_ENVIRONMENT_FOLDER/bin/tongue"
printf 'tongue 4.2.2\\nthing 1.0\\n\\n' > "$DRUM_ENVIRONMENT_FOLDER/packages.txt"
echo "$@" > "$DRUM_ENVIRONMENT_FOLDER/arguments"
`;

function describeEnvironment(script: string, changes: Record<string, unknown> = {}): void {
  const description = {
    language: "tongue",
    title: "for tests",
    interpreters: [path.join(folder, "tongue"), "tongue"],
    minimum_version: "4.0",
    install: ["sh", "./install.sh"],
    files: ["install.sh"],
    extensions: [".tng"],
    modules: [],
    preference: 1,
    ...changes,
  };
  const home = path.join(places.packageDirectory, "environments", "mine");
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, "environment.json"), JSON.stringify(description));
  writeFileSync(path.join(home, "install.sh"), script);
}

const install = (options: Partial<InstallOptions> = {}) => installEnvironment("mine", { places, ...options });
const installations = () => readdirSync(path.join(places.dataDirectory, "environments"));
const timesInstalled = () =>
  readFileSync(path.join(places.packageDirectory, "environments", "mine", "log"), "utf8").split("\n").length -
  1;

async function failureOf(installing: Promise<unknown>): Promise<DrumError> {
  return installing.then(
    () => expect.fail("the installation succeeded"),
    (error: DrumError) => error,
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that nobody has waited for yet is dead.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

describe("an environment with a script", () => {
  it("contains what the script leaves, with its interpreter's version and its packages", async () => {
    describeEnvironment(works);
    const installed = await install();
    expect(installed).toMatchObject({
      interpreterVersion: "4.2.2",
      packages: { tongue: "4.2.2", thing: "1.0" },
    });
    expect(installations()).toEqual([`mine-${installed.hash.slice(0, 12)}`]);
    expect(installed.interpreter).toBe(
      path.join(places.dataDirectory, "environments", installations()[0]!, "bin/tongue"),
    );
    expect(findInstalled(environmentNamed("mine", places), places.dataDirectory)).toEqual(installed);
  });

  it("reports its progress", async () => {
    describeEnvironment(works);
    const seen: unknown[] = [];
    await install({ onProgress: (...progress) => seen.push(progress) });
    expect(seen).toEqual([
      ["fetching", 1, 2],
      ["unpacking", 2, 2],
    ]);
  });

  it("is made once when two ask at the same time", async () => {
    describeEnvironment(`sleep 0.3\n${works}`);
    const [first, second] = await Promise.all([install(), install()]);
    expect(first).toEqual(second);
    expect(timesInstalled()).toBe(1);
  });

  it("gets a folder of its own when its script or the interpreter on PATH changes", async () => {
    describeEnvironment(works);
    await install();
    describeEnvironment(`${works}# another\n`);
    await install();
    writeFileSync(path.join(folder, "tongue"), "#!/bin/sh\necho version 4.9.1\n", { mode: 0o755 });
    await install();
    expect(new Set(installations()).size).toBe(3);
  });

  it("gets arguments that it knows, and a folder of its own with them", async () => {
    describeEnvironment(works, { arguments: { "--fast": "starts faster" } });
    const plain = await install();
    const fast = await install({ arguments: ["--fast"] });
    expect(installations()).toHaveLength(2);
    expect(readFileSync(path.resolve(fast.interpreter, "../../arguments"), "utf8")).toBe("--fast\n");
    expect(readFileSync(path.resolve(plain.interpreter, "../../arguments"), "utf8")).toBe("\n");
    expect(findInstalled(environmentNamed("mine", places), places.dataDirectory)).toEqual(fast);
  });

  it("is reinstalled when the folder that an argument builds from changes, except its tests", async () => {
    const made = { arguments: { "--fast": "starts faster" }, made_of: { "--fast": "../parts" } };
    describeEnvironment(works, made);
    const part = (name: string, text: string) => {
      const file = path.join(places.packageDirectory, "environments", "parts", name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    };
    part("inner/part.txt", "one");
    await install({ arguments: ["--fast"] });
    part("tests/test.txt", "a test");
    await install({ arguments: ["--fast"] });
    expect(installations()).toHaveLength(1);
    part("inner/part.txt", "two");
    const changed = await install({ arguments: ["--fast"] });
    expect(installations()).toHaveLength(2);
    await install();
    expect(findInstalled(environmentNamed("mine", places), places.dataDirectory)).toEqual(changed);
  });

  it("rejects an unknown argument", async () => {
    describeEnvironment(works, { arguments: { "--fast": "starts faster" } });
    const error = await failureOf(install({ arguments: ["--slow"] }));
    expect(error.code).toBe("USAGE");
    expect(error.message).toContain('does not know the argument "--slow"; expected --fast (starts faster)');
  });
});

describe("a script that fails", () => {
  it("leaves nothing, and the error shows its last lines", async () => {
    describeEnvironment(
      'touch "$DRUM_ENVIRONMENT_FOLDER/half"; echo "run: apt-get install tongue" >&2; exit 3',
    );
    const error = await failureOf(install());
    expect(error.code).toBe("ENVIRONMENT_FAILED");
    expect(error.message).toContain("sh ./install.sh ended with exit code 3");
    expect(error.message).toContain("drum environment install mine");
    expect(error.message).toMatch(/\nrun: apt-get install tongue$/);
    expect(installations()).toEqual([]);
  });

  it.each([
    ["no interpreter", "rm -r $DRUM_ENVIRONMENT_FOLDER/bin", "left no"],
    [
      "an interpreter that does not run",
      "echo exit 1 > $DRUM_ENVIRONMENT_FOLDER/bin/tongue",
      "prints no version",
    ],
    ["no packages.txt", "rm $DRUM_ENVIRONMENT_FOLDER/packages.txt", "left no packages.txt"],
  ])("by leaving %s is named in the error", async (_title, after, message) => {
    describeEnvironment(works + after);
    const error = await failureOf(install());
    expect(error.message).toContain("succeeded, but");
    expect(error.message).toContain(message);
    expect(installations()).toEqual([]);
  });

  it("because of an interrupt ends with everything it has started", async () => {
    const pidFile = path.join(folder, "pid");
    describeEnvironment(`sleep 60 & echo $! > ${pidFile}; echo begun; wait`);
    const stopping = new AbortController();
    const onProgress = (text: string) => text === "begun" && stopping.abort();
    const error = await failureOf(install({ onProgress, signal: stopping.signal }));
    expect(error.message).toContain("it was interrupted; run drum environment install mine again");
    expect(installations()).toEqual([]);
    const pid = Number(readFileSync(pidFile, "utf8"));
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});

describe("a check", () => {
  const check = () => checkEnvironment(environmentNamed("mine", places), places.dataDirectory);

  it("of a missing installation names the command that installs it", async () => {
    describeEnvironment(works);
    expect(await check()).toMatchObject({ remedy: "drum environment install mine" });
  });

  it("of a complete installation finds nothing wrong", async () => {
    describeEnvironment(works, { check: ["sh", "-c", 'cat "$DRUM_ENVIRONMENT_FOLDER/packages.txt"'] });
    await install();
    const { findings, remedy } = await check();
    expect(remedy).toBeUndefined();
    expect(findings.map(({ subject, found }) => `${subject}: ${found}`)).toEqual([
      expect.stringMatching(/^installation: /),
      "interpreter: 4.2.2",
      "packages: thing 1.0",
    ]);
  });

  it.each([
    ["another version", "echo 4.3.0", "version 4.3.0, but it was installed with 4.2.2"],
    ["a version that is too old", "echo 3.6.1", "version 3.6.1, expected 4.0 or later"],
    ["an interpreter that fails", "exit 1", "does not run"],
  ])("finds %s", async (_title, line, message) => {
    describeEnvironment(works, { arguments: { "--fast": "starts faster" } });
    const { interpreter } = await install({ arguments: ["--fast"] });
    writeFileSync(interpreter, `#!/bin/sh\n${line}\n`);
    const { findings, remedy } = await check();
    expect(findings.at(-1)).toMatchObject({ ok: false, found: expect.stringContaining(message) });
    expect(remedy).toBe(
      `rm -r "${path.resolve(interpreter, "../..")}" && drum environment install mine --fast`,
    );
  });

  it("finds what the environment's own check says", async () => {
    describeEnvironment(works, { check: ["sh", "-c", "echo looking; echo thing does not load >&2; exit 1"] });
    await install();
    expect((await check()).findings.at(-1)).toEqual({
      subject: "packages",
      ok: false,
      found: "thing does not load",
    });
  });
});
