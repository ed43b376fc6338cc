// Interpreters: finds them in folders, asks for their version, and compares it with the minimum.

import { accessSync, constants, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { run } from "./tools.js";

/** Milliseconds that a program has to print its version. */
const answerLimit = 30_000;

/** A regular file, or a link to one, that we may run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Every program with one of these names, ordered by name, then by folder. Two paths to the same file count once. */
export function findPrograms(names: readonly string[], folders: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const name of names) {
    for (const folder of folders) {
      const file = path.join(folder, name);
      if (!isExecutable(file)) continue;
      const real = path.join(realpathSync(folder), name);
      if (!found.has(real)) found.set(real, file);
    }
  }
  return [...found.values()];
}

/** The first dotted number that the command prints, for example 4.2.2; undefined if it fails or prints none. */
export async function askVersion(command: readonly string[]): Promise<string | undefined> {
  // Java prints its version to standard error.
  const { all } = (await ask(command)) ?? {};
  return all && (/\d+(\.\d+)+/.exec(all) ?? /\d+/.exec(all))?.[0];
}

/** The output of the command, `all` with standard error; undefined if it fails. */
export async function ask(command: readonly string[]): Promise<{ stdout: string; all: string } | undefined> {
  const [program, ...words] = command;
  if (program === undefined) return undefined;
  const signal = AbortSignal.timeout(answerLimit);
  const outcome = await run([program, ...words], { onProgress: () => {}, signal }).catch(() => undefined);
  return outcome && !outcome.failed ? { stdout: outcome.stdout, all: outcome.output } : undefined;
}

/** Compares dotted numbers: 3.9 is less than 3.11, and 17 equals 17.0. */
export function isAtLeast(version: string, minimum: string): boolean {
  const parts = (text: string) => text.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const [has, wants] = [parts(version), parts(minimum)];
  const at = wants.findIndex((want, index) => (has[index] ?? 0) !== want);
  return at === -1 || (has[at] ?? 0) > wants[at]!;
}
