// Reads a code directory as a model specification: everything known before a worker starts.

import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { ComponentParams, ModelClassParams } from "../../protocol/messages.js";
import { DrumError, usage } from "../errors.js";
import { type Language, type ModelFiles, readLanguages } from "../runtimes/language.js";
import { chooseRuntime, type Runtime, type RuntimeWishes } from "../runtimes/runtime.js";
import { suggested } from "../suggest.js";
import { findComponent } from "./component.js";
import { findModelFiles, listFiles } from "./files.js";
import { hintsOf } from "./hints.js";
import { wantsLazyFiles } from "./lazy-loading/plan.js";
import { hooksFor } from "./metadata/hooks.js";
import { findMetadata, type Metadata } from "./metadata/metadata.js";
import { findModelSettings } from "./mlserver/settings.js";
import { modelClass, modelClassFiles, targetOfClass } from "./model-class.js";
import { runtimeParameters } from "./parameters/parameters.js";
import { readUserSecrets, type SecretSources, type UserSecrets } from "./parameters/secrets.js";
import { type ServerParameters, serverParameters } from "./parameters/server-parameters.js";
import { type RuntimeParameter, readParameterVariables } from "./parameters/variables.js";
import { chooseTarget, type Target, type TargetWishes } from "./target.js";
import { tritonFile } from "./triton.js";

/** One language's part of a code directory. */
export interface ModelPart extends ModelFiles {
  runtime: Runtime;
  /** The hooks it may use; null means all that its hook file defines. */
  hooks: string[] | null;
}

export interface ModelSpec {
  /** A wrapper class or a model class in place of hooks and artifacts. */
  component?: ComponentParams | ModelClassParams | undefined;
  /** Name of the code directory, or that which the settings of a model class give. */
  name: string;
  /** What the settings of a model class give. */
  version?: string | undefined;
  codeDirectory: string;
  /** One per language. */
  parts: readonly ModelPart[];
  metadata: Metadata | undefined;
  /** What looks like a slip in the code directory. */
  hints: readonly string[];
  target: Target;
  /** The environment variables of its workers. */
  environment: Readonly<Record<string, string>>;
  runtimeParameters: readonly RuntimeParameter[];
  /** The runtime parameters of the server itself; empty for other commands. */
  serverParameters: ServerParameters;
  userSecrets: UserSecrets;
}

/** Whether a class written for MLServer answers, tensors with tensors. */
export function isModelClass({ component }: ModelSpec): boolean {
  return "settings" in (component ?? {});
}

/** The options with which a model is read. */
export interface ModelWishes extends TargetWishes, RuntimeWishes, SecretSources {
  /** In place of the name of the folder or class. */
  name?: string;
  /** Set if the folder holds a wrapper class in place of hooks and artifacts. */
  component?: ComponentParams;
  /** --language; files of other languages are ignored. */
  language: string | undefined;
  lazyLoadingFile: string | undefined;
  runtimeParametersFile: string | undefined;
  /** If true, the runtime parameters file applies only if the model defines parameters. */
  isOneOfSeveral: boolean;
  /** False if they were not chosen for this model alone. */
  refusesUnusedRuntimes: boolean;
  /** Whether a server runs the model and reads the runtime parameters that are meant for servers. */
  isServed: boolean;
}

