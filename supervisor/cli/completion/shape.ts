// What a shell needs to know about the command line to complete it.

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

export interface CommandShape {
  /** Words after `drum`; empty for `drum` itself. */
  path: readonly string[];
  summary: string;
  /** Its subcommands. */
  commands: readonly { name: string; summary: string }[];
  /** The possible values of its arguments, if known. */
  choices: readonly string[];
  options: readonly OptionShape[];
}

export interface OptionShape {
  /** Without its dashes. */
  name: string;
  summary: string;
  value: ValueShape;
}

/** The value that an option takes: none, a file, a folder, any text, or one of a list of words. */
export type ValueShape = "none" | "files" | "folders" | "any" | readonly string[];

/** The command as it is typed, e.g. `drum new model`. */
export function wholeName({ path }: Pick<CommandShape, "path">): string {
  return ["drum", ...path].join(" ");
}

/** Quotes the text as one literal word for POSIX shells, zsh and fish. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
