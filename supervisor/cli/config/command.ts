// The definition of a command: its name, help and options, how they become its configuration, and what it runs.

import { variables as ownVariables, type Places, readPlaces, type Variables } from "../../places.js";
import type { OptionSet, ValuesOf } from "../options/option.js";
import { type Flags, type GivenValues, givenValues, readValues } from "./given.js";

/** The inputs of a configuration besides the values of options. */
export interface Surroundings {
  places: Places;
  variables: Variables;
  given: GivenValues;
}

/** How a command was called, so that the call can be repeated in a container. */
export interface Call {
  command: Pick<Command, "name" | "options">;
  given: GivenValues;
  /** Arguments of the command that are not options. */
  words: readonly string[];
  /** Every command of drum. */
  commands: readonly Command[];
}

/** The arguments that a command takes besides its options. */
export interface Words {
  /** In commander's syntax, e.g. `<names...>`. */
  placeholder: string;
  choices?: readonly string[];
  /** Whether the words are names of environments. */
  areEnvironments?: boolean;
  /** Whether unknown options count as words instead of being rejected. */
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
  /** Environment variables that the command reads and that have no option. */
  variables?: readonly string[];
  /** Adds what files say of options that are not given. Throws USAGE. */
  complete?(given: GivenValues, variables: Variables): GivenValues;
  /** Builds the command's configuration. Throws USAGE for values that exclude each other. */
  configure(values: ValuesOf<Options>, surroundings: Surroundings): Config;
  /** Resolves with the exit code. */
  run(config: Config, call: Call): Promise<number>;
}

/** Help for the first word of two-word commands. */
export const groupSummaries: Readonly<Record<string, string>> = {
  graph: "serve and check inference graphs",
  new: "create a folder for a model or an environment",
  environment: "manage environments, the named sets of packages that models run with",
};

/** Infers the types of options and configuration. */
export function defineCommand<Options extends OptionSet, Config extends object>(
  command: Command<Options, Config>,
): Command<Options, Config> {
  return command;
}

/** Reads flags, then environment variables, then defaults. The result is checked and frozen. */
export function readConfig<Config extends object>(
  // biome-ignore lint/suspicious/noExplicitAny: options of any command
  command: Command<any, Config>,
  flags: Flags,
  variables: Variables = ownVariables,
): { config: Config; given: GivenValues } {
  const stated = givenValues(command.options, flags, variables);
  const given = command.complete?.(stated, variables) ?? stated;
  const values = readValues(command.options, given);
  const config = command.configure(values, { places: readPlaces(variables), variables, given });
  return { config: Object.freeze(config), given };
}
