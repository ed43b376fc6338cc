// The completion script for zsh.

import { type CommandShape, type OptionShape, quoted, type ValueShape } from "./shape.js";

export function zshScript(commands: readonly CommandShape[]): string {
  return `#compdef drum
# Completes drum's command line in zsh. Save as _drum in a folder of $fpath, or add to ~/.zshrc: source <(drum completion zsh)
${commands.map(functionOf).join("\n")}
if [[ $funcstack[1] == _drum ]]; then _drum "$@"; else compdef _drum drum; fi
`;
}

function functionOf(command: CommandShape): string {
  const specs = command.options.map(specOf);
  if (command.commands.length === 0) {
    const words = command.choices.length > 0 ? [`*: :(${command.choices.join(" ")})`] : [];
    return `${nameOf(command.path)}() {\n    _arguments \\\n${lines([...specs, ...words])}\n}`;
  }
  const named = command.commands.map(({ name, summary }) => quoted(`${name}:${summary}`)).join(" ");
  const branches = command.commands.map(
    ({ name }) => `                ${name}) ${nameOf([...command.path, name])} ;;`,
  );
  return `${nameOf(command.path)}() {
    local curcontext=$curcontext state line
    local -a commands=(${named})
    _arguments -C \\
${lines([...specs, "1: :->command", "*:: :->rest"])}
    case $state in
        command) _describe command commands ;;
        rest)
            case $line[1] in
${branches.join("\n")}
            esac
            ;;
    esac
}`;
}

function nameOf(path: readonly string[]): string {
  return ["_drum", ...path].join("_");
}

function lines(specs: readonly string[]): string {
  return specs.map((spec) => `        ${quoted(spec)}`).join(" \\\n");
}

function specOf({ name, summary, value }: OptionShape): string {
  const what = summary.replace(/[[\]:\\]/g, "\\$&");
  return value === "none" ? `--${name}[${what}]` : `*--${name}=[${what}]:${name}:${actionOf(value)}`;
}

function actionOf(value: ValueShape): string {
  if (value === "files") return "_files";
  if (value === "folders") return "_files -/";
  return typeof value === "string" ? " " : `(${value.join(" ")})`;
}
