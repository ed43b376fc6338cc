// `drum completion SHELL`: a script that completes commands, options and what they take.

import { bashScript } from "../completion/bash.js";
import { fishScript } from "../completion/fish.js";
import type { CommandShape, Shell, ValueShape } from "../completion/shape.js";
import { zshScript } from "../completion/zsh.js";
import { type Places, readPlaces } from "../config.js";
import { readEnvironments } from "../environment/catalogue.js";
import { readLanguages } from "../model/language.js";
import type { Option, OptionKind } from "../options.js";

/** A command as the parser knows it; `row` is the option's own, where it has one. */
export interface ParsedCommand extends Omit<CommandShape, "options"> {
  /** Whether it wants names of environments. */
  takesNames: boolean;
  options: readonly { name: string; summary: string; takesValue: boolean; row: Option | undefined }[];
}

const scripts: Record<Shell, (commands: readonly CommandShape[]) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Knows the languages and environments that there are now. */
export function completionScript(shell: Shell, commands: readonly ParsedCommand[]): string {
  const places = readPlaces();
  const environments = readEnvironments(places).map(({ name }) => name);
  return scripts[shell](
    commands.map((command) => ({
      ...command,
      choices: command.takesNames ? environments : command.choices,
      options: command.options.map(({ name, summary, takesValue, row }) => ({
        name,
        summary,
        value: takesValue ? valueShape(row, places) : "none",
      })),
    })),
  );
}

const kinds: Partial<Record<OptionKind, ValueShape>> = {
  directory: "folders",
  directories: "folders",
  file: "files",
  path: "files",
};

function valueShape(row: Option | undefined, places: Places): ValueShape {
  if (row?.choices) return row.choices;
  if (row?.name === "language") return readLanguages(places.workerFolders).map(({ name }) => name);
  if (row?.name === "from") return readEnvironments(places).map(({ name }) => name);
  if (row?.name === "runtime") {
    return readEnvironments(places).map(({ name, language }) => `${language}=${name}`);
  }
  return (row && kinds[row.kind]) ?? "any";
}
