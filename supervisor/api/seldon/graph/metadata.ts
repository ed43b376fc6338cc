// What a graph says of itself: the metadata of its nodes, and which of their inputs and outputs are those of the graph.

import type { GraphNode } from "../../../model/graph/graph.js";

interface NodeMetadata {
  inputs?: unknown;
  outputs?: unknown;
}

export interface GraphMetadata {
  name: string;
  models: Readonly<Record<string, NodeMetadata>>;
  graphinputs: unknown;
  graphoutputs: unknown;
}

/** `models` holds the metadata of each node by its name. */
export function graphMetadata(
  name: string,
  graph: GraphNode,
  models: Readonly<Record<string, NodeMetadata>>,
): GraphMetadata {
  const ends = endsOf(graph, models);
  return { name, models, graphinputs: ends.inputs ?? [], graphoutputs: ends.outputs ?? [] };
}

/** Those of the first child where the node has none of its own. */
function endsOf(node: GraphNode, models: Readonly<Record<string, NodeMetadata>>): NodeMetadata {
  const own = models[node.name] ?? {};
  const [first] = node.children;
  if (!first) return own;
  const below = endsOf(first, models);
  switch (node.type) {
    case "MODEL":
    case "TRANSFORMER":
      return { inputs: own.inputs, outputs: below.outputs };
    case "OUTPUT_TRANSFORMER":
    case "COMBINER":
      return { inputs: below.inputs, outputs: own.outputs };
    default:
      return below;
  }
}
