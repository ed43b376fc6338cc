// Checks the rules of ARCHITECTURE.md by reading the sources: which floor imports which, the size of files and folders, and who owns what.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const sources = ["protocol", "supervisor"]
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }).map((file) =>
      path.join(folder, file),
    ),
  )
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
const textOf = new Map(sources.map((file) => [file, readFileSync(path.join(root, file), "utf8")]));

/** From top to bottom. A floor may import those below it, but never one above, not even types. */
const floors = [
  "cli",
  "api",
  "hub",
  "jobs",
  "serving",
  "datarobot",
  "model",
  "runtimes",
  "predictions",
  "formats",
  "processes",
  "protocol",
];

/** Files outside the floors. Every file may import them; they import only each other and the protocol. */
const loose = ["counted.ts", "errors.ts", "log.ts", "masking.ts", "places.ts", "suggest.ts"];

/** Exceptions to the rules, each with its reason. */
const exceptions = {
  folders: {
    "supervisor/cli/commands": "one file a command",
    "supervisor/cli/runs": "one file a command",
  } as Readonly<Record<string, string>>,
  files: {} as Readonly<Record<string, string>>,
};

const mostFiles = 10;
const mostLines = 300;

interface Import {
  /** One of our files, or the name of a package. */
  name: string;
  /** Imports only types, so that nothing is loaded at run time. */
  isType: boolean;
}

function importsOf(file: string): Import[] {
  const pattern = /(?:^|\n)(?:import|export) (type )?[^;]*?from "([^"]+)"|import\("([^"]+)"\)/g;
  return [...textOf.get(file)!.matchAll(pattern)].map(([, type, still, lazy]) => {
    const name = (still ?? lazy)!;
    const isOurs = name.startsWith(".");
    return {
      name: isOurs ? path.join(path.dirname(file), name).replace(/\.js$/, ".ts") : name,
      isType: type !== undefined,
    };
  });
}

function floorOf(file: string): string {
  const [first = "", second = ""] = file.split(path.sep);
  return first === "protocol" ? first : second;
}

const importing = (name: RegExp) =>
  sources.filter((file) => importsOf(file).some((one) => !one.isType && name.test(one.name)));
const containing = (words: RegExp) => sources.filter((file) => words.test(textOf.get(file)!));
const folderOf = (file: string) => path.dirname(file).split(path.sep).join("/");

/** The number of sources per folder. */
const counts = new Map<string, number>();
for (const file of sources) counts.set(folderOf(file), (counts.get(folderOf(file)) ?? 0) + 1);

