// A container may run drum with a user id that /etc/passwd does not list, and without HOME.

import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { beforeAll, expect, it } from "vitest";
import { root } from "./drum.js";

let installed: string;

beforeAll(async () => {
  // The clone itself may lie where only its owner can read.
  installed = mkdtempSync(path.join(tmpdir(), "drum-home-"));
  for (const part of ["dist", "environments", "workers", "package.json"])
    cpSync(path.join(root, part), path.join(installed, part), { recursive: true });
  await execa("chmod", ["-R", "a+rX", installed]);
});

it.each([
  ["doctor", "--json"],
  ["score", "--help"],
])("drum %s %s works for a user without a home", async (...words) => {
  const identity = ["--reuid=1000770000", "--regid=0", "--clear-groups"];
  const main = path.join(installed, "dist/supervisor/main.js");
  const { exitCode, stderr } = await execa("setpriv", [...identity, process.execPath, main, ...words], {
    env: { PATH: "/usr/bin:/bin" },
    extendEnv: false,
    cwd: "/",
    reject: false,
  });
  expect([exitCode, stderr]).toEqual([0, ""]);
});
