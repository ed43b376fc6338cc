// The Python interpreter that an environment is made with.

import { execa } from "execa";
import { DrumError } from "../errors.js";
import type { Environment } from "./catalogue.js";

export interface Interpreter {
  /** What it says of itself, which is not the shim or link that was found on PATH. */
  path: string;
  /** e.g. 3.11.7 */
  version: string;
}

const question = "import sys; print(sys.executable); print('.'.join(map(str, sys.version_info[:3])))";

/** The first of the environment's interpreters that runs and is new enough. */
export async function chooseInterpreter(environment: Environment): Promise<Interpreter> {
  const seen: string[] = [];
  for (const name of environment.interpreters) {
    const { stdout, failed } = await execa(name, ["-I", "-c", question], { reject: false, timeout: 30_000 });
    const [path, version] = failed ? [] : stdout.trim().split("\n");
    if (!path || !version) {
      seen.push(`${name}: does not run`);
    } else if (isAtLeast(version, environment.minimumVersion)) {
      return { path, version };
    } else {
      seen.push(`${name}: ${version}`);
    }
  }
  throw new DrumError(
    "RUNTIME_MISSING",
    `the environment ${environment.name} needs ${environment.language} ${environment.minimumVersion} or later on PATH, ` +
      `found ${seen.join(", ")}; install one`,
  );
}

/** Compares dotted numbers: 3.9 is less than 3.11. */
export function isAtLeast(version: string, minimum: string): boolean {
  return version.localeCompare(minimum, "en", { numeric: true }) >= 0;
}
