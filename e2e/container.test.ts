// The images: one Dockerfile for every environment, what it copies, and what its containers start. Needs no docker daemon: the
// scripts of the image run here, with a fake apt-get that only records its arguments.

import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readPlaces } from "../supervisor/places.js";
import {
  environmentNamed,
  findInstalled,
  readEnvironments,
} from "../supervisor/runtimes/environments/catalogue.js";
import { codeDirectory, eventually, freePort, main, post, root } from "./drum.js";

const places = readPlaces();
const environments = readEnvironments({ packageDirectory: root });
const read = (name: string) => readFileSync(path.join(root, name), "utf8");
const dockerfile = read("Dockerfile");

/** A folder with programs for PATH. */
function programs(scripts: Record<string, string>): string {
  const folder = codeDirectory(scripts);
  for (const name of Object.keys(scripts)) chmodSync(path.join(folder, name), 0o755);
  return folder;
}

const onPath = (...folders: string[]) => [...folders, process.env.PATH].join(path.delimiter);

/** Whether a path of the repository is in the build context. The last pattern that matches it or a parent folder decides. */
function isInContext(file: string): boolean {
  const patterns = read(".dockerignore")
    .split("\n")
    .filter((line) => line && !line.startsWith("#"));
  const covers = (pattern: string) => {
    const source = pattern
      .replace(/^!/, "")
      .replace(/[.+^$(){}|[\]\\]/g, "\\$&")
      .replace(/\*\*\/|\*/g, (stars) => (stars === "*" ? "[^/]*" : "(?:.*/)?"));
    return new RegExp(`^${source}(?:/|$)`).test(file);
  };
  const last = patterns.findLast(covers);
  return last === undefined || last.startsWith("!");
}

describe("the one Dockerfile", () => {
  it("is the only one: no environment has its own", () => {
    const files = readdirSync(path.join(root, "environments"), { recursive: true, encoding: "utf8" });
    expect(files.filter((file) => /Dockerfile|start_server/.test(file))).toEqual([]);
  });

  it("takes the environment as an argument, listens on 8080 and runs as a user who is not root", () => {
    for (const line of ["ARG ENVIRONMENT", "EXPOSE 8080", "WORKDIR /opt/code", "USER 1001"])
      expect(dockerfile.split("\n")).toContain(line);
    // The ports of a wrapper class, and the program that images of Seldon start.
    expect(dockerfile).toContain("\nEXPOSE 9000 5000 6000\n");
    expect(dockerfile).toContain("\nRUN for name in drum seldon-core-microservice; do \\\n");
    expect(dockerfile).toContain("\nCOPY container/start_server.sh /opt/code/\n");
    // A model mounted at /opt/code hides the copy there.
    expect(dockerfile).toContain("\nCOPY container/ /opt/container/\n");
    expect(dockerfile).toContain('\nENTRYPOINT ["/opt/container/start_server.sh"]\n');
    expect(dockerfile).toMatch(/^FROM node:\d+\.\d+\.\d+-bookworm-slim AS node$/m);
  });

  it("copies only what is there and in the build context", async () => {
    const { stdout } = await execa("git", ["ls-files"], { cwd: root });
    const inContext = stdout.split("\n").filter(isInContext);
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, words]) =>
      words!.split(" "),
    );
    expect(copied).toEqual([".", "container/", "environments/", "container/start_server.sh"]);
    for (const source of copied.filter((one) => one !== "."))
      expect(inContext.filter((file) => file.startsWith(source)).length, source).toBeGreaterThan(0);
    for (const { folder } of environments)
      expect(inContext).toContain(path.relative(root, path.join(folder, "environment.json")));
  });

  it("has in its build context what the package is made of, and no tests or builds", async () => {
    const { stdout } = await execa("git", ["ls-files"], { cwd: root });
    const { files } = JSON.parse(read("package.json")) as { files: string[] };
    const wanted = files.filter((one) => !one.startsWith("!") && one !== "dist");
    const inputs = ["package.json", "package-lock.json", "tsconfig.json", "scripts/setup.mjs"];
    for (const one of [...wanted, ...inputs, "supervisor/main.ts", "workers/jvm/pom.xml"])
      expect(isInContext(one), one).toBe(true);
    const left = [
      "node_modules/x",
      "dist/x",
      ".git/x",
      ".setup/x",
      "supervisor/house.test.ts",
      "e2e/drum.ts",
    ];
    const built = ["workers/jvm/lib/x.jar", "workers/jvm/worker/target/x", "workers/python/__pycache__/x"];
    for (const one of [...left, ...built, "workers/r/tests/run.R", "drumline-0.1.0.tgz"])
      expect(isInContext(one), one).toBe(false);
    expect(stdout.split("\n").filter((file) => isInContext(file) && /\.test\.ts$/.test(file))).toEqual([]);
  });
});

