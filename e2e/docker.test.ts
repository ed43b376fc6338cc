// --docker as a user sees it, with a scripted docker client that records its arguments and runs the command here.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { codeDirectory, drum, eventually, freePort, interrupted, post, root, serve } from "./drum.js";

interface Call {
  verb: string;
  words: string[];
  env: Record<string, string>;
  dockerfile?: string;
  files?: Record<string, string>;
}

const custom = `import os
import pandas as pd
def load_model(code_dir): return 1
def score(data, model, **kwargs):
    if "SHOUT" in os.environ: raise ValueError("shouting")
    return pd.DataFrame({"Predictions": data["a"] * 2})
`;
const code = codeDirectory({ "custom.py": custom });
const rows = path.join(codeDirectory({ "ro,ws.csv": "a\n1\n2.5\n" }), "ro,ws.csv");
const scoring = ["score", "--code-dir", code, "--input", rows, "--target-type", "regression"];

let record = "";
let variables: Record<string, string> = {};
beforeEach(() => {
  record = mkdtempSync(path.join(tmpdir(), "drum-docker-"));
  const scripted = path.join(root, "e2e", "docker");
  variables = { PATH: `${scripted}${path.delimiter}${process.env.PATH}`, DOCKER_RECORD: record };
});

function calls(verb: string): Call[] {
  const lines = readFileSync(path.join(record, "calls.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Call).filter((call) => call.verb === verb);
}

/** The values of an option of the only `docker run`. */
function given(option: string): string[] {
  const [{ words }] = calls("run") as [Call];
  return words.filter((_word, at) => words[at - 1] === option);
}

/** The arguments of drum in the container. */
function inside(): string {
  const [{ words }] = calls("run") as [Call];
  return words.slice(words.indexOf("drum") + 2).join(" ");
}

describe("drum score --docker", () => {
  it("scores in a container of the image, with its files mounted", async () => {
    const output = path.join(mkdtempSync(path.join(tmpdir(), "drum-out-")), "predictions.csv");
    const { exitCode, stderr } = await drum(
      [...scoring, "--docker", "image:1", "--output", output],
      variables,
    );
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(readFileSync(output, "utf8")).toBe("Predictions\n2.0\n5.0\n");
    expect(inside()).toBe(
      "score --code-dir /opt/code --input /opt/input/ro,ws.csv --output /opt/output/predictions.csv --target-type regression",
    );
    expect(given("--mount")).toEqual([
      `type=bind,source=${code},target=/opt/code`,
      `type=bind,"source=${rows}","target=/opt/input/ro,ws.csv",readonly`,
      `type=bind,source=${path.dirname(output)},target=/opt/output`,
    ]);
    expect(given("--entrypoint")).toEqual(["drum"]);
    expect(given("drum")).toEqual(["image:1"]);
    expect(given("--user")).toEqual([`${process.getuid?.()}:${process.getgid?.()}`]);
    expect((calls("run")[0] as Call).words).toEqual(expect.arrayContaining(["--rm", "--init"]));
    expect(given("--memory")).toEqual([]);
  });

  it("prints what the container prints", async () => {
    const { stdout } = await drum([...scoring, "--docker", "image"], variables);
    expect(stdout).toMatch(/Predictions\n0 +2\.0\n1 +5\.0\n/);
  });

  it("limits the container's memory, swapped memory too", async () => {
    await drum([...scoring, "--docker", "image", "--memory", "512m"], variables);
    expect([given("--memory"), given("--memory-swap")]).toEqual([["512m"], ["512m"]]);
  });

  it("gives variables of options, runtime parameters and tokens by name, paths among them mounted", async () => {
    const labels = path.join(codeDirectory({ "labels.txt": "x\ny\n" }), "labels.txt");
    const secret = { "--api-token": "hush-hush", API_TOKEN: "from-the-variable" };
    const further = {
      CODE_DIR: code,
      TARGET_TYPE: "multiclass",
      CLASS_LABELS_FILE: labels,
      MLOPS_RUNTIME_PARAM_A: '{"type":"string","payload":"p"}',
      SHOUT: "not asked for",
    };
    const words = ["score", "--input", rows, "--docker", "image", "--api-token", secret["--api-token"]];
    await drum(words, { ...variables, ...further });
    expect(inside()).toBe(
      "score --code-dir /opt/code --input /opt/input/ro,ws.csv --class-labels-file /opt/class-labels-file/labels.txt",
    );
    expect(given("--env").sort()).toEqual(["API_TOKEN", "MLOPS_RUNTIME_PARAM_A", "TARGET_TYPE"]);
    expect(calls("run")[0]?.env.API_TOKEN).toBe("hush-hush");
    expect(JSON.stringify(calls("run")[0]?.words)).not.toContain("hush-hush");
  });

  it("passes the exit code on", async () => {
    const failing = codeDirectory({ "custom.py": custom.replace("* 2", "/ None") });
    const words = ["score", "--code-dir", failing, "--input", rows, "--target-type", "regression"];
    const outcome = await drum([...words, "--docker", "image"], variables);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain("HOOK_FAILED");
  });
});

describe("a folder as --docker", () => {
  const image = () => codeDirectory({ Dockerfile: "FROM scratch\n" });
  const withRequirements = codeDirectory({ "custom.py": custom, "requirements.txt": "pandas\n" });
  const words = ["score", "--code-dir", withRequirements, "--input", rows, "--target-type", "regression"];

  it("is built, and the model's requirements.txt installed on top of it", async () => {
    const folder = image();
    const { exitCode, stdout, stderr } = await drum([...words, "--docker", folder], variables);
    expect(exitCode).toBe(0);
    expect([stdout.includes("step 1"), stderr.includes("step 1")]).toEqual([false, true]);
    const [base, top] = calls("build") as [Call, Call];
    const [, tag] = base.words as [string, string];
    expect(base.words).toEqual([
      "--tag",
      expect.stringMatching(/^drumline\/drum-model-\w+-[0-9a-f]{8}:base$/),
      folder,
    ]);
    expect(top.dockerfile).toContain(`FROM ${tag}\n`);
    expect(top.dockerfile).toContain(
      "pip install --no-cache-dir -r /tmp/drum-requirements/requirements-0.txt",
    );
    expect(top.files).toEqual({ "requirements-0.txt": "pandas\n" });
    expect(given("drum")).toEqual([tag.replace(":base", ":requirements")]);
  });

  it("is built alone with --skip-deps-install", async () => {
    const { exitCode } = await drum([...words, "--docker", image(), "--skip-deps-install"], variables);
    expect([exitCode, calls("build").length]).toEqual([0, 1]);
  });

  it.each([
    ["has no Dockerfile", codeDirectory({}), {}, "has no Dockerfile; add one"],
    ["cannot be built", image(), { DOCKER_FAULT: "build" }, "ended with exit code 1; see its output above"],
  ])("that %s is told", async (_title, folder, fault, message) => {
    const { exitCode, stderr } = await drum([...words, "--docker", folder], { ...variables, ...fault });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(stderr).toContain("DOCKER_FAILED");
  });
});

describe("drum server --docker", () => {
  it("serves at the addresses on this machine, and ends with the command's exit code", async () => {
    const grpc = await freePort();
    const server = await serve({
      words: ["--code-dir", code, "--target-type", "regression", "--docker", "image"],
      variables: { ...variables, DRUM_TOKEN: "knock", DRUM_GRPC_ADDRESS: `127.0.0.1:${grpc}` },
    });
    const port = new URL(server.url).port;
    const answer = await post(`${server.url}/predict/`, "a\n4\n");
    expect(await answer.json()).toEqual({ predictions: [8] });
    expect(given("--publish")).toEqual([port, grpc].map((one) => `127.0.0.1:${one}:${one}`));
    expect(inside()).toContain(`--address 0.0.0.0:${port} --grpc-address 0.0.0.0:${grpc}`);
    expect(given("--env")).toEqual(["DRUM_TOKEN"]);
    expect((await server.stop()).exitCode).toBe(0);
    expect(calls("rm").map(({ words }) => words)).toEqual([["--force", given("--name")[0]]]);
    expect(readFileSync(path.join(record, "signals"), "utf8")).toBe("SIGTERM\n");
  });

  it("loads the model anew at SIGHUP, as without a container", async () => {
    const folder = codeDirectory({ "custom.py": custom });
    const server = await serve({
      words: ["--code-dir", folder, "--target-type", "regression", "--docker", "image"],
      variables,
    });
    writeFileSync(path.join(folder, "custom.py"), custom.replace("* 2", "* 3"));
    process.kill(server.pid, "SIGHUP");
    await eventually(() => server.output().includes("was reloaded"));
    expect(await (await post(`${server.url}/predict/`, "a\n4\n")).json()).toEqual({ predictions: [12] });
    await server.stop();
  });

  it("mounts several models under their names", async () => {
    const parent = mkdtempSync(path.join(tmpdir(), "drum-models-"));
    for (const name of ["one", "two"]) {
      mkdirSync(path.join(parent, name));
      writeFileSync(path.join(parent, name, "custom.py"), custom);
    }
    const [one, two] = [path.join(parent, "one"), path.join(parent, "two")];
    const words = ["--code-dir", one, "--code-dir", two, "--target-type", "regression", "--docker", "image"];
    const server = await serve({ words, variables });
    expect(inside()).toContain("--code-dir /opt/models/one --code-dir /opt/models/two");
    expect((await post(`${server.url}/models/two/predict/`, "a\n4\n")).status).toBe(200);
    await server.stop();
  });

  it.each([
    ["0", "must have a fixed port, got 0"],
    ["some.host:8080", 'must be an IP address or localhost, got "some.host"'],
  ])("refuses the address %s", async (address, message) => {
    const words = ["server", "--code-dir", code, "--target-type", "regression", "--address", address];
    const { exitCode, stderr } = await drum([...words, "--docker", "image"], variables);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it("is removed at the second signal when it does not end at the first", async () => {
    const server = await serve({
      words: ["--code-dir", code, "--target-type", "regression", "--docker", "image"],
      variables: { ...variables, DOCKER_FAULT: "deaf" },
    });
    process.kill(server.pid, "SIGINT");
    await eventually(() => existsSync(path.join(record, "signals")));
    expect(calls("rm")).toEqual([]);
    process.kill(server.pid, "SIGINT");
    expect((await server.ended).exitCode).toBe(137);
    expect(calls("rm").length).toBeGreaterThan(0);
    await expect(fetch(server.url)).rejects.toThrow();
  });
});

describe("drum validation and perf-test --docker", () => {
  it("data sets that a failed check keeps are found where the report says", async () => {
    const picky = codeDirectory({
      "custom.py": custom.replace('data["a"] * 2', 'data["a"].map(lambda a: int(a))'),
    });
    const words = ["validation", "--code-dir", picky, "--input", rows, "--target-type", "regression"];
    const { exitCode, stdout } = await drum([...words, "--json", "--docker", "image"], variables);
    const { kept } = JSON.parse(stdout);
    expect(exitCode).toBe(1);
    expect(readdirSync(kept).length).toBeGreaterThan(0);
    expect(given("--env")).toContain("TMPDIR");
  });

  it("perf-test measures inside, and its report is written outside", async () => {
    const report = path.join(mkdtempSync(path.join(tmpdir(), "drum-perf-")), "report.json");
    const words = ["perf-test", "--code-dir", code, "--input", rows, "--target-type", "regression"];
    const { exitCode } = await drum(
      [...words, "-s", "1", "-i", "2", "--report", report, "--docker", "image"],
      variables,
    );
    expect([exitCode, JSON.parse(readFileSync(report, "utf8")).cases.length]).toEqual([0, 1]);
    expect(inside()).toContain("--samples 1 --iterations 2");
  });
});

describe("without a container there is", () => {
  it.each([["--skip-deps-install"], ["--memory", "1g"]])("no %s", async (...words) => {
    const { exitCode, stderr } = await drum([...scoring, ...words], variables);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`USAGE: ${words[0]} needs --docker; give both, or leave out ${words[0]}`);
  });

  it("no memory that is no size", async () => {
    const { exitCode, stderr } = await drum([...scoring, "--docker", "image", "--memory", "much"], variables);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('must be a size like 512m or 2g, got "much"'),
    ]);
  });

  it.each([
    [
      "the daemon is away",
      "daemon",
      "the docker daemon does not respond (Cannot connect to the Docker daemon",
    ],
    ["the image cannot be had", "image", "docker could not run image; see its message above"],
    ["the image has no drum", "command", "image has no command drum that can run"],
  ])("a container when %s", async (_title, fault, message) => {
    const { exitCode, stderr } = await drum([...scoring, "--docker", "image"], {
      ...variables,
      DOCKER_FAULT: fault,
    });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  it("a container when there is no docker", async () => {
    const { exitCode, stderr } = await drum([...scoring, "--docker", "image"], { PATH: code });
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("docker was not found on PATH; install Docker"),
    ]);
  });
});

it("an interrupted container is removed", async () => {
  const slow = codeDirectory({
    "custom.py": `import sys, time
def load_model(code_dir): return 1
def score(data, model, **kwargs):
    print("scoring", file=sys.stderr, flush=True)
    time.sleep(600)
`,
  });
  const words = [
    "score",
    "--code-dir",
    slow,
    "--input",
    rows,
    "--target-type",
    "regression",
    "--docker",
    "image",
  ];
  const { exitCode, stdout, stderr } = await interrupted(words, {
    variables,
    when: (printed) => printed.includes("scoring"),
  });
  expect([exitCode, stdout, stderr]).toEqual([
    130,
    "",
    expect.stringContaining("drum score: ended by SIGINT"),
  ]);
  expect(calls("rm").map(({ words }) => words)).toEqual([["--force", given("--name")[0]]]);
});
