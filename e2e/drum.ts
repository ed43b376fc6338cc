// How the end-to-end tests use the product: through the built command line and HTTP, like a user.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";

export const root = path.resolve(import.meta.dirname, "..");
export const modelsFolder = path.join(root, "e2e", "models");
/** The same models in every language. */
export const fourFolder = path.join(modelsFolder, "four");
export const languages = ["python", "r", "julia", "java"] as const;
export const main = path.join(root, "dist", "supervisor", "main.js");

type Variables = Record<string, string>;

export interface Outcome {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** Runs one command to its end. */
export async function drum(
  words: readonly string[],
  variables: Variables = {},
  folder = process.cwd(),
): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [main, ...words], {
    reject: false,
    env: variables,
    cwd: folder,
    stripFinalNewline: false,
    timeout: 120_000,
    forceKillAfterDelay: 1000,
  });
  return { exitCode, stdout, stderr };
}

/** Runs one command to its end, and sends it a signal once `when` is true for its output on stdout and stderr. */
export async function interrupted(
  words: readonly string[],
  {
    variables = {},
    signal = "SIGINT",
    when,
  }: { variables?: Variables; signal?: NodeJS.Signals; when: (printed: string) => boolean },
): Promise<Outcome> {
  const child = execa(process.execPath, [main, ...words], { reject: false, all: true, env: variables });
  let printed = "";
  child.all.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await eventually(() => when(printed));
  child.kill(signal);
  const { exitCode, stdout, stderr } = await child;
  return { exitCode, stdout, stderr };
}

/** The file that `drum score --output` has written. Throws its output if it fails. */
export async function scored(folder: string, input: string, words: readonly string[] = []): Promise<string> {
  const output = path.join(codeDirectory({}), "out.csv");
  const files = ["--code-dir", folder, "--input", input, "--output", output];
  const { exitCode, stderr } = await drum(["score", ...files, ...words]);
  if (exitCode !== 0) throw new Error(`drum score ended with ${exitCode}: ${stderr}`);
  return output;
}

export interface Server {
  url: string;
  pid: number;
  /** Its output on stdout and stderr so far. */
  output(): string;
  ended: Promise<Outcome>;
  stop(): Promise<Outcome>;
}

export interface ServerWishes {
  /** The command that serves; `server` by default. */
  command?: string;
  words: readonly string[];
  /** Where it starts. */
  folder?: string;
  /** The route that tells its health. */
  health?: string;
  variables?: Variables;
  /** What a shell does before it becomes the server. */
  before?: string;
  /** Waits for this status of /health/; undefined waits only for the socket. */
  until?: number;
}

/** `drum server`, or another command that serves, on a free port. */
export async function serve({
  command: name = "server",
  folder = root,
  health = "/health/",
  words,
  variables = {},
  before = ":",
  until = 200,
}: ServerWishes): Promise<Server> {
  const port = await freePort();
  const command = [process.execPath, main, name, "--address", `127.0.0.1:${port}`, ...words];
  const child = execa("sh", ["-c", `${before}; exec "$@"`, "sh", ...command], {
    reject: false,
    all: true,
    env: variables,
    cwd: folder,
    stripFinalNewline: false,
  });
  let printed = "";
  child.all?.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const ended = child.then(({ exitCode, stdout, stderr }) => ({ exitCode, stdout, stderr }));
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  const prefix = variables.URL_PREFIX ? `/${variables.URL_PREFIX.replace(/^\/|\/$/g, "")}` : "";
  const url = `http://127.0.0.1:${port}${prefix}`;
  const server = {
    url,
    pid: child.pid!,
    output: () => printed,
    ended,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
  for (const limit = Date.now() + 60_000; Date.now() < limit; await sleep(20)) {
    if (isOver) throw new Error(`drum server ended: ${printed}`);
    const status = await fetch(url + health).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === until) return server;
    if (status === 513) break;
  }
  await server.stop();
  throw new Error(`drum server did not become healthy: ${printed.slice(-3000)}`);
}

/** What the admin API of a server of ours wants, as `drum swap` reads it. */
export function adminHeaders({ url }: Pick<Server, "url">): Record<string, string> {
  const data = process.env.XDG_DATA_HOME || path.join(homedir(), ".local", "share");
  const home = process.env.DRUM_HOME || path.join(data, "drumline");
  const token = readFileSync(path.join(home, "servers", `${new URL(url).port}.token`), "utf8");
  return { "content-type": "application/json", authorization: `Bearer ${token}` };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** A code directory from file names and contents. */
export function codeDirectory(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "drum-model-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return folder;
}

/** Hooks of a model without an artifact: load_model and the given ones. */
export function pythonModel(hooks: string): string {
  return codeDirectory({
    "custom.py": `import pandas as pd\n\ndef load_model(code_dir):\n    return "model"\n\n${hooks}\n`,
  });
}

export function model(name: string): { folder: string; input: string; csv: string; expected: unknown[] } {
  const folder = path.join(modelsFolder, name);
  const input = path.join(folder, "input.csv");
  return {
    folder,
    input,
    csv: readFileSync(input, "utf8"),
    expected: JSON.parse(readFileSync(path.join(folder, "expected.json"), "utf8")).predictions,
  };
}

/** What fetch takes as a body. */
export type Body = NonNullable<RequestInit["body"]>;

export function post(
  url: string,
  body: Body,
  headers: Record<string, string> = { "content-type": "text/csv" },
) {
  return fetch(url, { method: "POST", body, headers });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that was not waited for yet is dead.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** Polls until `holds`, for at most `limit` milliseconds. */
export async function eventually(holds: () => boolean | Promise<boolean>, limit = 120_000): Promise<void> {
  for (const end = Date.now() + limit; Date.now() < end; await sleep(20)) if (await holds()) return;
  throw new Error(`did not come true within ${limit} ms: ${holds}`);
}

/** Sends requests without pause over several connections, until it is stopped. */
export class Load {
  /** Bodies of the responses with status 200, in order of arrival. */
  readonly answers: string[] = [];
  /** All other outcomes, in words. */
  readonly failures: string[] = [];
  private isOver = false;
  private readonly clients: Promise<void>[];

  constructor(url: string, connections: number, body: Body) {
    this.clients = Array.from({ length: connections }, async () => {
      while (!this.isOver) {
        try {
          const answer = await post(url, body);
          const text = await answer.text();
          if (answer.status === 200) this.answers.push(text);
          else this.failures.push(`${answer.status} ${text}`);
        } catch (error) {
          this.failures.push(String((error as Error).cause ?? error));
        }
      }
    });
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.clients);
  }
}
