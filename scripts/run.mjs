// What the scripts share: child processes, quiet ones (shown only when they fail) and ones that are seen; free ports; their words.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder; every child starts in it. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Of what a failed child said: npm says what is wrong first and how it is used last, compilers and pip the other way round. */
const linesTold = { first: 15, last: 40 };

/** Throws with the first and last lines of both streams unless the child exits with 0. */
export async function runQuietly(command, words) {
  const lines = [];
  const child = spawn(command, words, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => lines.push(text));
  const code = await exitOf(child);
  if (code === 0) return;
  throw new Error(
    `${[command, ...words].join(" ")} ended with ${code}; it said:\n${shorten(lines.join("").trimEnd())}`,
  );
}

function shorten(text) {
  const lines = text.split("\n");
  const { first, last } = linesTold;
  if (lines.length <= first + last) return text;
  return [...lines.slice(0, first), `… ${lines.length - first - last} lines …`, ...lines.slice(-last)].join(
    "\n",
  );
}

/**
 * Shows the child's output, hands it to `onOutput` where that is given, and gives its exit code, or the signal that ended it. What takes longer than the limit is killed with all
 * its children, since a test that hangs must not hang the others, and no busy machine makes a part take so long; so it is when this process is asked to end.
 */
export async function runSeen(command, words, { variables = {}, limitSeconds = 3600, onOutput } = {}) {
  const env = { ...process.env, ...variables };
  const stdio = ["ignore", onOutput ? "pipe" : "inherit", "inherit"];
  const child = spawn(command, words, { cwd: root, env, stdio, detached: true });
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    process.stdout.write(text);
    onOutput(text);
  });
  const kill = () => process.kill(-child.pid, "SIGKILL");
  const timer = setTimeout(() => {
    say(`${[command, ...words].join(" ")} was killed, since it took longer than ${limitSeconds} s`);
    kill();
  }, limitSeconds * 1000);
  const stop = () => {
    kill();
    process.exit(130);
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
  try {
    return await exitOf(child);
  } finally {
    clearTimeout(timer);
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, stop);
  }
}

/** Exit code, or name of the signal; throws when the program cannot be started. */
export function exitOf(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
}

export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** The first of these ports of 127.0.0.1 that is free; 0 stands for any. */
export async function findFreePort(...wanted) {
  for (const port of wanted) {
    const listener = createServer();
    const found = await new Promise((resolve) => {
      listener.once("error", () => resolve(undefined));
      listener.listen(port, "127.0.0.1", () => resolve(listener.address().port));
    });
    await new Promise((resolve) => listener.close(resolve));
    if (found !== undefined) return found;
    say(`port ${port} is taken; taking another one`);
  }
  throw new Error("no free port was found on 127.0.0.1");
}

/** Whether this module is the program, not an import of another. */
export function isProgram(moduleUrl) {
  return process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(moduleUrl);
}
