// `drum environment list`, `install NAME…` and `check NAME…`: results on stdout, progress on stderr.

import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import type { Places } from "../../places.js";
import { findPackages } from "../../runtimes/doctor/doctor.js";
import {
  type Environment,
  type EnvironmentPlaces,
  environmentNamed,
  findInstalled,
  type Installed,
  readEnvironments,
} from "../../runtimes/environments/catalogue.js";
import { checkEnvironment, remedyOf } from "../../runtimes/environments/check.js";
import { installEnvironment } from "../../runtimes/environments/install.js";
import { type Language, readLanguages } from "../../runtimes/language.js";
import { coloured } from "../terminal/colours.js";
import { installing } from "../terminal/installing.js";
import { endedBy } from "../terminal/signals.js";
import { formatTable } from "../terminal/table.js";

/** Prints one line per environment, with the version, size and folder of installed ones. */
export async function environmentList({
  json,
  places,
}: {
  json: boolean;
  places: EnvironmentPlaces;
}): Promise<number> {
  const environments = await Promise.all(readEnvironments(places).map((one) => describe(one, places)));
  if (json) {
    process.stdout.write(`${JSON.stringify(environments, undefined, 2)}\n`);
    return 0;
  }
  const rows = environments.map(({ name, language, title, installed }) => {
    const state = installed
      ? [`installed, ${language} ${installed.version}`, sizeInWords(installed.bytes), installed.folder]
      : ["not installed", "", ""];
    return [name, language, title, ...state];
  });
  process.stdout.write(formatTable([["NAME", "LANGUAGE", "TITLE", "STATE", "SIZE", "FOLDER"], ...rows]));
  return 0;
}

async function describe(environment: Environment, { dataDirectory }: EnvironmentPlaces) {
  const { name, language, title } = environment;
  const ready = findInstalled(environment, dataDirectory);
  if (!ready) return { name, language, title, installed: null };
  const folder = path.resolve(ready.interpreter, "../..");
  const { interpreter, interpreterVersion: version, installed: since, arguments: words = [] } = ready;
  const bytes = await bytesIn(folder);
  return {
    name,
    language,
    title,
    installed: { interpreter, version, since, bytes, folder, arguments: words },
  };
}

/** The size of all files below; links are not followed. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return bytesIn(file);
      return lstat(file).then(
        ({ size }) => size,
        () => 0,
      );
    }),
  );
  return sizes.reduce((total, size) => total + size, 0);
}

function sizeInWords(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 2 ** 10)} KB` : `${Math.round(bytes / 2 ** 20)} MB`;
}

/**
 * Installs environments and prints the interpreter of each; throws at the first failure. Words that begin with a dash are
 * arguments for the installer of the environment before them. Resolves with the exit code.
 */
export async function environmentInstall(
  words: readonly string[],
  places: EnvironmentPlaces,
): Promise<number> {
  const asked: { name: string; arguments: string[] }[] = [];
  for (const word of words) {
    if (word.startsWith("-") && asked.length > 0) asked.at(-1)!.arguments.push(word);
    else asked.push({ name: word, arguments: [] });
  }
  for (const { name } of asked) environmentNamed(name, places);
  for (const { name, arguments: extra } of asked) {
    const outcome = await installing(name, (how) =>
      installEnvironment(name, { ...how, places, arguments: extra }),
    );
    if ("stopped" in outcome)
      return endedBy(outcome.stopped, "environment install", `; ${name} was not installed`);
    process.stdout.write(`${name}  ${outcome.result.interpreter}\n`);
  }
  return 0;
}

/** Prints one line per finding. Resolves with 1 if something is wrong. */
export async function environmentCheck(
  names: readonly string[],
  places: EnvironmentPlaces & Pick<Places, "workerFolders">,
): Promise<number> {
  let code = 0;
  const languages = readLanguages(places.workerFolders);
  for (const environment of names.map((name) => environmentNamed(name, places))) {
    const { installed, findings, remedy: repair } = await checkEnvironment(environment, places.dataDirectory);
    const lacking =
      installed && repair === undefined
        ? await lackingPackages(environment, installed, languages)
        : undefined;
    if (lacking !== undefined) findings.push({ subject: "packages", ok: false, found: lacking });
    const remedy = lacking === undefined ? repair : remedyOf(environment, installed!);
    for (const { subject, ok, found } of findings) {
      process.stdout.write(`${coloured(ok ? "ok" : "WRONG")}  ${environment.name}  ${subject}: ${found}\n`);
    }
    if (remedy === undefined) continue;
    process.stdout.write(`run: ${remedy}\n`);
    code = 1;
  }
  return code;
}

/** In words; undefined if the packages that usual models need are there. */
async function lackingPackages(
  { language }: Environment,
  { interpreter }: Installed,
  languages: readonly Language[],
): Promise<string | undefined> {
  const command = languages.find(({ name }) => name === language)?.packagesCommand;
  const { packages, complete } = await findPackages(command, interpreter);
  return complete ? undefined : (packages ?? "");
}
