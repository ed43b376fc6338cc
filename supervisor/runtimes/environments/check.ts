// Checks that an installation still works: its interpreter runs, and its packages have the installed versions and can be imported.

import path from "node:path";
import { askVersion, isAtLeast } from "../../processes/interpreter.js";
import { run } from "../../processes/tools.js";
import { type Environment, findInstalled, type Installed } from "./catalogue.js";
import { scriptVariables } from "./script.js";
import { listPackages } from "./venv.js";

export interface Finding {
  /** What was checked. */
  subject: string;
  ok: boolean;
  /** What was found, in words. */
  found: string;
}

export interface Checked {
  installed: Installed | undefined;
  findings: Finding[];
  /** The command that repairs it; undefined if nothing is wrong. */
  remedy: string | undefined;
}

export async function checkEnvironment(environment: Environment, dataDirectory: string): Promise<Checked> {
  const installed = findInstalled(environment, dataDirectory);
  if (!installed) {
    const findings = [{ subject: "installation", ok: false, found: "not installed" }];
    return { installed, findings, remedy: `drum environment install ${environment.reference}` };
  }
  const folder = path.resolve(installed.interpreter, "../..");
  const findings = [{ subject: "installation", ok: true, found: folder }];
  const interpreter = await checkInterpreter(environment, installed);
  findings.push(interpreter);
  if (interpreter.ok) findings.push(...(await checkPackages(environment, installed)));
  const isWell = findings.every(({ ok }) => ok);
  return { installed, findings, remedy: isWell ? undefined : remedyOf(environment, installed) };
}

/** The command that reinstalls it. */
export function remedyOf(
  { reference }: Environment,
  { interpreter, arguments: words = [] }: Installed,
): string {
  const again = ["drum environment install", reference, ...words].join(" ");
  return `rm -r "${path.resolve(interpreter, "../..")}" && ${again}`;
}

export async function checkInterpreter(
  { minimumVersion }: Environment,
  installed: Installed,
): Promise<Finding> {
  const subject = "interpreter";
  const { interpreter, interpreterVersion } = installed;
  const version = await askVersion([interpreter, "--version"]);
  if (!version) return { subject, ok: false, found: `${interpreter} does not run` };
  if (!isAtLeast(version, minimumVersion)) {
    return { subject, ok: false, found: `version ${version}, expected ${minimumVersion} or later` };
  }
  const isSame = version === interpreterVersion;
  const found = isSame ? version : `version ${version}, but it was installed with ${interpreterVersion}`;
  return { subject, ok: isSame, found };
}

async function checkPackages(environment: Environment, installed: Installed) {
  const { recipe, folder, modules } = environment;
  if (recipe.kind === "requirements") {
    return [
      await checkVersions(installed),
      ...(await Promise.all(modules.map((name) => checkModule(name, installed)))),
    ];
  }
  if (!recipe.check) return [];
  const variables = scriptVariables(environment, path.resolve(installed.interpreter, "../.."));
  const outcome = await run(recipe.check, quiet, { folder, variables });
  return [{ subject: "packages", ok: !outcome.failed, found: lastLine(outcome.output) || outcome.end }];
}

async function checkVersions({ interpreter, packages }: Installed): Promise<Finding> {
  const subject = "packages";
  const listing = await listPackages(interpreter, undefined);
  if (listing.failed) return { subject, ok: false, found: `pip list ${listing.end}` };
  const wrong = Object.entries(packages)
    .filter(([name, version]) => listing.packages[name] !== version)
    .map(([name, version]) => `${name} is ${listing.packages[name] ?? "gone"}, was ${version}`);
  const found =
    wrong.length > 0 ? wrong.join("; ") : `${Object.keys(packages).length} at the installed versions`;
  return { subject, ok: wrong.length === 0, found };
}

/** A module that pip lists may still fail to load, for example without a system library. */
async function checkModule(name: string, { interpreter }: Installed): Promise<Finding> {
  const outcome = await run([interpreter, "-I", "-c", `import ${name}`], quiet);
  return {
    subject: `import ${name}`,
    ok: !outcome.failed,
    found: outcome.failed ? lastLine(outcome.output) : "works",
  };
}

const quiet = { onProgress: () => {}, signal: undefined };

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1) ?? "";
}
