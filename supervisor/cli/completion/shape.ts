// What a shell has to know of the command line to complete its words.

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

export interface CommandShape {
  /** Words behind `drum`; none for `drum` itself. */
  path: readonly string[];
  summary: string;
  /** Names of the commands it holds, and what each is for. */
  commands: readonly { name: string; summary: string }[];
  /** What its arguments may be, where that is known. */
  choices: readonly string[];
  options: readonly OptionShape[];
}

export interface OptionShape {
  /** Without its dashes. */
  name: string;
  summary: string;
  value: ValueShape;
}

/** What comes behind an option: nothing, a path, a folder, one of some words, or what cannot be known. */
export type ValueShape = "none" | "files" | "folders" | "any" | readonly string[];

/** `drum new model`, as it is typed. */
export function wholeName({ path }: Pick<CommandShape, "path">): string {
  return ["drum", ...path].join(" ");
}

/** A word of a POSIX shell, of zsh's and of fish's, that stands for the text as it is. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
