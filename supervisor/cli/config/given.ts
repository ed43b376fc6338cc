// The value given for each option of a command, on the command line or in an environment variable.

import { usage } from "../../errors.js";
import { hide } from "../../masking.js";
import { secretVariables, type Variables } from "../../places.js";
import { isSecret, type Option, type OptionSet, type ValuesOf } from "../options/option.js";
import { type Given, parseValue } from "./parse.js";

/** Values by option name, as the command-line parser returns them. */
export type Flags = Readonly<Record<string, string | string[] | boolean | undefined>>;

export interface GivenValue {
  value: Given;
  /** For people: `flag`, or `variable NAME`. */
  source: string;
  /** Undefined for a flag. */
  variable?: string;
}

/** By option name. */
export type GivenValues = ReadonlyMap<string, GivenValue>;

/** Reads a variable only if neither its option nor the option's rival is given as a flag. Masks secret variables and options from now on. */
export function givenValues(options: OptionSet, flags: Flags, variables: Variables): GivenValues {
  hide(secretVariables.map((name) => variables[name]));
  const given = new Map<string, GivenValue>();
  for (const option of Object.values(options)) {
    const flag = flags[option.name];
    const set = [option.variable, option.otherVariable].find((name) => name && variables[name]);
    const text = set && variables[set];
    if (isSecret(option.name)) hide(flag);
    if (flag !== undefined) given.set(option.name, { value: flag, source: "flag" });
    else if (text && flags[option.rival ?? ""] === undefined) {
      const value = option.kind === "texts" ? text.trim().split(/\s+/) : text;
      given.set(option.name, { value, source: `variable ${set}`, variable: set });
    }
  }
  return given;
}

/** Parses every value. Throws USAGE for the first that is invalid, missing, or given without the option that it needs. */
export function readValues<Set extends OptionSet>(options: Set, given: GivenValues): ValuesOf<Set> {
  const entries = Object.entries(options).map(([key, option]) => [key, readValue(option, given)]);
  const values: Readonly<Record<string, unknown>> = Object.fromEntries(entries);
  checkRivals(options, given);
  for (const [key, { name, needs }] of Object.entries(options)) {
    if (needs === undefined || !given.has(name) || values[key] === false || given.has(needs)) continue;
    throw usage(`--${name} needs --${needs}; give both, or leave out --${name}`);
  }
  return values as ValuesOf<Set>;
}

function readValue(option: Option, given: GivenValues): unknown {
  const own = given.get(option.name);
  const value = own?.value ?? option.fallback ?? (option.kind === "flag" ? false : undefined);
  if (value !== undefined) return parseValue(option, value, own?.variable);
  if (!option.required) return undefined;
  throw usage(
    `--${option.name} is required${option.variable ? ` (or the variable ${option.variable})` : ""}`,
  );
}

function checkRivals(options: OptionSet, given: GivenValues): void {
  const both = Object.values(options).find(
    ({ name, rival }) => rival !== undefined && given.has(name) && given.has(rival),
  );
  if (both) throw usage(`--${both.name} and --${both.rival} were both given; keep one of them`);
}

/** Whether an option was given on the command line. */
export function isFlag(given: GivenValues): (option: string) => boolean {
  return (option) => given.get(option)?.source === "flag";
}
