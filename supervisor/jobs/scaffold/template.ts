// Fills in the files of templates/, which have {{words}} and blocks that are only for some target types.

/** A comment line in the syntax of any language opens a block, e.g. `# only: binary multiclass` or `// not: transform`. */
const opening = /^\s*(?:#|\/\/|<!--) (only|not): ([a-z ]+?)(?: -->)?$/;
const closing = /^\s*(?:#|\/\/|<!--) end(?: -->)?$/;

/** The text for one target type; blocks do not nest. Throws Error for a block that is left open and for a word without a value. */
export function fillTemplate(
  text: string,
  targetType: string,
  words: Readonly<Record<string, string>>,
): string {
  const lines: string[] = [];
  let block: { isKept: boolean } | undefined;
  for (const line of text.split("\n")) {
    const [, which, types = ""] = opening.exec(line) ?? [];
    if (which) {
      if (block) throw new Error(`a template opens a block in another one: ${line}`);
      block = { isKept: types.split(" ").includes(targetType) === (which === "only") };
    } else if (closing.test(line)) {
      if (!block) throw new Error("a template closes a block that is not open");
      block = undefined;
    } else if (block?.isKept !== false) {
      lines.push(line);
    }
  }
  if (block) throw new Error("a template leaves a block open");
  return lines.join("\n").replace(/\{\{(\w+)\}\}/g, (_, word: string) => {
    const value = words[word];
    if (value === undefined) throw new Error(`a template asks for {{${word}}}, which has no value`);
    return value;
  });
}
