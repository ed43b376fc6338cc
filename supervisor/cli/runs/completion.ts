// `drum completion SHELL`: a script that completes commands, options and their values.

import type { Places } from "../../places.js";
import { readEnvironments } from "../../runtimes/environments/catalogue.js";
import { readLanguages } from "../../runtimes/language.js";
import { bashScript } from "../completion/bash.js";
import { fishScript } from "../completion/fish.js";
import type { CommandShape, OptionShape, Shell, ValueShape } from "../completion/shape.js";
import { zshScript } from "../completion/zsh.js";
import { type Command, groupSummaries } from "../config/command.js";
import type { Option, OptionKind, OptionSet } from "../options/option.js";

const scripts: Record<Shell, (commands: readonly CommandShape[]) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The script completes the languages and environments that exist now. */
export function completionScript(shell: Shell, commands: readonly Command[], places: Places): string {
  return scripts[shell](shapesOf(commands, places));
}

const help: OptionShape = { name: "help", summary: "display help for command", value: "none" };
const version: OptionShape = { name: "version", summary: "output the version number", value: "none" };

/** `drum` itself, then every command; a group comes before its subcommands. */
function shapesOf(commands: readonly Command[], places: Places): CommandShape[] {
  const own = (command: Command): CommandShape => ({
    path: command.name.split(" "),
    summary: command.summary,
    commands: [],
    choices: command.words?.areEnvironments
      ? readEnvironments(places).map(({ name }) => name)
      : (command.words?.choices ?? []),
    options: [...optionShapes(command.options, places), help],
  });
  const top: CommandShape["commands"][number][] = [];
  const shapes: CommandShape[] = [];
  for (const command of commands) {
    const [first = "", second] = command.name.split(" ");
    const isNew = !top.some(({ name }) => name === first);
    const summary = second === undefined ? command.summary : (groupSummaries[first] ?? "");
    if (isNew) top.push({ name: first, summary });
    if (isNew && second !== undefined) {
      const held = commands.filter(({ name }) => name.startsWith(`${first} `));
      const names = held.map((one) => ({ name: one.name.slice(first.length + 1), summary: one.summary }));
      shapes.push({ path: [first], summary, commands: names, choices: [], options: [help] });
    }
    shapes.push(own(command));
  }
  return [{ path: [], summary: "", commands: top, choices: [], options: [version, help] }, ...shapes];
}

function optionShapes(options: OptionSet, places: Places): OptionShape[] {
  return Object.values(options).map((option) => ({
    name: option.name,
    summary: option.help,
    value: option.kind === "flag" ? "none" : valueShape(option, places),
  }));
}

const kinds: Partial<Record<OptionKind, ValueShape>> = {
  directory: "folders",
  directories: "folders",
  file: "files",
  path: "files",
};

function valueShape({ name, kind, choices }: Option, places: Places): ValueShape {
  if (choices) return choices;
  if (name === "language") return readLanguages(places.workerFolders).map((one) => one.name);
  if (name === "from") return readEnvironments(places).map((one) => one.name);
  if (name === "runtime") return readEnvironments(places).map((one) => `${one.language}=${one.name}`);
  return kinds[kind] ?? "any";
}
