// Further things that a language needs beside its interpreter, as the "doctor" list of worker.json or environment.json says.

import { readFileSync } from "node:fs";
import { DrumError } from "../../errors.js";
import { run } from "../../processes/tools.js";

export interface DoctorCheck {
  name: string;
  /** Ends well where it is there, and prints its version; {interpreter} and {worker} are filled in. */
  command: readonly string[];
  /** What is so without it, e.g. "custom.java cannot be compiled". */
  why: string;
  /** The command that adds it. */
  remedy: string;
  /** Whether nothing of the language works without it. */
  required: boolean;
}

export interface DoctorFinding extends Omit<DoctorCheck, "command"> {
  ok: boolean;
  /** What the command said, in one line. */
  found: string;
}

/** Empty where the description has no such list; throws USAGE for one that does not say what it must. */
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
  const words = command.map((word) => word.replace(/\{(\w+)\}/g, (all, key: string) => values[key] ?? all));
  const outcome = await run(words as [string, ...string[]], {
    onProgress: () => {},
    signal: AbortSignal.timeout(30_000),
  }).catch(() => undefined);
  const ok = outcome !== undefined && !outcome.failed;
  const line = outcome?.output.trim().split("\n")[0] ?? "gave no answer in time";
  return { ...check, ok, found: ok ? line : line || "not found" };
}
