// --install-deps: the environments of the code directories are made before a command runs, with their progress shown; and where a
// model lacks a package, the error says what would add it.

import { DrumError } from "../../errors.js";
import { findModelFiles } from "../../model/files.js";
import type { ModelWishes } from "../../model/model.js";
import { takesRequirements } from "../../runtimes/environments/dependencies.js";
import { environmentToInstall } from "../../runtimes/environments/fitting.js";
import { type ModelFiles, readLanguages } from "../../runtimes/language.js";
import { chooseRuntime, findRequirements } from "../../runtimes/runtime.js";

/** What a command says of the models whose dependencies it needs. */
export interface DependentConfig extends ModelWishes {
  codeDirectories: readonly string[];
  /** A server that is to tell why it has no model goes on without its dependencies. */
  withErrorServer?: boolean;
}

/** Resolves with the exit code of `run`, or of a signal that came before it. */
export async function withDependencies(
  config: DependentConfig,
  command: string,
  run: () => Promise<number>,
): Promise<number> {
  for (const folder of config.installDeps ? config.codeDirectories : []) {
    const stopped = await installFor(folder, config, command).catch((error: unknown) => {
      // Such a server meets the same error, and serves it.
      if (!config.withErrorServer && !config.isOneOfSeveral) throw error;
    });
    if (stopped !== undefined) return stopped;
  }
  try {
    return await run();
  } catch (error) {
    throw lacksPackage(error) ? await withHint(error, config).catch(() => error) : error;
  }
}

/** Undefined when all is there; the exit code when a signal came. */
async function installFor(
  codeDirectory: string,
  config: DependentConfig,
  command: string,
): Promise<number | undefined> {
  const all = findFiles(codeDirectory, config);
  const takers = all.filter(({ language }) => takesRequirements(language.name, config.places));
  if (takers.length === 0) {
    const names = all.map(({ language }) => language.name).join(" and ");
    const [unused] = all.map(findRequirements);
    if (unused) process.stderr.write(`${unused} is left alone: it means nothing to a model of ${names}\n`);
  }
  for (const files of takers) {
    const requirements = findRequirements(files);
    if (!requirements) continue;
    const { installing } = await import("../terminal/installing.js");
    const outcome = await installing("requirements.txt", (how) =>
      chooseRuntime(files, { ...config, ...how }),
    );
    if ("stopped" in outcome) {
      const { signal, exitCode } = outcome.stopped;
      process.stdout.write(`drum ${command}: ended by ${signal} while it installed ${requirements}\n`);
      return exitCode;
    }
  }
  return undefined;
}

/** The requirements.txt of a code directory for each language that such a list means something to. */
export function requirementsOf(codeDirectory: string, config: ModelWishes): string[] {
  const files = findFiles(codeDirectory, config).map((one) =>
    takesRequirements(one.language.name, config.places) ? findRequirements(one) : undefined,
  );
  return files.filter((file) => file !== undefined);
}

function findFiles(codeDirectory: string, { places, language }: ModelWishes): ModelFiles[] {
  return findModelFiles(codeDirectory, readLanguages(places.workerFolders), language);
}

function lacksPackage(error: unknown): error is DrumError {
  const reason = error instanceof DrumError && error.cause instanceof DrumError ? error.cause : error;
  return reason instanceof DrumError && reason.code === "PACKAGE_MISSING";
}

async function withHint(error: DrumError, config: DependentConfig): Promise<DrumError> {
  const hints: string[] = [];
  for (const files of config.codeDirectories.flatMap((folder) => findFiles(folder, config))) {
    const { language, artifacts, hookFile } = files;
    const requirements = findRequirements(files);
    if (requirements && !config.installDeps && takesRequirements(language.name, config.places)) {
      hints.push(`${requirements} lists what the model needs: --install-deps installs it`);
    } else if (config.runtimes[language.name] === undefined) {
      const needs = { language: language.name, artifacts, hookFile, places: config.places };
      const name = await environmentToInstall(needs);
      if (name) hints.push(`${name} is made for such models: drum environment install ${name}`);
    }
  }
  if (hints.length === 0) return error;
  const { code, message, traceback, httpStatus, cause } = error;
  return new DrumError(code, `${message}; ${hints.join("; ")}`, { traceback, httpStatus, cause });
}
