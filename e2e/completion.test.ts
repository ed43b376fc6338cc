// The completion scripts: tests the one for bash word by word in a real bash, and compares the words of the others with the options.

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { commands } from "../supervisor/cli/commands/list.js";
import type { Option } from "../supervisor/cli/options/option.js";
import { targetTypes } from "../supervisor/predictions/targets.js";
import { drum } from "./drum.js";

const folder = mkdtempSync(path.join(tmpdir(), "drum-completion-"));
mkdirSync(path.join(folder, "my models"));
writeFileSync(path.join(folder, "my rows.csv"), "");
writeFileSync(path.join(folder, "rows.csv"), "");

const scripts: Record<string, string> = {};
beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { exitCode, stdout, stderr } = await drum(["completion", shell]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    scripts[shell] = stdout;
  }
});

/** What bash offers for the last of the words; `breaks` are the characters at which it splits words. */
async function offered(words: readonly string[], breaks = " \t\n\"'><=;|&(:"): Promise<string[]> {
  const program = `
    eval "$SCRIPT"
    COMP_WORDBREAKS=$BREAKS COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    $(complete -p drum | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
    ((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"
    exit 0`;
  const { stdout, stderr } = await execa("bash", ["--norc", "-uc", program, "bash", ...words], {
    cwd: folder,
    env: { SCRIPT: scripts.bash!, BREAKS: breaks },
  });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

describe("in bash", () => {
  it.each<[string, string[], string[]]>([
    ["commands", ["drum", "s"], ["score", "server", "swap"]],
    ["commands of a group", ["drum", "new", ""], ["model", "env"]],
    ["options by their beginning", ["drum", "score", "--inp"], ["--input"]],
    ["options of the command alone", ["drum", "swap", "--max"], ["--max-diff"]],
    ["choices", ["drum", "score", "--target-type", "mul"], ["multiclass", "multilabel"]],
    ["choices behind an equals sign", ["drum", "score", "--target-type", "=", "re"], ["regression"]],
    ["languages", ["drum", "new", "model", "--language", "j"], ["julia", "java"]],
    ["environments", ["drum", "environment", "install", "r"], ["r_caret"]],
    ["runtimes", ["drum", "score", "--runtime", "r"], ["r=r_caret"]],
    [
      "the rest of a runtime",
      ["drum", "score", "--runtime", "python", "=", "python3_s"],
      ["python3_sklearn"],
    ],
    ["shells", ["drum", "completion", ""], ["bash", "zsh", "fish"]],
    ["files, with spaces too", ["drum", "score", "--input", ""], ["my models", "my rows.csv", "rows.csv"]],
    ["folders alone where one is wanted", ["drum", "score", "--code-dir", "m"], ["my models"]],
    ["folders behind -cd", ["drum", "score", "-cd", "m"], ["my models"]],
    ["nothing for what cannot be known", ["drum", "score", "--query", "--"], []],
    [
      "an option although its value names a command",
      ["drum", "score", "--input", "new", "--verb"],
      ["--verbose"],
    ],
  ])("completes %s", async (_title, words, expected) => {
    expect((await offered(words)).sort()).toEqual([...expected].sort());
  });

  it("completes whole words where = takes none apart", async () => {
    expect(await offered(["drum", "score", "--target-type=bin"], " \t\n")).toEqual(["--target-type=binary"]);
    expect(await offered(["drum", "score", "--runtime", "r="], " \t\n")).toEqual(["r=r_caret"]);
  });
});

it.each([
  ["bash", "--"],
  ["zsh", "--"],
  ["fish", "-l "],
])("the script for %s has every option and target type", (shell, dashes) => {
  const words = new Set(scripts[shell]!.match(/(--|-l )?[\w-]+/g));
  const options = commands.flatMap((command) => Object.values(command.options) as Option[]);
  for (const { name } of options) expect(words).toContain(`${dashes}${name}`);
  for (const type of targetTypes) expect(words).toContain(type);
});

it.each([
  ["no shell", [], "missing required argument 'shell'"],
  ["a shell that it does not know", ["tcsh"], "bash, zsh, fish"],
])("with %s drum completion ends with exit code 2", async (_title, words, message) => {
  const { exitCode, stderr } = await drum(["completion", ...words]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
});
