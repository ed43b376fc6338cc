// Builds the command-line parser from the commands, runs the command that it finds, and prints errors.

import { Argument, CommanderError, Command as Parser, Option as ParserOption } from "commander";
import { DrumError, exitCodeOf, isSystemError, systemRemedy } from "../errors.js";
import { mask } from "../masking.js";
import { variables, version } from "../places.js";
import { nearest, suggested } from "../suggest.js";
import { commands } from "./commands/list.js";
import { type Call, type Command, groupSummaries, readConfig } from "./config/command.js";
import type { Flags } from "./config/given.js";
import { isTrue } from "./config/parse.js";
import { groups, type Option, type OptionSet } from "./options/option.js";
import { expandArguments } from "./terminal/arguments.js";

/** Runs the command that the words name. Prints errors and resolves with the exit code. */
export async function runProgram(words: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = buildProgram(async (command, flags, rest) => {
    exitCode = await runCommand(command, flags, rest);
  });
  try {
    const { parser, depth } = parserAt(program, words);
    if (depth === words.length && parser.commands.length > 0) {
      process.stdout.write(parser.helpInformation());
      return 1;
    }
    const options = parser.options.map(({ long, required }) => ({
      name: (long ?? "").slice(2),
      takesValue: required,
    }));
    await program.parseAsync(expandArguments(words, options), { from: "user" });
    return exitCode;
  } catch (error) {
    // commander has already printed its own errors and help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    printError(error, wantsStacktrace(words));
    return exitCodeOf(error);
  }
}

async function runCommand(command: Command, flags: Flags, words: readonly string[]): Promise<number> {
  const { config, given } = readConfig(command, flags);
  const call: Call = { command, given, words, commands };
  if (!flags["print-config"]) return command.run(config, call);
  const { printConfig } = await import("./steps/print-config.js");
  return printConfig(command, { config, given, asJson: flags.json === true });
}

type Run = (command: Command, flags: Flags, words: readonly string[]) => Promise<void>;

function buildProgram(run: Run): Parser {
  const program = new Parser("drum")
    .description("Runs machine-learning models behind one command line and one HTTP server.")
    .version(version())
    .exitOverride()
    // A group may be a command too: options after its second word belong to that one.
    .enablePositionalOptions()
    .showHelpAfterError("(drum COMMAND --help lists the options)")
    .showSuggestionAfterError(false);
  tellNearest(program);
  for (const command of commands) addCommand(program, command, run);
  return program;
}

function addCommand(program: Parser, command: Command, run: Run): void {
  const { name, summary, words, examples } = command;
  const options = Object.values(command.options as OptionSet).toSorted(
    (one, other) => groups.indexOf(one.group) - groups.indexOf(other.group),
  );
  const [first = "", second] = name.split(" ");
  const parser = (second === undefined ? program : groupNamed(program, first))
    .command(second ?? first)
    .description(summary)
    .optionsGroup("Other:")
    .allowExcessArguments(false)
    .addHelpText("after", `\nExamples:\n${examples.map((line) => `  drum ${line}\n`).join("")}`);
  parser.configureOutput({
    outputError: (text, write) =>
      write(
        text.trimEnd() +
          suggestion(
            text,
            options.map((one) => one.name),
          ) +
          "\n",
      ),
  });
  for (const option of options) parser.addOption(asParserOption(option));
  if (words) {
    const argument = new Argument(words.placeholder);
    parser.addArgument(words.choices ? argument.choices(words.choices) : argument);
    if (words.takesOptions) parser.allowUnknownOption();
  }
  parser.action(async () => run(command, flagsOf(parser, options), parser.args));
}

/** What options are called elsewhere. */
const otherNames: Readonly<Record<string, string>> = {
  port: "address",
  host: "address",
  bind: "address",
  workers: "max-workers",
  "num-workers": "max-workers",
  model: "code-dir",
  data: "input",
  out: "output",
};

/** For the message of an unknown command; `names` are those that the parser knows. */
function commandSuggestion(text: string, names: readonly string[]): string {
  const [, unknown] = /unknown command '([^']+)/.exec(text) ?? [];
  return unknown === undefined ? "" : suggested(unknown, names);
}

