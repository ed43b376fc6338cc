// The package as users get it: packed, installed into an empty folder, and run there.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { model, root } from "./drum.js";

it("npm pack gives a package that scores when installed into an empty folder", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "drum-package-"));
  const { stdout } = await execa(
    "npm",
    ["pack", "--ignore-scripts", "--json", "--pack-destination", folder],
    { cwd: root },
  );
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  const names = packed!.files.map((file) => file.path);
  expect(names).toContain("dist/supervisor/main.js");
  expect(names).toContain("workers/python/main.py");
  expect(names.filter((name) => /\.test\.|^e2e|node_modules|__pycache__|\/tests\//.test(name))).toEqual([]);

  await execa("npm", ["init", "-y"], { cwd: folder });
  const install = ["install", "--no-audit", "--no-fund", packed!.filename];
  // npm warns of every dependency that wants a newer Node than this one.
  expect((await execa("npm", install, { cwd: folder })).stderr).not.toContain("EBADENGINE");
  const drum = path.join(folder, "node_modules", ".bin", "drum");
  const { folder: codeDirectory, input, expected } = model("sklearn_regression");
  const scored = await execa(drum, ["score", "--code-dir", codeDirectory, "--input", input], { cwd: folder });
  expect(scored.stdout).toContain(`[${expected.length} rows x 1 columns]`);
  const made = ["new", "model", "--language", "python", "--code-dir", "made"];
  await execa(drum, made, { cwd: folder });
  const example = ["score", "--code-dir", "made", "--input", "made/example.csv"];
  expect((await execa(drum, example, { cwd: folder })).stdout).toContain("Predictions");
  expect((await execa(drum, ["--version"], { cwd: folder })).stdout).toMatch(/^\d+\.\d+\.\d+$/);
});
