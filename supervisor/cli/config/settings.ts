// Every setting of a command and where it comes from, for --print-config.

import { variables as ownVariables, type Variables } from "../../places.js";
import { isSecret, type Option, type OptionSet } from "../options/option.js";
import type { Command } from "./command.js";
import type { GivenValues } from "./given.js";
import { type Given, parseValue } from "./parse.js";

/** One value that a command uses. */
export interface Setting {
  /** The name of the option, or of the variable if it has no option. */
  name: string;
  /** Undefined if nothing was given. */
  value: unknown;
  /** In words; undefined if nothing was given. */
  source: string | undefined;
}

const placeVariables = ["DRUM_HOME", "DRUM_WORKERS"];
/** Variables that belong to the target type, so every command with that option reads them. */
const targetVariables = ["TARGET_NAME"];

/** Masks secrets. Throws USAGE for a value that cannot be parsed. */
export function readSettings(
  { options, variables = [] }: Pick<Command, "options" | "variables">,
  given: GivenValues,
  environment: Variables = ownVariables,
): Setting[] {
  const settings = Object.values(options as OptionSet).map((option): Setting => {
    const { value, source } = given.get(option.name) ?? { value: option.fallback, source: "default" };
    if (value !== undefined) return { name: option.name, value: valueAsGiven(option, value), source };
    return { name: option.name, value: undefined, source: undefined };
  });
  const target = "targetType" in options ? targetVariables : [];
  const lone = [...target, ...variables, ...placeVariables].map((name): Setting => {
    const value = environment[name] || undefined;
    return { name, value, source: value && `variable ${name}` };
  });
  return [...settings, ...lone].map((setting) =>
    setting.value !== undefined && isSecret(setting.name) ? { ...setting, value: "***" } : setting,
  );
}

/** Returns absolute paths, and flags as booleans; other values stay in the option's units. */
function valueAsGiven(option: Option, value: Given): unknown {
  const isRead = ["flag", "directory", "directories", "file", "path"].includes(option.kind);
  const read = isRead ? parseValue(option, value) : value;
  // Code directories are printed as a list by every command, since a server may have several.
  return option.name === "code-dir" && option.kind === "directory" ? [read] : read;
}
