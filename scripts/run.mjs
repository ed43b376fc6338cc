// Shared by the scripts: child processes, either quiet (shown only if they fail) or visible; free ports; output.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder, in which every child starts. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Lines of a failed child to show. npm prints the error first and its usage last; compilers and pip print the error last. */
const linesTold = { first: 15, last: 40 };

/** Throws with the first and last lines of its output unless the child exits with 0. */
export async function runQuietly(command, words, variables = {}) {
  const lines = [];
  const env = { ...process.env, ...variables };
  const child = spawn(command, words, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => lines.push(text));
  const code = await exitOf(child);
  if (code === 0) return;
  throw new Error(
    `${[command, ...words].join(" ")} ended with ${code}; its output:\n${shorten(lines.join("").trimEnd())}`,
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
 * Shows the child's output, passes it to `onOutput` if given, and returns the exit code or the signal that ended the child. Kills the
 * child with its children after `limitSeconds`, so that a test that hangs does not block the others, and when this process is ended.
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
    say(`${[command, ...words].join(" ")} was killed because it took longer than ${limitSeconds} s`);
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

/** Exit code, or name of the signal. Throws if the program cannot be started. */
export function exitOf(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
}

export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** The first free port of these on 127.0.0.1; 0 means any port. */
export async function findFreePort(...wanted) {
  for (const port of wanted) {
    const listener = createServer();
    const found = await new Promise((resolve) => {
      listener.once("error", () => resolve(undefined));
      listener.listen(port, "127.0.0.1", () => resolve(listener.address().port));
    });
    await new Promise((resolve) => listener.close(resolve));
    if (found !== undefined) return found;
    say(`port ${port} is in use; using another one`);
  }
  throw new Error("no free port was found on 127.0.0.1");
}

/** Whether this module is the program that runs, not an import of another. */
export function isProgram(moduleUrl) {
  return process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(moduleUrl);
}
