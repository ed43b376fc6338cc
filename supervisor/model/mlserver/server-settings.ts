// Reads the settings.json of an MLServer repository: those of its settings that have a meaning here.

import { existsSync, readFileSync } from "node:fs";
import { DrumError, messageOf } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import type { Variables } from "../../places.js";

export const serverSettingsFile = "settings.json";

/** What a setting of these names holds. */
const taken = { host: "a text", http_port: "a port", parallel_workers: "a whole number" } as const;
type Taken = keyof typeof taken;

export interface Setting {
  value: string | number;
  /** In words. */
  source: string;
}

/** Those that the file gives, or else a variable such as MLSERVER_HTTP_PORT. Throws METADATA_INVALID. */
export function readServerSettings(file: string, variables: Variables): Partial<Record<Taken, Setting>> {
  const fields = fieldsOf(file);
  const found: Partial<Record<Taken, Setting>> = {};
  for (const name of Object.keys(taken) as Taken[]) {
    const variable = `MLSERVER_${name.toUpperCase()}`;
    const isWritten = fields[name] !== undefined;
    const value = isWritten ? fields[name] : variables[variable] || undefined;
    if (value === undefined) continue;
    const source = isWritten ? file : `variable ${variable}`;
    found[name] = { value: checked(name, value, source), source };
  }
  return found;
}

/** The names of settings in the file that are not taken. */
export function unusedSettings(file: string): string[] {
  return Object.keys(fieldsOf(file)).filter((name) => !Object.hasOwn(taken, name));
}

function fieldsOf(file: string): Readonly<Record<string, unknown>> {
  if (!existsSync(file)) return {};
  let fields: unknown;
  try {
    fields = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new DrumError("METADATA_INVALID", `${file} is not valid JSON: ${messageOf(error)}`);
  }
  if (isMap(fields)) return fields;
  throw new DrumError("METADATA_INVALID", `${file} must hold an object, got ${JSON.stringify(fields)}`);
}

function checked(name: Taken, value: unknown, source: string): string | number {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  const fits =
    name === "host"
      ? typeof value === "string" && value !== ""
      : Number.isSafeInteger(number) &&
        (number as number) >= 0 &&
        (name !== "http_port" || (number as number) < 65536);
  if (fits) return (name === "host" ? value : number) as string | number;
  throw new DrumError(
    "METADATA_INVALID",
    `${source}: ${name} must be ${taken[name]}, got ${JSON.stringify(value)}`,
  );
}