/** Throws a DrumError if the folder is not a usable model. */
export async function readModel(
  wishes: ModelWishes,
  codeDirectory: string,
  onProgress: (text: string) => void = () => {},
): Promise<ModelSpec> {
  if (!statSync(codeDirectory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DrumError(
      "CODE_DIRECTORY_MISSING",
      `${codeDirectory} does not exist or is not a directory; check the path${suggested(path.basename(codeDirectory), foldersBeside(codeDirectory))}`,
    );
  }
  await addLazyFiles(wishes, codeDirectory, onProgress);
  // Other commands predict rows, which MLServer's classes do not take.
  const settings =
    wishes.isServed && !wishes.component
      ? findModelSettings(codeDirectory, wishes.places.workerEnvironment)
      : undefined;
  const component = settings ? modelClass(settings, wishes.name) : wishes.component;
  const metadata = component ? undefined : findMetadata(codeDirectory);
  if (!component && !metadata && wishes.targetType === undefined) refuseTriton(codeDirectory);
  const target = settings ? targetOfClass : chooseTarget(wishes, metadata);
  if (target.type === "unstructured" && metadata?.warmup !== undefined) {
    throw metadata.entries.warmup!.fault("warmup is only for structured models; remove it");
  }
  const languages = readLanguages(wishes.places.workerFolders);
  checkRuntimes(wishes.runtimes, languages);
  const found = settings
    ? [modelClassFiles(settings, languages)]
    : component
      ? [findComponent(codeDirectory, languages, { name: component.name, language: wishes.language })]
      : findModelFiles(codeDirectory, languages, wishes.language);
  const assigned = metadata?.hooks ?? {};
  checkAssigned(metadata, found);
  const parts: ModelPart[] = [];
  for (const files of found) {
    const runtime = await chooseRuntime(files, wishes);
    parts.push({ ...files, runtime, hooks: hooksFor(files.language.name, assigned) });
  }
  // Of several models, those that define no parameters ignore the file.
  const isForOthers = wishes.isOneOfSeveral && metadata?.entries.runtimeParameterDefinitions === undefined;
  const file = isForOthers ? undefined : wishes.runtimeParametersFile;
  const { workerEnvironment } = wishes.places;
  const environment = { ...workerEnvironment, ...runtimeParameters(metadata, file, workerEnvironment) };
  const parameters = readParameterVariables(environment);
  if (wishes.refusesUnusedRuntimes) refuseUnusedRuntimes(wishes.runtimes, parts);
  return {
    name: wishes.name ?? settings?.name ?? component?.name ?? modelName(codeDirectory),
    version: settings?.version,
    codeDirectory,
    parts,
    metadata,
    hints: component ? [] : hintsOf(listFiles(codeDirectory), found),
    component,
    target,
    environment,
    runtimeParameters: parameters,
    serverParameters: wishes.isServed ? serverParameters(parameters) : {},
    userSecrets: readUserSecrets(wishes, environment),
  };
}

function foldersBeside(codeDirectory: string): string[] {
  try {
    const entries = readdirSync(path.dirname(codeDirectory), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Runs before anything else looks at the folder. */
async function addLazyFiles(
  { lazyLoadingFile, places }: ModelWishes,
  codeDirectory: string,
  onProgress: (text: string) => void,
): Promise<void> {
  const sources = { lazyLoadingFile, environment: places.workerEnvironment };
  if (!wantsLazyFiles(sources)) return;
  const { fetchLazyFiles } = await import("./lazy-loading/fetch-files.js");
  await fetchLazyFiles(sources, codeDirectory, onProgress);
}

/** Without this check, an unknown language would be silently ignored. */
function checkRuntimes(runtimes: ModelWishes["runtimes"], languages: readonly Language[]): void {
  const names = languages.map(({ name }) => name);
  const unknown = Object.keys(runtimes).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new DrumError(
    "USAGE",
    `--runtime ${unknown}=${runtimes[unknown]}: unknown language "${unknown}"; choose one of ${names.join(", ")}${suggested(unknown, names)}`,
  );
}

/** Throws USAGE for a runtime of a language that the model does not use: it would change nothing. */
export function refuseUnusedRuntimes(
  runtimes: ModelWishes["runtimes"],
  parts: readonly Pick<ModelPart, "language">[],
): void {
  const used = parts.map(({ language }) => language.name);
  const unused = Object.keys(runtimes).find((name) => !used.includes(name));
  if (unused === undefined) return;
  throw usage(
    `--runtime ${unused}=${runtimes[unused]}: the model uses ${used.join(" and ")}, not ${unused}; leave it out`,
  );
}

export function modelName(codeDirectory: string): string {
  return path.basename(path.resolve(codeDirectory));
}

/** `hooks` of the metadata may only name languages with files in the folder. */
function checkAssigned(metadata: Metadata | undefined, found: readonly ModelFiles[]): void {
  const names = found.map(({ language }) => language.name);
  for (const [hook, language] of Object.entries(metadata?.hooks ?? {})) {
    if (names.includes(language)) continue;
    throw metadata!.entries.hooks!.fault(
      `hooks assigns ${hook} to ${language}, but the folder has only files of ${names.join(" and ")}; add the hook file, or correct it`,
    );
  }
}

/** Which interpreter runs each language, and why. */
export function runtimesInWords({ parts }: ModelSpec): string {
  return parts
    .map(({ language, runtime: { interpreter, reason } }) => `${language.name} at ${interpreter} (${reason})`)
    .join(", ");
}

function refuseTriton(codeDirectory: string): void {
  if (!existsSync(path.join(codeDirectory, tritonFile))) return;
  throw new DrumError(
    "USAGE",
    `${codeDirectory} is a model of Triton, which is not served as it is; drum migrate ${codeDirectory} says what takes its place`,
  );
}
