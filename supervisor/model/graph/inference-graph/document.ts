// Reads an InferenceGraph of KServe into its nodes. What is wrong with it is collected, so that all of it can be told at once.

import { isMap } from "../../../formats/json.js";
import type { Findings } from "../graph.js";

export const routerTypes = ["Sequence", "Splitter", "Ensemble", "Switch"] as const;
export type RouterType = (typeof routerTypes)[number];

/** What a step asks: another node of the graph, a folder, or an address. */
export type Target = { kind: "node" | "service" | "url"; name: string };

export interface GraphStep {
  name: string | undefined;
  target: Target;
  /** In a Sequence: gets the answer of the step before, not the request. */
  takesResponse: boolean;
  /** In a Sequence: what came as predictions goes on as instances. */
  mapsPredictions: boolean;
  /** In a Splitter: percent of the requests. */
  weight: number | undefined;
  /** In a Switch and a Sequence: a path of gjson; empty for none. */
  condition: string;
  /** In a Sequence and an Ensemble: whether its failure is that of the node. */
  isHard: boolean;
}

export interface RouterNode {
  name: string;
  type: RouterType;
  steps: readonly GraphStep[];
}

export interface InferenceGraph {
  name: string;
  nodes: ReadonlyMap<string, RouterNode>;
  /** Seconds that each call of a service may take. */
  serviceTimeout: number | undefined;
}

/** The node that gets the requests. */
export const rootName = "root";

type Fields = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null || value === "" ? undefined : String(value);

export function readInferenceGraph({ metadata, spec }: Fields, findings: Findings): InferenceGraph {
  const reader = new Reader(findings);
  const nodes = reader.nodes(isMap(spec) ? spec.nodes : undefined);
  const name = isMap(metadata) ? textOf(metadata.name) : undefined;
  if (name === undefined) findings.add("metadata.name", "it is missing");
  const timeouts = isMap(spec) && isMap(spec.routerTimeouts) ? spec.routerTimeouts : {};
  for (const one of Object.keys(isMap(spec) ? spec : {}))
    if (one !== "nodes" && one !== "routerTimeouts") findings.skip(`spec.${one}`);
  for (const one of Object.keys(timeouts))
    if (one !== "serviceClient") findings.skip(`spec.routerTimeouts.${one}`);
  for (const one of unreached(nodes)) findings.skip(`node ${one}, which no step leads to`);
  return {
    name: name ?? "graph",
    nodes,
    // As in Go, 0 stands for no limit.
    serviceTimeout:
      reader.wholeNumber(timeouts.serviceClient, "spec.routerTimeouts.serviceClient") || undefined,
  };
}

function unreached(nodes: InferenceGraph["nodes"]): string[] {
  const reached = new Set<string>();
  const left = [rootName];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    for (const { target } of nodes.get(name)?.steps ?? []) if (target.kind === "node") left.push(target.name);
  }
  return [...nodes.keys()].filter((name) => !reached.has(name));
}

class Reader {
  constructor(private readonly findings: Findings) {}

  nodes(found: unknown): ReadonlyMap<string, RouterNode> {
    if (!isMap(found)) {
      this.findings.add("spec.nodes", "it must be a map of nodes");
      return new Map();
    }
    return new Map(
      Object.entries(found).flatMap(([name, node]) => {
        const place = `node ${name}`;
        if (isMap(node)) return [[name, this.node(node, name)] as const];
        this.findings.add(place, "it must be a map");
        return [];
      }),
    );
  }

  private node({ routerType, steps }: Fields, name: string): RouterNode {
    const place = `node ${name}`;
    if (!routerTypes.includes(routerType as RouterType))
      this.findings.add(
        place,
        `the routerType ${routerType === undefined ? "is missing" : `${String(routerType)} is unknown`}; use one of ${routerTypes.join(", ")}`,
      );
    const type = routerType as RouterType;
    const list = Array.isArray(steps) ? (steps as unknown[]) : [];
    if (list.length === 0) this.findings.add(place, "it has no steps");
    return { name, type, steps: list.flatMap((step, at) => this.step(step, type, `${place}, step ${at}`)) };
  }

  private step(found: unknown, type: RouterType, place: string): GraphStep[] {
    if (!isMap(found)) {
      this.findings.add(place, "a step must be a map");
      return [];
    }
    const target = this.target(found, place);
    if (!target) return [];
    this.tellUnused(found, type, place);
    const { dependency, data } = found;
    if (dependency && dependency !== "Hard" && dependency !== "Soft")
      this.findings.add(place, `the dependency must be Hard or Soft, got ${String(dependency)}`);
    return [
      {
        name: textOf(found.name),
        target,
        takesResponse: data === "$response",
        mapsPredictions: found.mapPredictionsToInstances === true,
        weight: this.wholeNumber(found.weight, `${place}, weight`),
        condition: textOf(found.condition) ?? "",
        isHard: dependency === "Hard",
      },
    ];
  }

  private target({ nodeName, serviceName, serviceUrl }: Fields, place: string): Target | undefined {
    const given = { node: textOf(nodeName), service: textOf(serviceName), url: textOf(serviceUrl) };
    const targets = Object.entries(given).flatMap(([kind, name]) =>
      name === undefined ? [] : [{ kind, name } as Target],
    );
    if (targets.length === 1) return targets[0];
    this.findings.add(
      place,
      `it needs one of nodeName, serviceName and serviceUrl, it has ${targets.length === 0 ? "none" : targets.length}`,
    );
    return undefined;
  }

  /** What this kind of node does not look at. */
  private tellUnused(found: Fields, type: RouterType, place: string): void {
    for (const [name, types] of Object.entries(usedIn))
      if (found[name] && routerTypes.includes(type) && !types.includes(type))
        this.findings.skip(`${place}: ${name}, which no ${type} reads`);
    const { data } = found;
    if (type === "Sequence" && data && data !== "$response" && data !== "$request")
      this.findings.skip(`${place}: data ${String(data)}, which is neither $request nor $response`);
    if (type === "Switch" && !found.condition)
      this.findings.skip(`${place}, which has no condition and is never taken`);
  }

  wholeNumber(value: unknown, place: string): number | undefined {
    if (value === undefined || value === null) return undefined;
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
    this.findings.add(place, `it must be a whole number from 0 on, got ${JSON.stringify(value)}`);
    return undefined;
  }
}

const usedIn: Readonly<Record<string, readonly RouterType[]>> = {
  data: ["Sequence"],
  mapPredictionsToInstances: ["Sequence"],
  weight: ["Splitter"],
  condition: ["Sequence", "Switch"],
  dependency: ["Sequence", "Ensemble"],
};
