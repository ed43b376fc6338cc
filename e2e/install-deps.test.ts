// --install-deps: a code directory's requirements.txt becomes its own environment.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, drum, eventually, post, root, serve } from "./drum.js";

const main = path.join(root, "dist", "supervisor", "main.js");
const pins = readFileSync(path.join(root, "environments", "python3_sklearn", "requirements.txt"), "utf8");
const pandas = /^pandas==.*$/m.exec(pins)![0];
const input = path.join(codeDirectory({ "in.csv": "a,b\n1,2\n3,4\n" }), "in.csv");
const hooks = `import pandas as pd
import sys

def load_model(code_dir):
    return pd.__version__

def score(data, model, **kwargs):
    return pd.DataFrame({"Predictions": [float(sys.prefix != sys.base_prefix)] * len(data)})
`;
const home = codeDirectory({});
// The Python of an installed environment is new enough for the pinned pandas.
const variables = { DRUM_HOME: home, DRUM_RUNTIME: `python=${await pythonOfSklearn()}` };

async function pythonOfSklearn(): Promise<string> {
  const { stdout } = await drum(["environment", "list", "--json"]);
  const all: { name: string; installed: { interpreter: string } | null }[] = JSON.parse(stdout);
  return all.find(({ name }) => name === "python3_sklearn")?.installed?.interpreter ?? "python3_sklearn";
}

const words = (folder: string) => ["--code-dir", folder, "--target-type", "regression"];
const scoring = (folder: string) => ["score", ...words(folder), "--input", input, "--verbose"];
const environments = () => readdirSync(path.join(home, "environments"));

describe("a code directory with requirements", () => {
  const folder = codeDirectory({ "custom.py": hooks, "requirements.txt": `# mine\n${pandas}\n` });

  beforeAll(async () => {
    const first = await drum([...scoring(folder), "--install-deps"], variables);
    expect(first.stderr).toContain(`requirements.txt: Collecting ${pandas}`);
    expect(first.exitCode).toBe(0);
  });

  it("runs in an environment of its own, which is made once", async () => {
    const { stderr, stdout, exitCode } = await drum([...scoring(folder), "--install-deps"], variables);
    expect(stderr).not.toContain("Collecting");
    expect(stderr).toMatch(/environments\/requirements-[0-9a-f]{12}\/bin\/python \(--install-deps, from \//);
    expect(stdout).toContain("1.0");
    expect(exitCode).toBe(0);
    expect(environments()).toHaveLength(1);
  });

  it("shares the environment with another one of the same requirements, also when served", async () => {
    const other = codeDirectory({ "custom.py": hooks, "requirements.txt": `# mine\n${pandas}\n` });
    const server = await serve({ words: [...words(other), "--install-deps"], variables });
    try {
      const answer = await post(`${server.url}/predict/`, "a,b\n1,2\n");
      expect(await answer.json()).toEqual({ predictions: [1] });
    } finally {
      await server.stop();
    }
    expect(environments()).toHaveLength(1);
  });
});

describe("requirements that cannot be installed", () => {
  const folder = codeDirectory({ "custom.py": hooks, "requirements.txt": "./no-such-package\n" });

  it("are told with pip's last lines, and leave nothing", async () => {
    const before = environments();
    const { stderr, exitCode } = await drum([...scoring(folder), "--install-deps"], variables);
    expect(stderr).toContain("drum: ENVIRONMENT_FAILED: the environment of ");
    expect(stderr).toContain("then run: the same command with --install-deps");
    expect(stderr).toContain("no-such-package");
    expect(exitCode).toBe(1);
    expect(environments()).toEqual(before);
  });

  it("are served as the reason by the error server", async () => {
    const server = await serve({
      words: [...words(folder), "--install-deps", "--with-error-server"],
      variables,
      until: 513,
    });
    try {
      const answer = await post(`${server.url}/predict/`, "a,b\n1,2\n");
      expect(answer.status).toBe(513);
      expect(await answer.text()).toContain("could not be installed");
    } finally {
      await server.stop();
    }
  });
});

describe("without --install-deps", () => {
  it("a missing package is told with the flag where requirements.txt lists it", async () => {
    const broken = `import no_such_package\n${hooks}`;
    const folder = codeDirectory({ "custom.py": broken, "requirements.txt": "no-such-package==1.0\n" });
    const { stderr, exitCode } = await drum(scoring(folder), { DRUM_RUNTIME: variables.DRUM_RUNTIME });
    expect(stderr).toContain("drum: PACKAGE_MISSING: ");
    expect(stderr).toContain(
      `${folder}/requirements.txt lists what the model needs: install it with --install-deps`,
    );
    expect(exitCode).toBe(3);
  });

  it("a missing package is told with the environment that has it", async () => {
    const python = codeDirectory({});
    await execa("python3", ["-m", "venv", "--without-pip", python]);
    const folder = codeDirectory({ "custom.py": hooks });
    const { stderr } = await drum(scoring(folder), { DRUM_HOME: codeDirectory({}), VIRTUAL_ENV: python });
    expect(stderr).toContain("drum: PACKAGE_MISSING: ");
    expect(stderr).toContain(
      "python3_sklearn is made for such models: run drum environment install python3_sklearn",
    );
  });
});

describe("requirements.txt of a language that has no use for it", () => {
  it("is ignored with a message", async () => {
    const folder = codeDirectory({ "model.toy": "2.5", "requirements.txt": "pandas\n" });
    const toy = { DRUM_WORKERS: path.join(root, "e2e", "workers") };
    const { stderr, exitCode } = await drum([...scoring(folder), "--install-deps"], toy);
    expect(stderr).toContain(`${folder}/requirements.txt is ignored: models in toy do not use it`);
    expect(exitCode).toBe(0);
  });
});

it("an installation that a signal ends leaves nothing", async () => {
  const folder = codeDirectory({ "custom.py": hooks, "requirements.txt": `${pandas}\n` });
  const fresh = codeDirectory({});
  const child = execa(process.execPath, [main, ...scoring(folder), "--install-deps"], {
    reject: false,
    env: { DRUM_HOME: fresh },
  });
  let printed = "";
  child.stderr.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await eventually(() => printed.includes("making a virtual environment"));
  child.kill("SIGINT");
  const { exitCode, stdout, stderr } = await child;
  expect([exitCode, stdout, stderr]).toEqual([
    130,
    "",
    expect.stringMatching(/drum score: ended by SIGINT while installing \/.*requirements\.txt/),
  ]);
  expect(readdirSync(path.join(fresh, "environments"))).toEqual([]);
});
