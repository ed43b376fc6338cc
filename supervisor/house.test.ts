// The rules of ARCHITECTURE.md, held by reading the sources: who may import whom, and who owns what.

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

/** Files that a file imports at run time, and packages. Types alone bind nobody. */
function importsOf(file: string): string[] {
  const text = textOf.get(file)!;
  const found = [
    ...text.matchAll(/(?:^|\n)(?:import|export) (?!type )[^;]*?from "([^"]+)"|import\("([^"]+)"\)/g),
  ];
  return found.map(([, still, lazy]) => {
    const name = (still ?? lazy)!;
    return name.startsWith(".") ? path.join(path.dirname(file), name).replace(/\.js$/, ".ts") : name;
  });
}

const importing = (name: string | RegExp) =>
  sources.filter((file) =>
    importsOf(file).some((one) => (typeof name === "string" ? one === name : name.test(one))),
  );
const containing = (words: RegExp) => sources.filter((file) => words.test(textOf.get(file)!));
const folderOf = (file: string) => file.split(path.sep).slice(0, 2).join("/");

describe("the house", () => {
  it.each([
    ["protocol/", /^supervisor/],
    ["supervisor/http", /^supervisor\/(worker|cli)/],
    ["supervisor/worker", /^supervisor\/(http|cli|deployment|predictions)/],
    ["supervisor/deployment", /^supervisor\/(http|cli)/],
    ["supervisor/validation", /^supervisor\/(http|cli|deployment|worker)/],
    ["supervisor/perf", /^supervisor\/(http|cli|deployment)/],
    ["supervisor/model", /^supervisor\/(http|cli|deployment|worker|predictions)/],
    ["supervisor/predictions", /^supervisor\/(http|cli|deployment|worker|model)/],
    ["supervisor/monitoring", /^supervisor\/(http|cli|deployment|worker)/],
    ["supervisor/push", /^supervisor\/(http|cli|deployment|worker|predictions|monitoring|environment)/],
    ["supervisor/lazy-loading", /^supervisor\/(http|cli|deployment|worker|predictions|environment)/],
    ["supervisor/environment", /^supervisor\/(http|cli|deployment|worker|model|predictions)/],
    ["supervisor/scaffold", /^supervisor\/(http|cli|deployment|worker|predictions)/],
    ["supervisor/completion", /^supervisor\/(?!completion)/],
    ["supervisor/errors.ts", /^supervisor\/(?!masking\.ts$)/],
    ["supervisor/masking.ts", /./],
    ["supervisor/config.ts", /^supervisor\/.*\//],
  ])("%s imports nothing like %s", (place, forbidden) => {
    const breaches = sources
      .filter((file) => file.startsWith(place))
      .flatMap((file) =>
        importsOf(file)
          .filter((one) => forbidden.test(one))
          .map((one) => `${file} -> ${one}`),
      );
    expect(breaches).toEqual([]);
  });

  it.each([
    ["fastify", /^(fastify|@fastify\/)/, ["supervisor/http"]],
    ["execa", /^execa$/, ["supervisor/environment"]],
    ["apache-arrow", /^apache-arrow/, ["protocol/arrow.ts", "protocol/arrow-columns.ts"]],
    ["pino", /^pino/, ["supervisor/log.ts"]],
    ["csv-parse", /^csv-parse/, ["supervisor/model"]],
    ["commander", /^commander$/, ["supervisor/main.ts"]],
    ["node:child_process", /^node:child_process$/, ["supervisor/worker"]],
  ])("%s is known in its place alone", (_title, name, places) => {
    expect(new Set(importing(name).map(folderOf))).toEqual(new Set(places));
  });

  it("process.env is read in config.ts alone", () => {
    expect(containing(/process\.env/)).toEqual(["supervisor/config.ts"]);
  });

  it("process.exit is called in main.ts alone", () => {
    expect(containing(/process\.exit\(/)).toEqual(["supervisor/main.ts"]);
  });

  it("no file goes by a name that says nothing", () => {
    expect(
      sources.filter((file) =>
        /(^|\/)(utils?|common|helpers?|types|base|core|manager|index)\.ts$/.test(file),
      ),
    ).toEqual([]);
  });

  it("no import goes in a circle", () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, trail: readonly string[]) => {
      if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(" -> "));
      if (done.has(file) || trail.includes(file) || !textOf.has(file)) return;
      for (const next of importsOf(file)) visit(next, [...trail, file]);
      done.add(file);
    };
    for (const file of sources) visit(file, []);
    expect(circles).toEqual([]);
  });

  it("every file opens by saying what it owns", () => {
    expect(sources.filter((file) => !/^(#!.*\n)?\/\/ /.test(textOf.get(file)!))).toEqual([]);
  });
});
