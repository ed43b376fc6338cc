// The table of workers/README.md held against the workers: the same work is in a file of the same name in every language.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const readme = readFileSync(path.join(import.meta.dirname, "README.md"), "utf8");
const [, section = ""] = /## The shape all workers share\n([\s\S]*?)\n### /.exec(readme) ?? [];
const rows = [...section.matchAll(/^\| `([a-z_]+)(\/?)` +\|/gm)].map(([, name, slash]) => ({
  name: name!,
  isFolder: slash === "/",
}));

const camelCase = (name: string) =>
  name
    .split("_")
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join("");

interface Shape {
  folder: string;
  /** Whether the file is the one of the table's row. */
  isFileOf(name: string, file: string): boolean;
}

const plain = (extension: string) => (name: string, file: string) => file === `${name}.${extension}`;

const languages: Readonly<Record<string, Shape>> = {
  python: {
    folder: "python",
    // A package's own file stands for it.
    isFileOf: (name, file) =>
      file === `${name}.py` || (file === name && existsSync(inWorkers("python", name, "__init__.py"))),
  },
  r: { folder: "r", isFileOf: plain("R") },
  julia: { folder: "julia", isFileOf: plain("jl") },
  java: {
    folder: "jvm/worker/src/main/java/drumline/worker",
    isFileOf: (name, file) => file.endsWith(".java") && file.startsWith(camelCase(name)),
  },
};

function inWorkers(...parts: string[]): string {
  return path.join(import.meta.dirname, ...parts);
}

describe("the table of workers/README.md", () => {
  it("has rows for files and for the folder of artifact types", () => {
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter(({ isFolder }) => isFolder)).toEqual([{ name: "artifacts", isFolder: true }]);
  });

  it.each(Object.entries(languages))("is true of the worker in %s", (_language, { folder, isFileOf }) => {
    const files = readdirSync(inWorkers(folder));
    const missing = rows.filter(({ name, isFolder }) =>
      isFolder ? !files.includes(name) : !files.some((file) => isFileOf(name, file)),
    );
    expect(missing).toEqual([]);
  });
});
