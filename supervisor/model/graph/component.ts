// Which folder serves a node, and which class in it.

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { DrumError } from "../../errors.js";
import type { Language } from "../../runtimes/language.js";
import { componentFile } from "../component.js";
import type { ModelWishes } from "../model.js";
import { componentParameters } from "../parameters/component-parameters.js";
import type { GraphNode } from "./graph.js";

/** The classes of ours that serve the saved model of a folder, by what Seldon calls them. */
export const prepackaged: Readonly<Record<string, string>> = {
  SKLEARN_SERVER: "SKLearnServer",
  XGBOOST_SERVER: "XGBoostServer",
};

export interface NodeFolder {
  /** A code directory, or the folder of a wrapper class. */
  folder: string;
  /** Empty for a code directory. */
  wishes: Partial<Pick<ModelWishes, "component" | "targetType">>;
}

/** The folder of a node that has code: its own in a predictor, `PREDICTOR.NODE`, or the one that all predictors share. */
export function folderIn(components: string, name: string, predictor: string | undefined): string {
  const own = path.join(components, `${predictor}.${name}`);
  return predictor !== undefined && existsSync(own) ? own : path.join(components, name);
}

export interface NodePlaces {
  /** The folder with one folder a node. */
  components: string;
  predictor?: string;
  languages: readonly Language[];
}

/** Throws USAGE for parameters that are not of their types. */
export function nodeFolder(
  node: Pick<GraphNode, "name" | "implementation" | "modelUri" | "variables" | "parameters" | "image">,
  { components, predictor, languages }: NodePlaces,
): NodeFolder {
  const parameters = componentParameters(node.parameters, `the node ${node.name}`);
  const component = (name: string, given = parameters): NodeFolder["wishes"] => ({
    component: { name, parameters: given, unit: node.name, image: node.image ?? "", tells_metrics: true },
    targetType: "unstructured",
  });
  const server = prepackaged[node.implementation ?? ""];
  if (server) {
    const folder = path.resolve(folderOf(node.modelUri!));
    if (isCodeDirectory(folder, languages)) return { folder, wishes: {} };
    const python = languages.find(({ name }) => name === "python");
    if (!python) throw new DrumError("RUNTIME_MISSING", "prepackaged servers need the Python worker");
    return {
      folder: path.join(python.folder, "prepackaged"),
      wishes: component(server, { ...parameters, model_uri: folder }),
    };
  }
  const folder = path.resolve(folderIn(components, node.name, predictor));
  const name = node.variables.MODEL_NAME ?? "Node";
  const hasClass = languages.some((language) => componentFile(folder, name, language));
  if (!hasClass && node.variables.MODEL_NAME === undefined && hasFiles(folder)) return { folder, wishes: {} };
  return { folder, wishes: component(name) };
}

/** Whether a saved model says itself how it is served: with hooks, or with its target type. */
function isCodeDirectory(folder: string, languages: readonly Language[]): boolean {
  const files = [
    "model-metadata.yaml",
    "model-metadata.yml",
    ...languages.flatMap(({ hookFiles }) => hookFiles),
  ];
  return files.some((file) => existsSync(path.join(folder, file)));
}

function hasFiles(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}

/** The path of `file:/a/b`, `file:///a/b` or `/a/b`. */
export function folderOf(modelUri: string): string {
  return modelUri.replace(/^file:(\/\/)?/, "");
}
