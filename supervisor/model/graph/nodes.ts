// Reads the nodes of a graph.

import { isMap } from "../../formats/json.js";
import { type Fields, listOf, skipOthers, textOf } from "./fields.js";
import {
  builtInTypes,
  type Findings,
  type GraphNode,
  type NodeMethod,
  type NodeParameter,
  type NodeType,
  nodeMethods,
  nodeTypes,
} from "./graph.js";
import { probesOf } from "./probes.js";

/** The container of a node, and its place in the document. */
export interface Container {
  fields: Fields;
  place: string;
}

export class NodeReader {
  private readonly above = new Set<unknown>();

  constructor(
    private readonly containers: readonly Container[],
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
    const container = this.containers.find(({ fields }) => fields.name === name);
    skipOthers(found, readOfNodes, place, this.findings);
    for (const part of ofContainers)
      if (container?.fields[part] !== undefined) this.findings.skip(`${container.place}.${part}`);
    const implementation = textOf(found.implementation);
    return {
      name: name ?? "node",
      type: this.typeOf(found, place),
      methods: this.methodsOf(found, place),
      implementation: implementation === "UNKNOWN_IMPLEMENTATION" ? undefined : implementation,
      modelUri: textOf(found.modelUri),
      parameters: this.parametersOf(found, place),
      variables: container ? variablesOf(container.fields, container.place, this.findings) : {},
      image: textOf(container?.fields.image),
      probes: container ? probesOf(container.fields, container.place, this.findings) : [],
      children,
    };
  }

  private typeOf({ type, implementation }: Fields, place: string): NodeType {
    if (type === undefined || type === "UNKNOWN_TYPE")
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

/** The variables that a container, or the executor, gives by value; `findings` get those that come from a cluster. */
export function variablesOf({ env }: Fields, place: string, findings: Findings): Record<string, string> {
  const pairs = listOf(env)
    .filter(isMap)
    .flatMap((one) => {
      const [key, value] = [textOf(one.name), textOf(one.value)];
      if (key !== undefined && value !== undefined) return [[key, value] as const];
      findings.skip(`${place}.env ${key}`, "only the cluster knows its value; set it where drum graph runs");
      return [];
    });
  return Object.fromEntries(pairs);
}

/** What only a cluster can use of a container. */
const ofContainers = ["args", "command", "envFrom", "lifecycle", "resources", "volumeMounts"];

const readOfNodes = ["name", "type", "children", "methods", "implementation", "modelUri", "parameters"];
