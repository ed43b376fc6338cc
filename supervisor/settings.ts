// What readConfig makes its configuration of, value by value, and where each is from.

import { type FlagValues, type Given, givenValues, variableNamed } from "./config.js";
import { type CommandName, type Option, optionsOf } from "./options.js";
import { parseValue } from "./values.js";

/** One value that a command would go by. */
export interface Setting {
  /** Of the option, or of the variable where there is no option for it. */
  name: string;
  /** Undefined where nothing was given. */
  value: unknown;
  /** In words; undefined where nothing was given. */
  source: string | undefined;
}

/** Variables that count without an option. */
const loneVariables: Partial<Record<CommandName, readonly string[]>> = {
  score: ["TARGET_NAME"],
  compare: ["TARGET_NAME"],
  server: ["TARGET_NAME", "URL_PREFIX", "DRUM_TOKEN"],
  swap: ["URL_PREFIX", "DRUM_TOKEN"],
  push: ["TARGET_NAME", "DATAROBOT_CONFIG_FILE"],
};
const placeVariables = ["DRUM_HOME", "DRUM_WORKERS"];

/** Secrets are masked. Throws USAGE for what cannot be read. */
export function readSettings(command: CommandName, flags: FlagValues): Setting[] {
  const given = givenValues(command, flags);
  const settings = optionsOf(command).map((option): Setting => {
    const { value, source } = given.get(option.name) ?? { value: option.fallback, source: "default" };
    if (value !== undefined) return { name: option.name, value: valueAsGiven(option, value), source };
    return { name: option.name, value: undefined, source: undefined };
  });
  const lone = [...(loneVariables[command] ?? []), ...placeVariables].map((name): Setting => {
    const value = variableNamed(name);
    return { name, value, source: value && `variable ${name}` };
  });
  return [...settings, ...lone].map((setting) =>
    setting.value !== undefined && isSecret(setting.name) ? { ...setting, value: "***" } : setting,
  );
}

/** Paths whole and flags as true or false; units stay those of the option. */
function valueAsGiven(option: Option, value: Given["value"]): unknown {
  const isRead = ["flag", "directory", "directories", "file", "path"].includes(option.kind);
  return isRead ? parseValue(option, value) : value;
}

/** By the name, so that no new option is printed because its row forgot to say so. */
function isSecret(name: string): boolean {
  return /(token|password|secret)$/i.test(name);
}
