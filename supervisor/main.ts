#!/usr/bin/env node
// The command line: parse, run one command, print the error, set the exit code. Commands are imported only when they run.

import { Argument, Command, CommanderError, Option as Flag } from "commander";
import { expandArguments } from "./cli/arguments.js";
import type { ParsedCommand } from "./cli/completion.js";
import type { Shell } from "./completion/shape.js";
import { type FlagValues, readPlaces, version, wantsStacktrace } from "./config.js";
import { DrumError, exitCodeOf } from "./errors.js";
import { mask } from "./masking.js";
import { type CommandName, type Option, optionsOf } from "./options.js";

const shells: readonly Shell[] = ["bash", "zsh", "fish"];

const summaries: Record<CommandName, string> = {
  score: "score a file with a model",
  server: "serve models over HTTP",
  swap: "put another runtime or code directory in the place of a served model, under load",
  compare: "compare two models, or two runtimes of one, on a file",
  validation: "check that a model answers, also for missing values, and answers alike",
  "perf-test": "measure time and memory of a model's server",
  fit: "train a model with the fit hook, and try what came of it",
  push: "make a custom model, or a version of one, on a service with DataRobot's API",
  "new model": "a code directory with hooks that work, to put your own model into",
  "new env": "a folder that describes an environment of your own",
};

/** Commands that hold others. */
const groupSummaries: Record<string, string> = { new: "make a model's folder or an environment's" };

const runners: Record<CommandName, () => Promise<(flags: FlagValues) => Promise<number>>> = {
  score: async () => (await import("./cli/score.js")).score,
  server: async () => (await import("./cli/server.js")).server,
  swap: async () => (await import("./cli/swap.js")).swap,
  compare: async () => (await import("./cli/compare.js")).compare,
  validation: async () => (await import("./cli/validation.js")).validation,
  "perf-test": async () => (await import("./cli/perf-test.js")).perfTest,
  fit: async () => (await import("./cli/fit.js")).fit,
  push: async () => (await import("./cli/push.js")).push,
  "new model": async () => (await import("./cli/new-model.js")).newModel,
  "new env": async () => (await import("./cli/new-env.js")).newEnv,
};

function buildProgram(finish: (code: number) => void): Command {
  const program = new Command("drum")
    .description("Runs machine-learning models behind one command line and one HTTP server.")
    .version(version())
    .exitOverride()
    .showHelpAfterError("(drum COMMAND --help lists the options)");
  for (const name of Object.keys(summaries) as CommandName[]) {
    const command = addCommand(program, name);
    for (const option of optionsOf(name)) command.addOption(asFlag(option));
    command.action(async (_values, parsed: Command) => finish(await runCommand(name, flagsOf(parsed, name))));
  }
  addEnvironmentCommand(program, finish);
  program
    .command("doctor")
    .description("what each language has on this machine, what it lacks, and the command that adds it")
    .addOption(new Flag("--json", "print JSON"))
    .action(async (values) => finish(await (await import("./cli/doctor.js")).doctor(readPlaces(), values)));
  program
    .command("completion")
    .description("print a script that completes the words of drum in a shell")
    .addArgument(new Argument("<shell>").choices(shells))
    .action(async (shell: Shell) => {
      const { completionScript } = await import("./cli/completion.js");
      process.stdout.write(completionScript(shell, parsedCommands(program)));
    });
  return program;
}

/** "new model" is the command `model` of the group `new`. */
function addCommand(program: Command, name: CommandName): Command {
  const [first = "", second] = name.split(" ");
  const group = second === undefined ? program : groupNamed(program, first);
  return group
    .command(second ?? first)
    .description(summaries[name])
    .allowExcessArguments(false);
}

function groupNamed(program: Command, name: string): Command {
  const found = program.commands.find((command) => command.name() === name);
  return found ?? program.command(name).description(groupSummaries[name] ?? "");
}

async function runCommand(name: CommandName, flags: FlagValues): Promise<number> {
  if (flags["print-config"]) return (await import("./cli/print-config.js")).printConfig(name, flags);
  // drum push asks its service from here: its check of the model alone runs in the container.
  if (flags.docker !== undefined && name !== "push") {
    return (await import("./cli/container.js")).inContainer(name, flags);
  }
  const run = await runners[name]();
  const { withDependencies } = await import("./cli/dependencies.js");
  return withDependencies(name, flags, run);
}

