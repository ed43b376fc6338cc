// The inference graphs of a SeldonDeployment.

export const nodeTypes = [
  "MODEL",
  "TRANSFORMER",
  "OUTPUT_TRANSFORMER",
  "ROUTER",
  "COMBINER",
  "UNKNOWN_TYPE",
] as const;
export type NodeType = (typeof nodeTypes)[number];

/** Calls that a node gets beside those of its type. */
export const nodeMethods = [
  "TRANSFORM_INPUT",
  "TRANSFORM_OUTPUT",
  "ROUTE",
  "AGGREGATE",
  "SEND_FEEDBACK",
] as const;
export type NodeMethod = (typeof nodeMethods)[number];

export interface NodeParameter {
  name: string;
  value: string;
  type: string;
}

/** A check of a node that is repeated. Times are in milliseconds. */
export interface Probe {
  /** liveness: a node that fails is started anew. readiness: its graph is not ready. startup: the time that it has to load. */
  kind: "liveness" | "readiness" | "startup";
  /** Whether the node's health_status is asked; else whether its worker runs. */
  asksHealth: boolean;
  delay: number;
  period: number;
  timeout: number;
  /** So many failures in a row count. */
  failures: number;
}

export interface GraphNode {
  name: string;
  type: NodeType;
  methods: readonly NodeMethod[];
  /** A built-in router or combiner, or a prepackaged server. */
  implementation: string | undefined;
  /** Of a prepackaged server. */
  modelUri: string | undefined;
  parameters: readonly NodeParameter[];
  /** Variables of its container. */
  variables: Readonly<Record<string, string>>;
  image: string | undefined;
  /** Those of its container that are used. */
  probes: readonly Probe[];
  children: readonly GraphNode[];
}

export interface Predictor {
  name: string;
  graph: GraphNode;
  /** Percent of the requests. */
  traffic: number;
  /** Gets a copy of every request; its answers are not given to callers. */
  shadow: boolean;
  annotations: Readonly<Record<string, string>>;
  /** Variables of its executor (svcOrchSpec). */
  variables: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
}

export interface GraphDocument {
  name: string;
  namespace: string;
  predictors: readonly Predictor[];
  /** Whether a graph is ready only if every node says that it is healthy. */
  checksHealth: boolean;
}

/** What is found in a document, each with its place. */
export class Findings {
  /** What is wrong. */
  readonly list: string[] = [];
  /** What has no effect here, with the reason in brackets. */
  readonly unused: string[] = [];

  add(place: string, words: string): void {
    this.list.push(`${place}: ${words}`);
  }

  skip(place: string, why?: string): void {
    this.unused.push(why ? `${place} (${why})` : place);
  }
}

/** A node and all below it, parents first. */
export function nodesOf(node: GraphNode): GraphNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}

/** The types of what is built in. */
export const builtInTypes: Readonly<Record<string, NodeType>> = {
  RANDOM_ABTEST: "ROUTER",
  EPSILON_GREEDY: "ROUTER",
  THOMPSON_SAMPLING: "ROUTER",
  AVERAGE_COMBINER: "COMBINER",
};
