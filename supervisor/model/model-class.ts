// A class written for MLServer as a model: what its worker loads, and the files by which its interpreter is chosen.

import { existsSync, statSync } from "node:fs";
import path from "node:path";
import type { ModelClassParams } from "../../protocol/messages.js";
import { DrumError } from "../errors.js";
import type { Language, ModelFiles } from "../runtimes/language.js";
import { componentFile } from "./component.js";
import { nameAlone } from "./mlserver/repository.js";
import type { ModelSettings } from "./mlserver/settings.js";
import type { Target } from "./target.js";

/** Tensors in, tensors out. */
export const targetOfClass: Target = { type: "unstructured", labels: [], name: undefined };

/** What the worker loads. The class learns the name that it is served under. */
export function modelClass(
  { name, version, implementation, fields, file }: ModelSettings,
  servedName = name,
): ModelClassParams {
  const settings = { ...fields, name: nameAlone(servedName, version), _source: file };
  return { name: implementation, settings: JSON.stringify(settings) };
}

/** The files by which the interpreter is chosen: the class or else the settings, which name the runtime, and the saved model. */
export function modelClassFiles(
  { implementation, uri, file }: ModelSettings,
  languages: readonly Language[],
): ModelFiles {
  const language = languages.find(({ name }) => name === "python");
  if (!language)
    throw new DrumError("RUNTIME_MISSING", "folders written for MLServer need the Python worker");
  const hookFile = componentFile(path.dirname(file), implementation, language) ?? file;
  const artifacts = savedModels(uri).filter((one) =>
    language.artifactExtensions.includes(path.extname(one).toLowerCase()),
  );
  return { language, hookFile, artifacts };
}

function savedModels(uri: string): string[] {
  if (!path.isAbsolute(uri)) return [];
  const isFolder = statSync(uri, { throwIfNoEntry: false })?.isDirectory();
  const files = isFolder ? ["model.joblib", "model.pkl"].map((name) => path.join(uri, name)) : [uri];
  return files.filter((one) => existsSync(one));
}
