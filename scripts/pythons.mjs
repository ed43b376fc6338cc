// Finds the Python interpreters of this machine: on PATH by their versioned names, and those of pyenv.

import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const question = "import sys; print(sys.executable); print('.'.join(map(str, sys.version_info[:3])))";

/** One interpreter per minor version from `minimum` on, oldest first. Throws if there is none. */
export async function findPythons(minimum) {
  const found = new Map();
  for (const candidate of [...onPath(), ...(await inPyenv())]) {
    const python = await ask(candidate);
    if (!python || minorOf(python.version) < minorOf(minimum)) continue;
    const minor = minorOf(python.version);
    if (!found.has(minor)) found.set(minor, python);
  }
  if (found.size === 0) throw new Error(`no Python ${minimum} or later was found on PATH; install one`);
  return [...found].sort(([one], [other]) => one - other).map(([, python]) => python);
}

function onPath() {
  const minors = Array.from({ length: 20 }, (_, minor) => `python3.${minor}`);
  return ["python3", ...minors];
}

async function inPyenv() {
  const folder = path.join(process.env.PYENV_ROOT || path.join(homedir(), ".pyenv"), "versions");
  const versions = await readdir(folder).catch(() => []);
  return versions.map((version) => path.join(folder, version, "bin", "python"));
}

/** Undefined if it does not exist or does not run. */
async function ask(candidate) {
  try {
    const { stdout } = await promisify(execFile)(candidate, ["-c", question], { timeout: 30_000 });
    const [interpreter, version] = stdout.trim().split("\n");
    return version?.startsWith("3.") ? { interpreter, version } : undefined;
  } catch {
    return undefined;
  }
}

/** 3.11.7 -> 11 */
function minorOf(version) {
  return Number(version.split(".")[1]);
}
