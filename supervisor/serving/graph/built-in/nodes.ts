// The built-in nodes of a document, and what its routers have learned.

import path from "node:path";
import { isBuiltIn } from "../../../model/graph/check.js";
import { type GraphDocument, type GraphNode, nodesOf } from "../../../model/graph/graph.js";
import type { LearnedBranch } from "../../metrics/executor-metrics.js";
import { BuiltInNode } from "./built-in.js";

/** Throws STATE_UNUSABLE. */
export function builtInNodes(
  { predictors }: GraphDocument,
  stateFolder: string | undefined,
): ReadonlyMap<GraphNode, BuiltInNode> {
  const made = new Map<GraphNode, BuiltInNode>();
  for (const { name, graph } of predictors) {
    for (const node of nodesOf(graph).filter(isBuiltIn)) {
      // Named alike whether or not there are other predictors, so that a router keeps what it learned when one is added.
      const file = stateFolder && path.join(stateFolder, `${name}.${node.name}.json`);
      made.set(node, new BuiltInNode(node, file));
    }
  }
  return made;
}

export function learnedBy(
  { predictors }: GraphDocument,
  builtIn: ReadonlyMap<GraphNode, BuiltInNode>,
): LearnedBranch[] {
  return predictors.flatMap(({ name: predictor, graph }) =>
    nodesOf(graph).flatMap((node) => {
      const branches = builtIn.get(node)?.bandit?.branches ?? [];
      return branches.map((one, branch) => ({ predictor, router: node.name, branch, ...one }));
    }),
  );
}
