// Says in words how a SeldonDeployment is served here: folders, command line, and what is not taken.

import { counted } from "../../counted.js";
import { isBandit, isBuiltIn } from "../../model/graph/check.js";
import { folderOf, prepackaged } from "../../model/graph/component.js";
import { type Findings, type GraphDocument, type GraphNode, nodesOf } from "../../model/graph/graph.js";
import { joined, quoted, section } from "./words.js";

export interface MigrateWishes {
  /** The document, as its user named it. */
  file: string;
  /** The folder of the nodes. */
  components: string;
}

export function migrationOf(
  document: GraphDocument,
  findings: Findings,
  { file, components }: MigrateWishes,
): string {
  const nodes = document.predictors.flatMap(({ graph }) => nodesOf(graph));
  const withFolder = nodes.filter(({ implementation }) => implementation === undefined);
  const parts = [
    `${document.name} has ${counted(document.predictors.length, "predictor")} and ${counted(nodes.length, "node")}.`,
    section(
      "Folders to make",
      withFolder.map((node) => folderInWords(node, components)),
    ),
    section("Saved models", nodes.filter(isPrepackaged).map(savedModelInWords)),
    section(
      "Built in, without a folder",
      nodes.filter(isBuiltIn).map(({ name, implementation }) => `${name}: ${implementation}`),
    ),
    section("Before it can be served, mend in the document", findings.list),
    section("Not taken from the document", findings.unused),
    section("Serve it with", commandLines(nodes, { file, components })),
  ];
  return joined(parts);
}

function isPrepackaged({ implementation }: GraphNode): boolean {
  return (implementation ?? "") in prepackaged;
}

function folderInWords({ name, image, variables }: GraphNode, components: string): string {
  const given = variables.MODEL_NAME;
  const what = given
    ? `the class ${given}, which MODEL_NAME of its container names`
    : "Node.py with the class Node, or set MODEL_NAME of its container to the class that it has";
  const from = image ? `, from /app of the image ${image}` : "";
  return `${components}/${name}/: ${what}${from}`;
}

function savedModelInWords({ name, implementation, modelUri }: GraphNode): string {
  if (modelUri === undefined) return `${name}: ${implementation}, whose modelUri is missing`;
  const isHere = modelUri.startsWith("file:") || modelUri.startsWith("/");
  return isHere
    ? `${name}: ${implementation} with the model in ${folderOf(modelUri)}`
    : `${name}: copy ${modelUri} to a folder of this machine, and set modelUri to file:/FOLDER`;
}

function commandLines(nodes: readonly GraphNode[], { file, components }: MigrateWishes): string[] {
  const needsFolder = nodes.some(({ implementation }) => implementation === undefined);
  const words = [
    `drum graph --file ${quoted(file)}`,
    needsFolder ? `--components ${quoted(components)}` : "",
    "--address 127.0.0.1:8080",
    nodes.some(isBandit) ? "--state-dir state" : "",
  ];
  return [words.filter(Boolean).join(" ")];
}
