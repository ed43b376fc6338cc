// What a language has and lacks on this machine: interpreters, installed environments, and the checks of its descriptions.

import path from "node:path";
import type { Places } from "../../places.js";
import { askVersion, findPrograms, isAtLeast } from "../../processes/interpreter.js";
import { type Environment, findInstalled, readEnvironments } from "../environments/catalogue.js";
import { checkInterpreter, remedyOf } from "../environments/check.js";
import type { Language } from "../language.js";
import { type DoctorFinding, firstLineOf, readDoctorChecks, runDoctorCheck } from "./checks.js";

export interface LanguageReport {
  language: string;
  /** Whether models of the language can run. */
  usable: boolean;
  interpreters: InterpreterReport[];
  environments: EnvironmentReport[];
  checks: DoctorFinding[];
  /** The command that makes it usable; null if it is. */
  remedy: string | null;
}

/** The packages of the language that an interpreter has. */
interface PackageReport {
  /** In words; null if it does not run, or the language asks for none. */
  packages: string | null;
  /** Whether those are there that usual models need. */
  complete: boolean;
}

export interface InterpreterReport extends PackageReport {
  path: string;
  /** Null if it does not run. */
  version: string | null;
  usable: boolean;
  /** Why it is not usable, in words. */
  fault: string | null;
}

export interface EnvironmentReport extends PackageReport {
  name: string;
  title: string;
  installed: boolean;
  usable: boolean;
  /** Version of its interpreter; null if it is not installed or does not run. */
  version: string | null;
  found: string;
  /** The command that installs or repairs it; null if it is usable. */
  remedy: string | null;
}

type Where = Pick<Places, "packageDirectory" | "dataDirectory" | "searchPath" | "virtualEnvironment">;

export async function examineLanguage(language: Language, places: Where): Promise<LanguageReport> {
  const mine = readEnvironments(places)
    .filter((one) => one.language === language.name)
    .sort((one, other) => one.preference - other.preference);
  const active = places.virtualEnvironment ? [path.join(places.virtualEnvironment, "bin")] : [];
  const folders = [...active, ...places.searchPath];
  const programs = findPrograms(language.interpreters, folders);
  const interpreters = await Promise.all(programs.map((file) => examineInterpreter(file, language)));
  const environments = await Promise.all(mine.map((one) => examineEnvironment(one, language, places)));
  const interpreter =
    mine.map((one) => findInstalled(one, places.dataDirectory)).find((one) => one !== undefined)
      ?.interpreter ?? interpreters.find(({ usable }) => usable)?.path;
  const files = [
    path.join(language.folder, "worker.json"),
    ...mine.map(({ folder }) => path.join(folder, "environment.json")),
  ];
  const values = { worker: language.folder, ...(interpreter !== undefined && { interpreter }) };
  const checks = await Promise.all(
    files.flatMap(readDoctorChecks).map((check) => runDoctorCheck(check, values)),
  );
  const failed = checks.find(({ ok, required }) => required && !ok);
  const runs = [...interpreters, ...environments].some(({ usable }) => usable);
  const remedy = runs ? (failed?.remedy ?? null) : remedyFor(language, mine);
  return { language: language.name, usable: remedy === null, interpreters, environments, checks, remedy };
}

async function examineInterpreter(
  file: string,
  { minimumVersion = "0", versionCommand = ["{interpreter}", "--version"], packagesCommand }: Language,
): Promise<InterpreterReport> {
  const version = await askVersion(versionCommand.map((word) => word.replace("{interpreter}", file)));
  const lacking = { packages: null, complete: false };
  if (version === undefined) {
    return { path: file, version: null, usable: false, fault: "does not run", ...lacking };
  }
  const usable = isAtLeast(version, minimumVersion);
  const fault = usable ? null : `too old, ${minimumVersion} or later is needed`;
  return {
    path: file,
    version,
    usable,
    fault,
    ...(usable ? await findPackages(packagesCommand, file) : lacking),
  };
}

/** What the interpreter has of the packages of its language. */
export async function findPackages(
  command: Language["packagesCommand"],
  interpreter: string,
): Promise<PackageReport> {
  if (!command) return { packages: null, complete: true };
  const { ok, found } = await firstLineOf(command.map((word) => word.replace("{interpreter}", interpreter)));
  return { packages: found, complete: ok };
}

async function examineEnvironment(
  environment: Environment,
  { packagesCommand }: Language,
  places: Where,
): Promise<EnvironmentReport> {
  const { name, title } = environment;
  const installed = findInstalled(environment, places.dataDirectory);
  if (!installed) {
    const lacking = await lackingInterpreter(environment, places);
    const install = `drum environment install ${name}`;
    const remedy = lacking ? `install ${lacking}, then: ${install}` : install;
    return {
      name,
      title,
      installed: false,
      usable: false,
      version: null,
      found: "not installed",
      remedy,
      packages: null,
      complete: false,
    };
  }
  const { ok, found } = await checkInterpreter(environment, installed);
  const version = ok ? installed.interpreterVersion : null;
  const has = ok
    ? await findPackages(packagesCommand, installed.interpreter)
    : { packages: null, complete: false };
  const remedy = has.complete ? null : remedyOf(environment, installed);
  const words = has.packages === null ? "installed" : `installed, ${has.packages}`;
  return { name, title, installed: true, usable: ok, version, found: ok ? words : found, remedy, ...has };
}

/** The interpreter that is missing to install a requirements list. A script reports itself what it needs. */
async function lackingInterpreter(
  environment: Environment,
  { searchPath }: Where,
): Promise<string | undefined> {
  const { recipe, interpreters, minimumVersion, language } = environment;
  if (recipe.kind === "script") return undefined;
  for (const file of findPrograms(interpreters, searchPath)) {
    const version = await askVersion([file, "--version"]);
    if (version !== undefined && isAtLeast(version, minimumVersion)) return undefined;
  }
  return `${language} ${minimumVersion} or later`;
}

function remedyFor({ interpreters, minimumVersion }: Language, mine: readonly Environment[]): string {
  const bringsInterpreter = mine.find(({ recipe }) => recipe.kind === "script");
  if (bringsInterpreter) return `drum environment install ${bringsInterpreter.name}`;
  const version = minimumVersion ? ` ${minimumVersion} or later` : "";
  return `install ${interpreters.join(" or ")}${version} and put it on PATH`;
}
