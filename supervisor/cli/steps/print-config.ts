// --print-config: prints every setting of a command and the source of its value.

import path from "node:path";
import { findMetadata } from "../../model/metadata/metadata.js";
import type { Command } from "../config/command.js";
import type { GivenValues } from "../config/given.js";
import { readSettings, type Setting } from "../config/settings.js";
import { formatTable } from "../terminal/table.js";

interface Read {
  /** `codeDirectories` are the folders on this machine that the command would read models from. */
  config: { codeDirectories?: readonly string[] };
  given: GivenValues;
  asJson: boolean;
}

/** Prints the settings and resolves with 0. */
export async function printConfig(command: Command, { config, given, asJson }: Read): Promise<number> {
  const settings = readSettings(command, given).filter(
    ({ name }) => !["print-config", "json"].includes(name),
  );
  const all = withMetadata(settings, config.codeDirectories ?? []);
  process.stdout.write(asJson ? jsonOf(all) : formatTable(all.map(inWords)));
  return 0;
}

/** Takes the values of options that were not given from model-metadata.yaml; each of several models gets its own lines. */
function withMetadata(settings: readonly Setting[], codeDirectories: readonly string[]): Setting[] {
  const found = codeDirectories.flatMap((folder) => {
    const metadata = findMetadata(folder);
    if (!metadata) return [];
    const values = {
      "target-type": metadata.targetType,
      "positive-class-label": metadata.positiveClassLabel,
      "negative-class-label": metadata.negativeClassLabel,
      "class-labels": metadata.classLabels,
      TARGET_NAME: metadata.targetName,
    };
    return Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ name, value, folder, source: "model-metadata.yaml" }));
  });
  const isOne = codeDirectories.length === 1;
  const joined = settings.map((setting) => {
    const written = isOne && found.find(({ name }) => name === setting.name);
    return setting.value === undefined && written ? { ...setting, ...written } : setting;
  });
  if (isOne) return joined;
  const own = found.map(({ name, value, folder, source }) => ({
    name: `${name} (${path.basename(folder)})`,
    value,
    source,
  }));
  return [...joined, ...own];
}

function jsonOf(settings: readonly Setting[]): string {
  const rows = settings.map(({ name, value, source }) => ({
    name,
    value: value ?? null,
    source: source ?? null,
  }));
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}

function inWords({ name, value, source }: Setting): string[] {
  const text = Array.isArray(value) ? value.join(" ") : String(value ?? "-");
  return [name, text, source ?? "not given"];
}
