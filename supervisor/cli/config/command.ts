// What a command is: its name, its help, its options, its configuration made of them, and what it does.

import { variables as ownVariables, type Places, readPlaces, type Variables } from "../../places.js";
import type { OptionSet, ValuesOf } from "../options/option.js";
import { type Flags, type GivenValues, givenValues, readValues } from "./given.js";

/** What a configuration is made of, beside the values of options. */
export interface Surroundings {
  places: Places;
  variables: Variables;
  given: GivenValues;
}

/** How a command was called, for what passes the call on. */
export interface Call {
  command: Pick<Command, "name" | "options">;
  given: GivenValues;
  /** What follows the command and is no option. */
  words: readonly string[];
  /** All commands there are. */
  commands: readonly Command[];
}

/** What a command takes beside its options. */
export interface Words {
  /** As commander has it, e.g. `<names...>`. */
  placeholder: string;
  choices?: readonly string[];
  /** Whether the words are names of environments. */
  areEnvironments?: boolean;
  /** Whether options that the command does not know are words too. */
  takesOptions?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: the list of commands holds each with its own options and configuration
export interface Command<Options extends OptionSet = any, Config extends object = any> {
  /** "new model" is the command `model` of the group `new`. */
  name: string;
  summary: string;
  /** Command lines without `drum`. */
  examples: readonly string[];
  options: Options;
  words?: Words;
  /** Environment variables that count without an option. */
  variables?: readonly string[];
  /** The command's own configuration. Throws USAGE for values that do not go together. */
  configure(values: ValuesOf<Options>, surroundings: Surroundings): Config;
  /** Resolves with the exit code. */
  run(config: Config, call: Call): Promise<number>;
}

/** The first words of commands that have two. */
export const groupSummaries: Readonly<Record<string, string>> = {
  new: "make a folder for a model or an environment",
  environment: "manage the named sets of packages that models run in",
};

/** Infers the types of options and configuration. */
export function defineCommand<Options extends OptionSet, Config extends object>(
  command: Command<Options, Config>,
): Command<Options, Config> {
  return command;
}

/** Flags, then environment variables, then defaults: read once, checked and frozen. */
export function readConfig<Config extends object>(
  // biome-ignore lint/suspicious/noExplicitAny: options of any command
  command: Command<any, Config>,
  flags: Flags,
  variables: Variables = ownVariables,
): { config: Config; given: GivenValues } {
  const given = givenValues(command.options, flags, variables);
  const values = readValues(command.options, given);
  const config = command.configure(values, { places: readPlaces(variables), variables, given });
  return { config: Object.freeze(config), given };
}
