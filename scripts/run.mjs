// Child processes of the scripts: quiet ones, whose output is shown only when they fail, and ones that are seen.

import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder; every child starts in it. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

const linesTold = 40;

/** Throws with the last lines of both streams unless the child exits with 0. */
export async function runQuietly(command, words) {
  const lines = [];
  const child = spawn(command, words, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => lines.push(text));
  const code = await exitOf(child);
  if (code === 0) return;
  const told = lines.join("").trimEnd().split("\n").slice(-linesTold).join("\n");
  throw new Error(`${[command, ...words].join(" ")} ended with ${code}; its last lines:\n${told}`);
}

/** Shows the child's output and gives its exit code, or the signal that ended it. */
export function runSeen(command, words, environment = {}) {
  const env = { ...process.env, ...environment };
  return exitOf(spawn(command, words, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] }));
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

/** Whether this module is the program, not an import of another. */
export function isProgram(moduleUrl) {
  return process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(moduleUrl);
}
