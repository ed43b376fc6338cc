// The inputs of the comparisons.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { interpreterOf } from "../../scripts/setup.mjs";
import { root } from "./servers.mjs";

/** Folder of the files that the bench makes and keeps. */
export const cache = path.join(root, ".setup/bench");

/** CSV with ten columns of numbers with three decimals. */
export function linearRows(count) {
  const names = Array.from({ length: 10 }, (_, at) => `c${at + 1}`).join(",");
  const cell = (row, at) => (((row * 7919 + at * 104729) % 20011) / 128).toFixed(3);
  const lines = Array.from({ length: count }, (_, row) =>
    Array.from({ length: 10 }, (_, at) => cell(row, at)).join(","),
  );
  return `${names}\n${lines.join("\n")}\n`;
}

/** The interpreter, the artifact and one row of the 13-column pipeline. */
export async function wideModel() {
  const folder = path.join(root, "e2e/models/sklearn_wide");
  const body = `${readFileSync(path.join(folder, "input.csv"), "utf8").split("\n").slice(0, 2).join("\n")}\n`;
  const file = path.join(cache, "row.csv");
  mkdirSync(cache, { recursive: true });
  writeFileSync(file, body);
  return {
    python: await interpreterOf("python3_sklearn"),
    model: path.join(folder, "model.pkl"),
    body,
    file,
  };
}