/** Every command under its whole name, as the completion scripts need to know them. */
function parsedCommands(command: Command, path: readonly string[] = []): ParsedCommand[] {
  const rows = optionsOf(path.join(" ") as CommandName);
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((one) => one.name() !== "help");
  const parsed: ParsedCommand = {
    path,
    summary: command.description(),
    commands: commands.map((one) => ({ name: one.name(), summary: one.description() })),
    choices: command.registeredArguments.flatMap((one) => one.argChoices ?? []),
    takesNames: command.registeredArguments.some((one) => one.name() === "names"),
    options: help.visibleOptions(command).map(({ long, description, required }) => {
      const name = (long ?? "").slice(2);
      return { name, summary: description, takesValue: required, row: rows.find((one) => one.name === name) };
    }),
  };
  return [parsed, ...commands.flatMap((one) => parsedCommands(one, [...path, one.name()]))];
}

function addEnvironmentCommand(program: Command, finish: (code: number) => void): void {
  const environment = program.command("environment").description("named sets of packages that models run in");
  environment
    .command("list")
    .description("which there are, and which are installed")
    .addOption(new Flag("--json", "print JSON"))
    .action(async (values) => (await import("./cli/environment.js")).environmentList(readPlaces(), values));
  environment
    .command("install")
    .description("install environments by name; options after a name go to what installs it")
    .argument("<names...>")
    .allowUnknownOption()
    .action(async (words: string[]) =>
      finish(await (await import("./cli/environment.js")).environmentInstall(words, readPlaces())),
    );
  environment
    .command("check")
    .description("whether installed environments work")
    .argument("<names...>")
    .action(async (names: string[]) =>
      finish(await (await import("./cli/environment.js")).environmentCheck(names, readPlaces())),
    );
}

function asFlag({ name, short, kind, help, placeholder, variable, choices }: Option): Flag {
  const value =
    kind === "flag"
      ? ""
      : ["texts", "directories"].includes(kind)
        ? ` <${placeholder}...>`
        : ` <${placeholder}>`;
  const words = choices ? `${help}: ${choices.join(", ")}` : help;
  const letter = short ? `-${short}, ` : "";
  return new Flag(`${letter}--${name}${value}`, variable ? `${words} [${variable}]` : words);
}

/** Values by option name; commander keys them in camel case. */
function flagsOf(command: Command, name: CommandName): FlagValues {
  const values = command.opts();
  const camel = (text: string) => text.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    optionsOf(name).map((option) => {
      // commander reads --no-x as the opposite of --x.
      const value = option.name.startsWith("no-")
        ? values[camel(option.name.slice(3))] === false || undefined
        : values[camel(option.name)];
      return [option.name, value];
    }),
  );
}

function printError(error: unknown, words: readonly string[]): void {
  if (!(error instanceof DrumError)) {
    const text = error instanceof Error ? error.stack : String(error);
    process.stderr.write(`drum: a fault of drum itself: ${mask(String(text))}\n`);
    return;
  }
  // Why the model could not be loaded says more than that it could not.
  const { code } = error.cause instanceof DrumError ? error.cause : error;
  process.stderr.write(`drum: ${code}: ${error.message}\n`);
  if (error.traceback) process.stderr.write(`${error.traceback.trimEnd()}\n`);
  if (wantsStacktrace(words)) process.stderr.write(`${error.stack}\n`);
}

/** The command that the first words name, and how many of them do. */
function commandAt(program: Command, words: readonly string[]): { command: Command; depth: number } {
  let command = program;
  for (const [depth, word] of words.entries()) {
    const next = command.commands.find((one) => one.name() === word);
    if (!next) return { command, depth };
    command = next;
  }
  return { command, depth: words.length };
}

async function main(words: readonly string[]): Promise<number> {
  let code = 0;
  const program = buildProgram((finished) => {
    code = finished;
  });
  try {
    const { command, depth } = commandAt(program, words);
    if (depth === words.length && command.commands.length > 0) {
      process.stdout.write(command.helpInformation());
      return 1;
    }
    const options = command.options.map(({ long, required }) => ({
      name: (long ?? "").slice(2),
      takesValue: required,
    }));
    await program.parseAsync(expandArguments(words, options), { from: "user" });
    return code;
  } catch (error) {
    // commander has printed its own errors already, and its help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    printError(error, words);
    return exitCodeOf(error);
  }
}

// `drum score … | head` closes the pipe early: that is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
process.exit(await main(process.argv.slice(2)));
