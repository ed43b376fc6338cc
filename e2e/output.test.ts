// Standard output and error that are closed, full, or not read: a server goes on, a command says so.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterEach, describe, expect, it } from "vitest";
import {
  codeDirectory,
  eventually,
  freePort,
  interrupted,
  main,
  model,
  post,
  pythonModel,
  root,
  type Server,
  serve,
} from "./drum.js";

const variables = { DRUM_WORKERS: path.join(root, "e2e", "workers") };
const words = ["--code-dir", codeDirectory({ "custom.scripted": "" }), "--target-type", "regression"];

let server: Server | undefined;
let child: ChildProcess | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
  child?.kill("SIGKILL");
  child = undefined;
});

/** A server whose streams are left to the test. */
async function launch(): Promise<{ child: ChildProcess; url: string }> {
  const address = `127.0.0.1:${await freePort()}`;
  child = spawn(process.execPath, [main, "server", "--address", address, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...variables },
  });
  const url = `http://${address}`;
  await eventually(
    async () => (await fetch(`${url}/health/`).catch(() => undefined))?.status === 200,
    30_000,
  );
  return { child, url };
}

describe("a command", () => {
  it.each(["score", "compare"])("%s says on stderr that a signal has ended it", async (command) => {
    const folder = pythonModel(
      "import time\n\ndef load_model(code_dir):\n    print('slow', flush=True)\n    time.sleep(600)\n",
    );
    const input = path.join(codeDirectory({ "in.csv": "x\n1\n" }), "in.csv");
    const other = command === "compare" ? ["--code-dir", folder] : [];
    const ended = await interrupted(
      [command, "--code-dir", folder, ...other, "--input", input, "--target-type", "regression"],
      { signal: "SIGTERM", when: (printed) => printed.includes("slow") },
    );
    expect([ended.exitCode, ended.stdout]).toEqual([143, ""]);
    expect(ended.stderr).toContain(`drum ${command}: ended by SIGTERM`);
  });
});

describe("a server", () => {
  it("whose log nobody reads goes on, tells what was lost, and ends when it is asked to", async () => {
    const { child, url } = await launch();
    for (let times = 0; times < 3; times++)
      expect((await post(`${url}/predict/`, "prints 8 MB")).status).toBe(200);
    expect((await fetch(`${url}/health/`, { signal: AbortSignal.timeout(2000) })).status).toBe(200);
    let log = "";
    child.stderr!.on("data", (chunk) => {
      log += chunk;
    });
    await eventually(() => log.length > 2 ** 21);
    await sleep(200);
    expect((await post(`${url}/predict/`, "prints a forged line")).status).toBe(200);
    await eventually(() => /\(the log dropped \d+ lines?:/.test(log));
    child.stderr!.pause();
    for (let times = 0; times < 3; times++) await post(`${url}/predict/`, "prints 8 MB");
    child.kill("SIGTERM");
    const [exitCode] = await Promise.race([once(child, "exit"), sleep(10_000, ["still running"])]);
    expect(exitCode).toBe(0);
  });

  it.each(["stdout", "stderr"] as const)("whose %s is closed goes on, and reloads", async (name) => {
    const { child, url } = await launch();
    child[name]!.destroy();
    await post(`${url}/predict/`, "prints a forged line");
    child.kill("SIGHUP");
    await eventually(
      async () => ((await (await fetch(`${url}/info/`)).json()) as { release: number }).release === 2,
    );
    expect((await post(`${url}/predict/`, "fine")).status).toBe(200);
  });

  it("whose stdout is full goes on, and reloads", async () => {
    server = await serve({ words, variables, before: "exec >/dev/full" });
    const { url, pid } = server;
    process.kill(pid, "SIGHUP");
    await eventually(
      async () => ((await (await fetch(`${url}/info/`)).json()) as { release: number }).release === 2,
    );
    expect((await post(`${url}/predict/`, "fine")).status).toBe(200);
  });

  it("logs no text of others as a line of its own, nor what moves the cursor", async () => {
    server = await serve({ words, variables });
    await post(`${server.url}/predict/`, "prints a forged line");
    await post(`${server.url}/predict/`, "a\n", { "content-type": "text/\u0085\tx" });
    await fetch(`${server.url}/predict/`, { method: "POST" });
    await eventually(() => server!.output().includes("forged"));
    expect(server.output()).toContain("] \\x1b[2K\\x0d[2000-01-01 00:00:00.000] ERROR: forged\n");
  });
});

describe("drum score", () => {
  const { folder, input } = model("sklearn_regression");
  const command = `"$0" "$1" score --code-dir "${folder}" --target-type regression --input "${input}"`;
  const shell = (script: string) => execa("sh", ["-c", script, process.execPath, main], { reject: false });

  it("to a full disk says so", async () => {
    const { exitCode, stderr } = await shell(`${command} >/dev/full`);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("OUTPUT_UNWRITABLE: standard output cannot be written: ENOSPC");
  });

  it.each([22, 24, 26, 28])("with %d descriptors works, or says what is missing", async (most) => {
    const { exitCode, stderr } = await shell(`ulimit -n ${most}; ${command}`);
    expect([exitCode === 0, stderr.includes("raise the limit with ulimit -n")]).toContain(true);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it("whose command has no folder for temporary files says so in words", async () => {
    const diabetes = path.join(root, "examples", "diabetes");
    const files = `--code-dir "${diabetes}" --target-type regression --input "${path.join(diabetes, "rows.csv")}"`;
    const { exitCode, stderr } = await shell(`TMPDIR=/nowhere "$0" "$1" validation ${files}`);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^drum: ENOENT.*set TMPDIR to a folder that can be written$/m);
  });

  it("to a reader that leaves early ends quietly", async () => {
    const { exitCode, stderr } = await shell(`(${command}; echo "code $?" >&2) | head -c 1`);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("code 0");
  });

  it("to a reader that is slow gives it all", async () => {
    const own = codeDirectory({
      "custom.py":
        "def load_model(d):\n    return 1\n\ndef score_unstructured(model, data, query, **kwargs):\n    return 'x\\n' * 4_000_000\n",
    });
    const { stdout } = await shell(
      `"$0" "$1" score --code-dir "${own}" --target-type unstructured --input "${input}" | (sleep 5; wc -l)`,
    );
    expect(Number(stdout)).toBe(4_000_000);
  });
});