/** All cycles found in a graph, as "a -> b -> a". */
function circles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]) => {
    const at = trail.indexOf(node);
    if (at >= 0) found.add([...trail.slice(at), node].join(" -> "));
    if (at >= 0 || done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return [...found];
}

function edgesBetween(place: (file: string) => string, keeps: (one: Import) => boolean) {
  const edges = new Map<string, Set<string>>();
  for (const file of sources) {
    const from = place(file);
    const targets = importsOf(file)
      .filter((one) => textOf.has(one.name) && keeps(one))
      .map(({ name }) => place(name));
    const known = edges.get(from) ?? new Set();
    for (const target of targets) if (target !== from) known.add(target);
    edges.set(from, known);
  }
  return edges;
}

describe("the house", () => {
  it("has no floor that imports a floor above it", () => {
    const breaches = sources.flatMap((file) => {
      const own = floors.indexOf(floorOf(file));
      return importsOf(file)
        .filter(({ name }) => textOf.has(name))
        .filter(
          ({ name }) => own >= 0 && floors.includes(floorOf(name)) && floors.indexOf(floorOf(name)) < own,
        )
        .map(({ name }) => `${file} -> ${name}`);
    });
    expect(breaches).toEqual([]);
  });

  it("has a handful of loose files, which import nothing above them", () => {
    const found = sources
      .filter((file) => path.dirname(file) === "supervisor")
      .map((file) => path.basename(file));
    expect(found.sort()).toEqual([...loose, "main.ts"].sort());
    const breaches = loose.flatMap((name) =>
      importsOf(path.join("supervisor", name))
        .filter((one) => textOf.has(one.name))
        .filter((one) => !loose.includes(path.basename(one.name)) && floorOf(one.name) !== "protocol")
        .map((one) => `${name} -> ${one.name}`),
    );
    expect(breaches).toEqual([]);
  });

  it("has every source on a floor", () => {
    const homeless = sources.filter(
      (file) => !floors.includes(floorOf(file)) && path.dirname(file) !== "supervisor",
    );
    expect(homeless).toEqual([]);
  });

  it(`has at most ${mostFiles} sources a folder`, () => {
    const crowded = [...counts].filter(([folder, count]) => count > mostFiles && !exceptions.folders[folder]);
    expect(crowded).toEqual([]);
  });

  it(`has at most ${mostLines} lines a file`, () => {
    const long = sources.filter(
      (file) => textOf.get(file)!.split("\n").length > mostLines + 1 && !exceptions.files[file],
    );
    expect(long).toEqual([]);
  });

  it("has no circle of files, types included", () => {
    expect(
      circles(
        edgesBetween(
          (file) => file,
          () => true,
        ),
      ),
    ).toEqual([]);
  });

  it("has no circle of folders", () => {
    // The loose files and main.ts each count as a place of their own.
    const placeOf = (file: string) => (folderOf(file) === "supervisor" ? file : folderOf(file));
    expect(circles(edgesBetween(placeOf, () => true))).toEqual([]);
  });

  it.each([
    ["fastify", /^(fastify|@fastify\/)/, /^supervisor\/api\//],
    ["execa", /^execa$/, /^supervisor\/processes\//],
    ["node:child_process", /^node:child_process$/, /^supervisor\/processes\/groups\.ts$/],
    ["apache-arrow", /^apache-arrow/, /^supervisor\/formats\/arrow\//],
    ["pino", /^pino/, /^supervisor\/log\.ts$/],
    ["csv-parse", /^csv-parse/, /^supervisor\/formats\/csv\//],
    ["hyparquet", /^hyparquet/, /^supervisor\/formats\//],
    ["commander", /^commander$/, /^supervisor\/cli\/program\.ts$/],
    ["kysely", /^(kysely|better-sqlite3)$/, /^supervisor\/hub\//],
    ["yaml", /^yaml$/, /^supervisor\/(model|jobs)\//],
  ])("imports %s only in its own place", (_title, name, place) => {
    expect(importing(name).filter((file) => !place.test(file))).toEqual([]);
  });

  it("reads process.env only in places.ts", () => {
    expect(containing(/process\.env/)).toEqual(["supervisor/places.ts"]);
  });

  it("calls process.exit only in main.ts", () => {
    expect(containing(/process\.exit\(/)).toEqual(["supervisor/main.ts"]);
  });

  it("writes the plural of an amount only in counted.ts", () => {
    expect(containing(/ 1 \? (?:"" : "s"|"(\w+)" : "\1s"|"1 (\w+)" : `\$\{\w+\} \2s`)/)).toEqual([
      "supervisor/counted.ts",
    ]);
  });

  it("has no file with a name that says nothing", () => {
    expect(
      sources.filter((file) =>
        /(^|\/)(utils?|common|helpers?|types|base|core|manager|index)\.ts$/.test(file),
      ),
    ).toEqual([]);
  });

  it("opens every file with a comment on what it owns", () => {
    expect(sources.filter((file) => !/^(#!.*\n)?\/\/ /.test(textOf.get(file)!))).toEqual([]);
  });

  it("has no unused exception", () => {
    const unused = Object.keys(exceptions.folders).filter((folder) => (counts.get(folder) ?? 0) <= mostFiles);
    const short = Object.keys(exceptions.files).filter(
      (file) => (textOf.get(file) ?? "").split("\n").length <= mostLines + 1,
    );
    expect([...unused, ...short]).toEqual([]);
  });
});