/** For the message of an unknown option. */
function suggestion(text: string, options: readonly string[]): string {
  const [, unknown] = /unknown option '--([^'=]+)/.exec(text) ?? [];
  if (unknown === undefined) return "";
  const other = otherNames[unknown] ?? "";
  const meant = options.includes(other) ? other : nearest(unknown, options);
  return meant === undefined ? "" : `; did you mean --${meant}?`;
}

/** Adds the nearest command to the message of an unknown one. */
function tellNearest(parser: Parser): Parser {
  return parser.configureOutput({
    outputError: (text, write) => {
      const names = parser.commands.map((one) => one.name());
      write(`${text.trimEnd()}${commandSuggestion(text, names)}\n`);
    },
  });
}

/** "new model" is the command `model` of the group `new`. */
function groupNamed(program: Parser, name: string): Parser {
  const found = program.commands.find((one) => one.name() === name);
  const group = found ?? tellNearest(program.command(name).description(groupSummaries[name] ?? ""));
  return group.enablePositionalOptions();
}

function asParserOption(option: Option): ParserOption {
  const { name, short, kind, help, placeholder, variable, choices, fallback, group, once } = option;
  const isMany = kind === "texts" || kind === "directories";
  const value = kind === "flag" ? "" : ` <${placeholder}${isMany ? "..." : ""}>`;
  const words = [
    choices ? `${help}: ${choices.join(", ")}` : help,
    fallback === undefined ? "" : ` (default: ${fallback})`,
    variable === undefined ? "" : ` [${variable}]`,
  ];
  const letter = short ? `-${short}, ` : "";
  const made = new ParserOption(`${letter}--${name}${value}`, words.join("")).helpGroup(`${group}:`);
  // Keeps a second value, which is refused later.
  if (once) made.argParser((text, earlier) => (earlier === undefined ? text : [earlier, text].flat()));
  return made;
}

/** Values by option name; commander keys them in camel case, and reads --no-x as the opposite of --x. */
function flagsOf(parser: Parser, options: readonly Option[]): Flags {
  const values = parser.opts();
  const camel = (text: string) => text.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    options.map(({ name }) => [
      name,
      name.startsWith("no-") ? values[camel(name.slice(3))] === false || undefined : values[camel(name)],
    ]),
  );
}

/** Finds the parser of the command that the first words name; `depth` is the number of these words. */
function parserAt(program: Parser, words: readonly string[]): { parser: Parser; depth: number } {
  let parser = program;
  for (const [depth, word] of words.entries()) {
    const next = parser.commands.find((one) => one.name() === word);
    if (!next) return { parser, depth };
    parser = next;
  }
  return { parser, depth: words.length };
}

/** Looks at the words themselves, because it must also work if the options are wrong. */
function wantsStacktrace(words: readonly string[]): boolean {
  return words.some((word) => word.startsWith("--show-s")) || isTrue(variables.SHOW_STACKTRACE ?? "");
}

function printError(error: unknown, withStack: boolean): void {
  if (isSystemError(error)) {
    const remedy = systemRemedy(error.message);
    process.stderr.write(`drum: ${mask(error.message)}${remedy ? `; ${remedy}` : ""}\n`);
    if (withStack) process.stderr.write(`${mask(String(error.stack))}\n`);
    return;
  }
  // At the limit of descriptors, Node reports a package that it could not open as missing.
  if ((error as { code?: string }).code === "ERR_MODULE_NOT_FOUND") {
    const why = (error as Error).message;
    process.stderr.write(`drum: its own files cannot be read: ${why}; raise the limit with ulimit -n\n`);
    return;
  }
  if (!(error instanceof DrumError)) {
    const text = error instanceof Error ? error.stack : String(error);
    process.stderr.write(`drum: internal error: ${mask(String(text))}\n`);
    return;
  }
  // The cause says why the model could not be loaded, which is more than MODEL_NOT_LOADED says.
  const { code } = error.cause instanceof DrumError ? error.cause : error;
  process.stderr.write(`drum: ${code}: ${error.message}\n`);
  if (error.traceback) process.stderr.write(`${error.traceback.trimEnd()}\n`);
  if (withStack) process.stderr.write(`${error.stack}\n`);
}
