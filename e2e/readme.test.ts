// Scores the hook file of each language exactly as README.md shows it.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { codeDirectory, drum, root } from "./drum.js";

const readme = readFileSync(path.join(root, "README.md"), "utf8");
const hooks = [
  ...readme.matchAll(/```(?:python|r|julia|java)\n(?:#|\/\/) (custom\.\w+)\n([\s\S]*?)```/g),
].map(([, file, text]) => ({ file: file!, text: text! }));

describe("README.md", () => {
  it("shows a hook file in each language", () => {
    expect(hooks.map(({ file }) => file)).toEqual(["custom.py", "custom.R", "custom.jl", "custom.java"]);
  });

  it.each(hooks)("shows a $file that adds two columns", async ({ file, text }) => {
    const folder = codeDirectory({ [file]: text });
    const [input, output] = [path.join(folder, "..", `${file}.csv`), path.join(folder, "..", `${file}.out`)];
    writeFileSync(input, "a,b\n1,2\n3,4.5\n");
    const words = ["--code-dir", folder, "--input", input, "--output", output, "--target-type", "regression"];
    const { exitCode, stderr } = await drum(["score", ...words]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(readFileSync(output, "utf8")).toBe("Predictions\n3.0\n7.5\n");
  });
});
