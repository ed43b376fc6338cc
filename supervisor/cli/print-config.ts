// --print-config: every setting of a command, and where its value is from.

import path from "node:path";
import { type Config, type FlagValues, readConfig } from "../config.js";
import { findMetadata } from "../model/metadata.js";
import type { CommandName } from "../options.js";
import { readSettings, type Setting } from "../settings.js";
import { formatTable } from "./table.js";

/** Checks the settings as the command would, prints them and resolves with 0. */
export async function printConfig(command: CommandName, flags: FlagValues): Promise<number> {
  const config = readConfig(command, flags);
  const settings = readSettings(command, flags).filter(
    ({ name }) => !["print-config", "json"].includes(name),
  );
  const all = withMetadata(settings, config);
  process.stdout.write(flags.json ? asJson(all) : formatTable(all.map(inWords)));
  return 0;
}

/** model-metadata.yaml counts where an option was not given; of several models each has its own lines. */
function withMetadata(settings: readonly Setting[], { command, codeDirectories }: Config): Setting[] {
  // The code directory of a swap is on the server's machine.
  if (command === "swap") return [...settings];
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

function asJson(settings: readonly Setting[]): string {
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
