// The completion script for fish.

import type { CommandShape, OptionShape, ValueShape } from "./shape.js";

export function fishScript(commands: readonly CommandShape[]): string {
  const names = commands.map(({ path }) => path.join(" ")).filter((name) => name !== "");
  return `# Completes drum's command line in fish. Save as ~/.config/fish/completions/drum.fish
function __drum_at --description 'whether the words so far name this command'
    set -l words (commandline -opc)
    set -l found
    for word in $words[2..]
        contains -- (string join ' ' -- $found $word) ${names.map(fishQuoted).join(" ")}
        and set -a found $word
    end
    test "$found" = "$argv"
end
complete -c drum -f
${commands.flatMap(linesOf).join("\n")}
`;
}

function linesOf({ path, commands, choices, options }: CommandShape): string[] {
  const here = `complete -c drum -n ${fishQuoted(["__drum_at", ...path].join(" "))}`;
  return [
    ...commands.map(({ name, summary }) => `${here} -a ${name} -d ${fishQuoted(summary)}`),
    ...choices.map((choice) => `${here} -a ${fishQuoted(choice)}`),
    ...options.map((option) => `${here} ${optionOf(option)}`),
  ];
}

function optionOf({ name, summary, value }: OptionShape): string {
  return `-l ${name}${valueFlags(value)} -d ${fishQuoted(summary)}`;
}

function valueFlags(value: ValueShape): string {
  if (value === "none") return "";
  if (value === "any") return " -x";
  if (value === "files") return " -r -F";
  return ` -x -a ${fishQuoted(value === "folders" ? "(__fish_complete_directories)" : value.join(" "))}`;
}

/** Inside single quotes, fish only knows the escapes \\' and \\\\. */
function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
