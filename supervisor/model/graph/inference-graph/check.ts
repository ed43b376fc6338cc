// Checks an InferenceGraph before anything starts: nodes and cycles, weights, conditions, addresses, and the folders of services.

import { existsSync } from "node:fs";
import path from "node:path";
import { pathFault } from "../../../formats/gjson/path.js";
import type { Findings } from "../graph.js";
import { type GraphStep, type InferenceGraph, type RouterNode, rootName } from "./document.js";

/** `components` is the folder with one folder a service. */
export function checkInferenceGraph(
  graph: InferenceGraph,
  components: string | undefined,
  findings: Findings,
): void {
  const { name, nodes } = graph;
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name))
    findings.add("metadata.name", `use lower-case letters, digits and -, a letter first; got ${name}`);
  if (!nodes.has(rootName))
    findings.add("spec.nodes", `there is no node ${rootName}, which gets the requests`);
  for (const node of nodes.values()) {
    checkNames(node, findings);
    if (node.type === "Splitter") checkWeights(node, findings);
    for (const [at, step] of node.steps.entries())
      checkStep(step, `node ${node.name}, step ${at}`, { nodes, components, findings });
    checkConditions(node, findings);
  }
  checkCycles(nodes, findings);
}

/** The folders that a graph asks, each once. */
export function servicesOf({ nodes }: InferenceGraph): string[] {
  const steps = [...nodes.values()].flatMap((node) => node.steps);
  const names = steps.flatMap(({ target }) => (target.kind === "service" ? [target.name] : []));
  return [...new Set(names)];
}

/** The key of a step's answer in an Ensemble. */
export function keyOf({ name }: GraphStep, at: number): string {
  return name ?? String(at);
}

function checkNames({ name, type, steps }: RouterNode, findings: Findings): void {
  const keys = type === "Ensemble" ? steps.map(keyOf) : steps.flatMap((step) => step.name ?? []);
  for (const one of new Set(keys.filter((key, at) => keys.indexOf(key) !== at)))
    findings.add(`node ${name}`, `two steps are named ${one}; give each a name of its own`);
}

function checkWeights({ name, steps }: RouterNode, findings: Findings): void {
  const missing = steps.findIndex(({ weight }) => weight === undefined);
  if (missing >= 0) findings.add(`node ${name}, step ${missing}`, "a step of a Splitter needs a weight");
  const sum = steps.reduce((total, { weight = 0 }) => total + weight, 0);
  if (sum !== 100) findings.add(`node ${name}`, `the weights add up to ${sum}, expected 100`);
}

function checkConditions({ name, type, steps }: RouterNode, findings: Findings): void {
  if (type === "Sequence" && steps[0]?.condition)
    findings.add(
      `node ${name}, step 0`,
      "its condition looks at the answer of a step before, and there is none; move it to the next step, or use a Switch",
    );
  if (type !== "Sequence" && type !== "Switch") return;
  for (const [at, { condition }] of steps.entries()) {
    const fault = condition ? pathFault(condition) : undefined;
    if (fault !== undefined)
      findings.add(`node ${name}, step ${at}`, `the condition cannot be used: ${fault}`);
  }
}

interface Context {
  nodes: InferenceGraph["nodes"];
  components: string | undefined;
  findings: Findings;
}

function checkStep({ target }: GraphStep, place: string, { nodes, components, findings }: Context): void {
  const { kind, name } = target;
  if (kind === "node" && !nodes.has(name)) findings.add(place, `there is no node ${name}`);
  if (kind === "url") checkUrl(name, place, findings);
  if (kind !== "service") return;
  // The name becomes a folder and a part of addresses.
  if (!/^\w[\w.-]*$/.test(name)) {
    findings.add(place, `a serviceName has letters, digits, - and . alone, got ${name}`);
  } else if (components !== undefined) {
    const folder = path.join(components, name);
    if (!existsSync(folder)) findings.add(place, `there is no folder ${folder}`);
  }
}

function checkUrl(text: string, place: string, findings: Findings): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    findings.add(place, `a serviceUrl begins with http:// or https://, got ${text}`);
  else if (url.username || url.password)
    findings.add(place, `a serviceUrl must not hold a password: ${url.origin}`);
}

/** A request would go round for ever. */
function checkCycles(nodes: InferenceGraph["nodes"], findings: Findings): void {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    const at = trail.indexOf(name);
    if (at >= 0)
      findings.add(`node ${name}`, `it leads to itself: ${[...trail.slice(at), name].join(" -> ")}`);
    if (at >= 0 || done.has(name)) return;
    for (const { target } of nodes.get(name)?.steps ?? [])
      if (target.kind === "node") visit(target.name, [...trail, name]);
    done.add(name);
  };
  for (const name of nodes.keys()) visit(name, []);
}
