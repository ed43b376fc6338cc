// Finds the models of a Triton repository: a folder for each, which has a folder for each of its versions.

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { foldersBelow } from "./mlserver/repository.js";

/** What Triton is told of a model; it needs none for the files of some backends. */
export const tritonFile = "config.pbtxt";

/** The usual files of models by the backend that Triton chooses for each. */
const usualFiles: Readonly<Record<string, string>> = {
  "model.onnx": "onnxruntime",
  "model.py": "python",
  "model.pt": "pytorch",
  "model.plan": "tensorrt",
  "model.savedmodel": "tensorflow",
  "model.graphdef": "tensorflow",
  "model.xml": "openvino",
};

/** The folders of models in this one, itself included, at any depth. */
export function tritonFolders(folder: string): string[] {
  return foldersBelow(folder).filter(
    (one) => existsSync(path.join(one, tritonFile)) || backendByFile(one) !== undefined,
  );
}

export function newestVersion(folder: string): string {
  const versions = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  return versions.sort((one, other) => Number(one) - Number(other)).at(-1) ?? "1";
}

/** The backend by the file of the newest version; undefined without a usual one. */
export function backendByFile(folder: string): string | undefined {
  const version = path.join(folder, newestVersion(folder));
  const file = Object.keys(usualFiles).find((name) => existsSync(path.join(version, name)));
  return file && usualFiles[file];
}
