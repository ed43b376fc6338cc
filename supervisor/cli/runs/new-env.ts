// `drum new env`: creates a folder that describes an environment, as a copy of an existing one.

import path from "node:path";
import { usage } from "../../errors.js";
import { writeEnvironment } from "../../jobs/scaffold/environment.js";
import { checkAbsent, makeFolder } from "../../jobs/scaffold/folder.js";
import { newLanguages } from "../../jobs/scaffold/languages.js";
import type { Places } from "../../places.js";
import {
  type Environment,
  environmentNamed,
  readEnvironments,
} from "../../runtimes/environments/catalogue.js";
import { ask, isInteractive } from "../terminal/questions.js";

export interface NewEnvironmentConfig {
  language: string | undefined;
  from: string | undefined;
  output: string;
  places: Places;
}

/** Resolves with the exit code. */
export async function newEnvironment(config: NewEnvironmentConfig): Promise<number> {
  const folder = config.output;
  checkAbsent(folder, "output");
  const name = path.basename(folder);
  if (!/^\w[\w.-]*$/.test(name)) {
    throw usage(
      `--output: the folder's name becomes the environment's, and may only have letters, digits, - _ and ., got "${name}"`,
    );
  }
  const source = await sourceOf(config);
  await makeFolder(folder, (draft) => writeEnvironment(source, name, draft));
  const relative = path.relative("", folder);
  const shown = relative.startsWith("..") ? folder : `.${path.sep}${relative}`;
  const { language, recipe } = source;
  const listing = recipe.kind === "requirements" ? path.basename(recipe.requirementsFile) : "its files";
  process.stdout.write(
    `${shown} describes a copy of the ${language} environment ${source.name}; edit ${listing}, then run\n` +
      `  drum environment install ${shown}\n` +
      `  drum score --runtime ${language}=${shown} …\n` +
      `or build its Dockerfile; its first lines say how\n`,
  );
  return 0;
}

async function sourceOf({ from, language, places }: NewEnvironmentConfig): Promise<Environment> {
  if (from !== undefined) {
    const source = environmentNamed(from, places);
    if (language === undefined || source.language === language) return source;
    throw usage(
      `--from ${from} is an environment for ${source.language}, got --language ${language}; leave one out`,
    );
  }
  const asked = language ?? (await askLanguage());
  const [usual] = readEnvironments(places)
    .filter((one) => one.language === asked)
    .sort((one, other) => one.preference - other.preference);
  if (usual) return usual;
  throw usage(`there is no environment for ${asked} to copy; choose one with --from`);
}

async function askLanguage(): Promise<string> {
  if (isInteractive()) return ask({ text: "Language", flag: "language", choices: newLanguages });
  throw usage(
    `--language or --from is required; give a language (${newLanguages.join(", ")}) or an environment`,
  );
}
