// Reads a SeldonDeployment into its graphs. What is wrong with it is collected, so that all of it can be told at once.

import { usage } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import { parseGraph } from "./text.js";

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
}

export interface GraphDocument {
  name: string;
  predictors: readonly Predictor[];
  /** Parts of the document that have no effect here. */
  unused: readonly string[];
}

/** What is wrong with a document, each with its place. */
export class Findings {
  readonly list: string[] = [];

  add(place: string, words: string): void {
    this.list.push(`${place}: ${words}`);
  }
}

type Fields = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isMap(value) ? value : {}).flatMap(([name, item]) => {
      const text = typeof item === "boolean" ? String(item) : textOf(item);
      return text === undefined ? [] : [[name, text]];
    }),
  );

/** Throws USAGE for a text that is no YAML or JSON, and for a document of another kind. */
export function readGraphDocument(text: string, findings: Findings): GraphDocument {
  const found = parseGraph(text);
  if (found.kind !== "SeldonDeployment")
    throw usage(`the graph must be a SeldonDeployment or an InferenceGraph, got ${String(found.kind)}`);
  const spec = isMap(found.spec) ? found.spec : {};
  const metadata = isMap(found.metadata) ? found.metadata : {};
  const shared = textsOf(spec.annotations);
  const predictors = listOf(spec.predictors).flatMap((one, at) =>
    predictorOf(one, `spec.predictors[${at}]`, { findings, shared }),
  );
  if (predictors.length === 0) findings.add("spec.predictors", "there are none");
  return {
    name: textOf(metadata.name) ?? textOf(spec.name) ?? "graph",
    predictors,
    unused: unusedParts(spec),
  };
}

function unusedParts(spec: Fields): string[] {
  const unused: string[] = [];
  const { protocol } = spec;
  if (protocol !== undefined && protocol !== "seldon") unused.push(`spec.protocol ${String(protocol)}`);
  for (const [at, one] of listOf(spec.predictors).entries()) {
    if (!isMap(one)) continue;
    for (const name of ["replicas", "hpaSpec", "svcOrchSpec", "explainer", "engineResources"])
      if (one[name] !== undefined) unused.push(`spec.predictors[${at}].${name}`);
  }
  return unused;
}

interface Context {
  findings: Findings;
  /** Annotations of the whole deployment. */
  shared: Readonly<Record<string, string>>;
}

function predictorOf(predictor: unknown, place: string, { findings, shared }: Context): Predictor[] {
  if (!isMap(predictor)) {
    findings.add(place, "a predictor must be a map");
    return [];
  }
  const name = textOf(predictor.name);
  if (name === undefined) findings.add(place, "it has no name");
  if (!isMap(predictor.graph)) {
    findings.add(`${place}.graph`, "it is missing");
    return [];
  }
  const containers = listOf(predictor.componentSpecs)
    .filter(isMap)
    .flatMap(({ spec }) => (isMap(spec) ? listOf(spec.containers).filter(isMap) : []));
  const reader = new NodeReader(containers, findings);
  const graph = reader.node(predictor.graph, `${place}.graph`);
  if (!graph) return [];
  return [
    {
      name: name ?? `predictor ${place}`,
      graph,
      traffic: typeof predictor.traffic === "number" ? predictor.traffic : 0,
      shadow: predictor.shadow === true,
      annotations: { ...shared, ...textsOf(predictor.annotations) },
    },
  ];
}

class NodeReader {
  private readonly above = new Set<unknown>();

  constructor(
    private readonly containers: readonly Fields[],
    private readonly findings: Findings,
  ) {}

  /** Undefined for what is no node. */
  node(found: unknown, place: string): GraphNode | undefined {
    if (!isMap(found)) {
      this.findings.add(place, "a node must be a map");
      return undefined;
    }
    // An alias of YAML can make a node its own descendant.
    if (this.above.has(found)) {
      this.findings.add(place, "the node is its own descendant");
      return undefined;
    }
    this.above.add(found);
    const children = listOf(found.children).flatMap(
      (child, at) => this.node(child, `${place}.children[${at}]`) ?? [],
    );
    this.above.delete(found);
    const name = textOf(found.name);
    if (name === undefined) this.findings.add(place, "the node has no name");
    const container = this.containers.find((one) => one.name === name);
    const implementation = textOf(found.implementation);
    const variables = listOf(container?.env)
      .filter(isMap)
      .flatMap((one) => {
        const [key, value] = [textOf(one.name), textOf(one.value)];
        return key === undefined || value === undefined ? [] : [[key, value] as const];
      });
    return {
      name: name ?? "node",
      type: this.typeOf(found, place),
      methods: this.methodsOf(found, place),
      implementation: implementation === "UNKNOWN_IMPLEMENTATION" ? undefined : implementation,
      modelUri: textOf(found.modelUri),
      parameters: this.parametersOf(found, place),
      variables: Object.fromEntries(variables),
      image: textOf(container?.image),
      children,
    };
  }

  private typeOf({ type, implementation }: Fields, place: string): NodeType {
    if (type === undefined)
      return builtInTypes[String(implementation)] ?? (implementation ? "MODEL" : "UNKNOWN_TYPE");
    if (nodeTypes.includes(type as NodeType)) return type as NodeType;
    this.findings.add(place, `the type ${String(type)} is unknown; use one of ${nodeTypes.join(", ")}`);
    return "UNKNOWN_TYPE";
  }

  private methodsOf({ methods }: Fields, place: string): NodeMethod[] {
    return listOf(methods).flatMap((one) => {
      if (nodeMethods.includes(one as NodeMethod)) return [one as NodeMethod];
      this.findings.add(place, `the method ${String(one)} is unknown; use one of ${nodeMethods.join(", ")}`);
      return [];
    });
  }

  private parametersOf({ parameters }: Fields, place: string): NodeParameter[] {
    return listOf(parameters).flatMap((one) => {
      const [name, value] = isMap(one) ? [textOf(one.name), one.value] : [];
      if (name !== undefined && value !== undefined)
        return [{ name, value: String(value), type: textOf((one as Fields).type) ?? "STRING" }];
      this.findings.add(place, `the parameter ${JSON.stringify(one)} needs name, value and type`);
      return [];
    });
  }
}

/** The types of what is built in. */
const builtInTypes: Readonly<Record<string, NodeType>> = {
  RANDOM_ABTEST: "ROUTER",
  AVERAGE_COMBINER: "COMBINER",
};
