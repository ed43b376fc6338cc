// `drum graph`, `drum graph check` and `drum graph draw` for each kind of document.

import { readFileSync } from "node:fs";
import { parseGraph } from "../../model/graph/text.js";
import { checkGraphFile, drawGraphFile, type GraphConfig, type GraphFile, graph } from "./graph.js";
import { checkInferenceGraphFile, drawInferenceGraphFile, inferenceGraph } from "./inference-graph.js";

function isInferenceGraph({ file }: Pick<GraphFile, "file">): boolean {
  return parseGraph(readFileSync(file, "utf8")).kind === "InferenceGraph";
}

/** Resolves with the exit code after the server has ended. */
export async function serveGraph(config: GraphConfig): Promise<number> {
  return isInferenceGraph(config) ? inferenceGraph(config) : graph(config);
}

/** Resolves with 1 if something is wrong with the document. */
export async function checkAnyGraph(config: GraphFile): Promise<number> {
  return isInferenceGraph(config) ? checkInferenceGraphFile(config) : checkGraphFile(config);
}

export async function drawAnyGraph(config: Pick<GraphFile, "file">): Promise<number> {
  return isInferenceGraph(config) ? drawInferenceGraphFile(config) : drawGraphFile(config);
}
