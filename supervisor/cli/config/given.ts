// What was given for each option of a command: by the command line, by an environment variable, or by nobody.

import { usage } from "../../errors.js";
import { hide } from "../../masking.js";
import { secretVariables, type Variables } from "../../places.js";
import type { Option, OptionSet, ValuesOf } from "../options/option.js";
import { type Given, parseValue } from "./parse.js";

/** Values by option name, as the parser of the command line leaves them. */
export type Flags = Readonly<Record<string, string | string[] | boolean | undefined>>;

export interface GivenValue {
  value: Given;
  /** In words: the flag, or the variable by its name. */
  source: string;
  /** Undefined for a flag. */
  variable?: string;
}

/** By option name. */
export type GivenValues = ReadonlyMap<string, GivenValue>;

/** A variable counts when neither its option nor a rival of that is a flag. Secret variables are masked from now on. */
export function givenValues(options: OptionSet, flags: Flags, variables: Variables): GivenValues {
  hide(secretVariables.map((name) => variables[name]));
  const given = new Map<string, GivenValue>();
  for (const option of Object.values(options)) {
    const flag = flags[option.name];
    const set = [option.variable, option.otherVariable].find((name) => name && variables[name]);
    const text = set && variables[set];
    if (flag !== undefined) given.set(option.name, { value: flag, source: "flag" });
    else if (text && flags[option.rival ?? ""] === undefined) {
      const value = option.kind === "texts" ? text.trim().split(/\s+/) : text;
      given.set(option.name, { value, source: `variable ${set}`, variable: set });
    }
  }
  return given;
}

/** Parses every value, and throws USAGE for the first that does not fit, that lacks what it needs, or that is missing. */
export function readValues<Set extends OptionSet>(options: Set, given: GivenValues): ValuesOf<Set> {
  const entries = Object.entries(options).map(([key, option]) => [key, readValue(option, given)]);
  const values: Readonly<Record<string, unknown>> = Object.fromEntries(entries);
  checkRivals(options, given);
  for (const [key, { name, needs }] of Object.entries(options)) {
    if (needs === undefined || !given.has(name) || values[key] === false || given.has(needs)) continue;
    throw usage(`--${name} needs --${needs}; give both, or leave it out`);
  }
  return values as ValuesOf<Set>;
}

function readValue(option: Option, given: GivenValues): unknown {
  const value =
    given.get(option.name)?.value ?? option.fallback ?? (option.kind === "flag" ? false : undefined);
  if (value !== undefined) return parseValue(option, value);
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
