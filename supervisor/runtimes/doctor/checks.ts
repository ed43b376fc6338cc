// What a language needs besides its interpreter: the checks in the "doctor" list of worker.json or environment.json.

import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { DrumError } from "../../errors.js";
import { run } from "../../processes/tools.js";

export interface DoctorCheck {
  name: string;
  /** Prints the version and exits with 0 if the thing is installed; {interpreter} and {worker} are filled in. */
  command: readonly string[];
  /** What does not work without it, for example "custom.java cannot be compiled". */
  why: string;
  /** The command that installs it; the same words are filled in. */
  remedy: string;
  /** Whether the language cannot be used without it. */
  required: boolean;
}

export interface DoctorFinding extends Omit<DoctorCheck, "command"> {
  ok: boolean;
  /** The first line of the command's output. */
  found: string;
}

/** Empty if the description has no "doctor" list. Throws USAGE if the list is invalid. */
export function readDoctorChecks(file: string): DoctorCheck[] {
  const list: unknown = JSON.parse(readFileSync(file, "utf8")).doctor ?? [];
  const broken = (got: unknown) =>
    new DrumError(
      "USAGE",
      `${file}: "doctor" must be a list of {name, command, why, remedy}, got ${JSON.stringify(got)}; correct it`,
    );
  if (!Array.isArray(list)) throw broken(list);
  return list.map((one) => {
    const { name, command, why, remedy, required = false } = one ?? {};
    const isWhole = [name, why, remedy].every((text) => typeof text === "string");
    const words =
      Array.isArray(command) && command.length > 0 && command.every((word) => typeof word === "string");
    if (!isWhole || !words || typeof required !== "boolean") throw broken(one);
    return { name, command, why, remedy, required };
  });
}

export async function runDoctorCheck(
  { command, ...check }: DoctorCheck,
  values: Readonly<Record<string, string>>,
): Promise<DoctorFinding> {
  const fill = (word: string) => word.replace(/\{(\w+)\}/g, (all, key: string) => values[key] ?? all);
  const { ok, found } = await firstLineOf(command.map(fill));
  return { ...check, remedy: fill(check.remedy), ok, found: ok ? found : found || "not found" };
}

/** The first line that a command prints; `ok` if it exits with 0. */
export async function firstLineOf(words: readonly string[]): Promise<{ ok: boolean; found: string }> {
  const outcome = await run(words as [string, ...string[]], {
    onProgress: () => {},
    signal: AbortSignal.timeout(30_000),
  }).catch(() => undefined);
  const ok = outcome !== undefined && !outcome.failed;
  const output = stripVTControlCharacters(outcome?.output ?? "did not respond in time");
  return { ok, found: output.trim().split("\n")[0] ?? "" };
}
