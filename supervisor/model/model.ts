// A code directory read as a model specification: everything known before a worker starts.

import type { Config } from "../config.js";
import { findModelFiles } from "./files.js";
import { type Language, readLanguages } from "./language.js";
import { findMetadata, type Metadata } from "./metadata.js";
import { chooseRuntime, type Runtime } from "./runtime.js";
import { chooseTarget, type Target } from "./target.js";

export interface ModelSpec {
  codeDirectory: string;
  language: Language;
  runtime: Runtime;
  hookFile: string | undefined;
  artifacts: readonly string[];
  metadata: Metadata | undefined;
  target: Target;
}

export async function readModel(config: Config): Promise<ModelSpec> {
  const metadata = findMetadata(config.codeDirectory);
  const target = chooseTarget(config, metadata);
  const languages = readLanguages(config.places.workerFolders);
  const files = findModelFiles(config.codeDirectory, languages, config.language);
  const runtime = await chooseRuntime(files, config);
  return { codeDirectory: config.codeDirectory, metadata, target, ...files, runtime };
}