describe("container/install.sh", () => {
  const install = async (words: string[]) => {
    const record = path.join(mkdtempSync(path.join(tmpdir(), "drum-apt-")), "calls");
    const apt = programs({ "apt-get": '#!/bin/sh\necho "$@" >>"$RECORD"\nexit 9\n' });
    const { exitCode, stderr } = await execa("sh", ["container/install.sh", ...words], {
      cwd: root,
      reject: false,
      env: { PATH: onPath(apt), RECORD: record },
    });
    return { exitCode, stderr, calls: existsSync(record) ? readFileSync(record, "utf8") : "" };
  };

  it.each(environments.map(({ name }) => name))("knows what %s runs on", async (name) => {
    // apt-get runs only for a supported language, and fails here.
    expect(await install(["runtimes", name])).toEqual({ exitCode: 9, stderr: "", calls: "update\n" });
  });

  it("takes several environments, and the folder of one", async () => {
    const folder = environmentNamed("r_caret", places).folder;
    expect((await install(["runtimes", `python3_sklearn ${folder} java`])).calls).toBe("update\n");
  });

  it.each([
    [
      "none",
      "",
      "ENVIRONMENT is not set; build with --build-arg ENVIRONMENT=NAME, where NAME is one of: java ",
    ],
    [
      "an unknown one",
      "python3_sklearn nope",
      'there is no environment "nope"; choose from: java julia_mlj ',
    ],
  ])("refuses %s before anything is installed", async (_title, names, message) => {
    const { exitCode, stderr, calls } = await install(["runtimes", names]);
    expect([exitCode, stderr, calls]).toEqual([1, expect.stringContaining(message), ""]);
  });

  it("says what to add for a language without Debian packages", async () => {
    const folder = codeDirectory({ "environment.json": '{"language": "cobol"}' });
    const { exitCode, stderr } = await install(["runtimes", folder]);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('no Debian packages for the language "cobol"'),
    ]);
  });
});

/** The `drum` command of an image. */
const drumProgram = () => programs({ drum: `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n` });

/** Starts a script of the image. Returns its process and the result of the image's health check. */
async function container(script: string, variables: Record<string, string>) {
  const port = await freePort();
  const env = { ADDRESS: `127.0.0.1:${port}`, ...variables };
  const url = `http://127.0.0.1:${port}${variables.URL_PREFIX ?? ""}`;
  const child = execa("sh", [path.join(root, script)], { reject: false, all: true, env });
  // Polls in this process until it responds with OK: a program for each check would slow down the loading of the models.
  const isHealthy = async () => (await fetch(`${url}/health/`).catch(() => undefined))?.ok === true;
  const health = () =>
    execa(process.execPath, [path.join(root, "container/healthcheck.mjs")], { reject: false, env });
  return { child, health, isHealthy, url };
}

describe("a container", () => {
  it("is healthy once the model answers, and ends at SIGTERM", async () => {
    const code = codeDirectory({
      "custom.py":
        'import pandas as pd\ndef load_model(code_dir): return 1\ndef score(data, model, **kwargs): return pd.DataFrame({"Predictions": data["a"] * 2})\n',
    });
    const variables = {
      CODE_DIR: code,
      TARGET_TYPE: "regression",
      PATH: onPath(drumProgram()),
      URL_PREFIX: "/my",
    };
    const { child, health, isHealthy, url } = await container("container/start_server.sh", variables);
    const before = await health();
    expect([before.exitCode, before.stdout]).toEqual([1, expect.stringContaining("/my/health/: ")]);
    await eventually(isHealthy);
    expect((await health()).exitCode).toBe(0);
    expect(await (await post(`${url}/predict/`, "a\n4\n")).json()).toEqual({ predictions: [8] });
    child.kill("SIGTERM");
    expect((await child).exitCode).toBe(0);
  });
});

interface Service {
  build: { context: string; args: { ENVIRONMENT: string } };
  entrypoint: string[];
}

describe("docker-compose.yml", () => {
  const { services } = parse(read("docker-compose.yml")) as { services: Record<string, Service> };
  const service = services.examples!;

  it("builds the Dockerfile with environments there are, for every language of the examples", () => {
    expect(service.build.context).toBe(".");
    const named = service.build.args.ENVIRONMENT.split(" ").map((one) => environmentNamed(one, places));
    expect(named.map(({ language }) => language).sort()).toEqual(["java", "julia", "python", "r"]);
    expect(service.entrypoint).toEqual(["sh", "/opt/examples/serve.sh"]);
  });

  it("serves all five examples from a fresh clone", async () => {
    const interpreters = ["python3_sklearn", "r_caret", "julia_mlj", "java"].map((one) => {
      const installed = findInstalled(environmentNamed(one, places), places.dataDirectory);
      return path.dirname(installed!.interpreter);
    });
    const home = mkdtempSync(path.join(tmpdir(), "drum-home-"));
    const variables = {
      HOME: home,
      // The usual cache, since it already has the Julia worker's compiled code.
      XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache"),
      DRUM_HOME: places.dataDirectory,
      PATH: onPath(...interpreters, drumProgram()),
    };
    const { child, isHealthy, url } = await container("examples/serve.sh", variables);
    await eventually(isHealthy, 240_000);
    for (const one of ["diabetes", "flowers", "fuel", "tumours", "wine"]) {
      const answer = await post(`${url}/models/${one}/predict/`, read(`examples/${one}/rows.csv`));
      expect([one, answer.status]).toEqual([one, 200]);
    }
    child.kill("SIGTERM");
    expect((await child).exitCode).toBe(0);
  }, 300_000);
});
