// Checks graphs before anything starts: names, children, implementations, traffic, and the folders of their nodes.

import { existsSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../errors.js";
import { componentParameters } from "../parameters/component-parameters.js";
import { folderIn, folderOf, prepackaged } from "./component.js";
import {
  builtInTypes,
  type Findings,
  type GraphDocument,
  type GraphNode,
  type NodeType,
  nodesOf,
} from "./graph.js";

/** Routers and combiners that need no folder. */
export const builtIn = ["RANDOM_ABTEST", "EPSILON_GREEDY", "THOMPSON_SAMPLING", "AVERAGE_COMBINER"] as const;
export function isBuiltIn({ implementation }: Pick<GraphNode, "implementation">): boolean {
  return builtIn.includes(implementation as never);
}

/** Whether the node is a router that learns from feedback. */
export function isBandit({ implementation }: Pick<GraphNode, "implementation">): boolean {
  return implementation === "EPSILON_GREEDY" || implementation === "THOMPSON_SAMPLING";
}

/** `components` is the folder with one folder a node. */
export function checkGraph(
  document: GraphDocument,
  components: string | undefined,
  findings: Findings,
): void {
  const { predictors } = document;
  const names = predictors.map(({ name }) => name);
  for (const name of repeated(names)) findings.add(`predictor ${name}`, "the name is used twice");
  checkTraffic(document, findings);
  for (const { name, graph } of predictors) {
    const nodes = nodesOf(graph);
    for (const node of repeated(nodes.map((one) => one.name)))
      findings.add(
        `predictor ${name}`,
        `the node ${node} is there twice; a graph has no cycles, and each node one name`,
      );
    for (const node of nodes)
      checkNode(node, `predictor ${name}, node ${node.name}`, { components, predictor: name, findings });
  }
  if (components !== undefined) checkImages(document, components, findings);
}

function repeated(names: readonly string[]): Set<string> {
  return new Set(names.filter((name, at) => names.indexOf(name) !== at));
}

function checkTraffic({ predictors }: GraphDocument, findings: Findings): void {
  const shadows = predictors.filter(({ shadow }) => shadow);
  const served = predictors.filter(({ shadow }) => !shadow);
  if (shadows.length > 1) findings.add("spec.predictors", `${shadows.length} are shadows; one may be`);
  if (shadows.length > 0 && served.length === 0)
    findings.add("spec.predictors", "a shadow needs a predictor that answers");
  const sum = served.reduce((total, { traffic }) => total + traffic, 0);
  if (served.length > 1 && sum !== 100)
    findings.add("spec.predictors", `their traffic adds up to ${sum}, expected 100`);
}

/** How many children a type needs. */
const arity: Partial<Record<NodeType, number>> = { ROUTER: 1, COMBINER: 1 };

/** One folder cannot hold what two images hold. */
function checkImages({ predictors }: GraphDocument, components: string, findings: Findings): void {
  const known = new Map<string, { image: string; predictor: string }>();
  for (const { name: predictor, graph } of predictors) {
    for (const { name, image, implementation } of nodesOf(graph)) {
      if (image === undefined || implementation) continue;
      const folder = folderIn(components, name, predictor);
      const other = known.get(folder);
      if (other && other.image !== image)
        findings.add(
          `predictor ${predictor}, node ${name}`,
          `its image ${image} is not that of predictor ${other.predictor} (${other.image}), but ${folder} is for both; make ${path.join(components, `${predictor}.${name}`)}`,
        );
      known.set(folder, { image, predictor });
    }
  }
}

interface Context {
  components: string | undefined;
  predictor: string;
  findings: Findings;
}

/** Names become folders and parts of URLs. */
const namePattern = /^[A-Za-z0-9][\w.-]*$/;

function checkNode(node: GraphNode, place: string, { components, predictor, findings }: Context): void {
  const { name, type, methods, implementation, children } = node;
  if (!namePattern.test(name))
    findings.add(place, "a name has letters, digits, - _ and . alone, and begins with a letter or digit");
  const least = implementation === "RANDOM_ABTEST" ? 2 : (arity[type] ?? 0);
  if (children.length < least)
    findings.add(
      place,
      `a ${implementation ?? type} needs ${least === 1 ? "a child" : `${least} children`}, it has ${children.length}`,
    );
  if (implementation === "RANDOM_ABTEST" && children.length > 2)
    findings.add(place, `a RANDOM_ABTEST has 2 children, it has ${children.length}`);
  const expected = builtInTypes[implementation ?? ""];
  if (expected && type !== expected)
    findings.add(place, `a ${implementation} is a ${expected}, and its type is ${type}; leave the type out`);
  if (implementation === "RANDOM_ABTEST") checkRatio(node, place, findings);
  if (isBandit(node)) checkBandit(node, place, findings);
  if (type === "UNKNOWN_TYPE" && methods.length === 0)
    findings.add(
      place,
      "it has neither a type nor methods, so nothing would call it; write type: MODEL, or what it is",
    );
  const isKnown = !implementation || isBuiltIn(node) || implementation in prepackaged;
  if (!isKnown) {
    const known = [...builtIn, ...Object.keys(prepackaged)].join(", ");
    findings.add(
      place,
      `the implementation ${implementation} is not served; use one of ${known}, or a folder`,
    );
  }
  if (!isBuiltIn(node)) checkParameters(node, place, findings);
  if (implementation && implementation in prepackaged) checkModelUri(node, place, findings);
  else if (!implementation && components !== undefined && namePattern.test(name)) {
    const folder = folderIn(components, name, predictor);
    if (!existsSync(folder))
      findings.add(place, `there is no folder ${folder}; make it, or name its parent with --components`);
  }
}

function checkRatio({ parameters }: GraphNode, place: string, findings: Findings): void {
  const [only, ...others] = parameters;
  if (only?.name !== "ratioA" || others.length > 0) {
    if (only) findings.skip(`${place}: its parameters`, "ratioA is read if it is the only one");
  } else if (!(Number(only.value) >= 0 && Number(only.value) <= 1))
    findings.add(place, `ratioA must be a number from 0 to 1, got ${only.value}`);
}

/** What a bandit takes as parameters; Seldon's own takes more, which only change what it logs and remembers. */
const banditParameters: Readonly<Record<string, (value: string) => string | undefined>> = {
  n_branches: (value) => (/^\d+$/.test(value) ? undefined : "a whole number"),
  epsilon: (value) => (Number(value) >= 0 && Number(value) <= 1 ? undefined : "a number from 0 to 1"),
  seed: (value) => (/^\d+$/.test(value) ? undefined : "a whole number"),
};

function checkBandit(
  { parameters, children, implementation }: GraphNode,
  place: string,
  findings: Findings,
): void {
  for (const { name, value } of parameters) {
    const check = banditParameters[name];
    const expected = check?.(value);
    if (!check) findings.skip(`${place}: the parameter ${name} of ${implementation}`);
    else if (expected) findings.add(place, `${name} must be ${expected}, got ${value}`);
    else if (name === "n_branches" && Number(value) !== children.length)
      findings.add(place, `n_branches is ${value}, and the number of its children is ${children.length}`);
  }
}

function checkParameters({ parameters }: GraphNode, place: string, findings: Findings): void {
  try {
    componentParameters(parameters, "a parameter");
  } catch (error) {
    findings.add(place, messageOf(error));
  }
}

function checkModelUri({ modelUri }: GraphNode, place: string, findings: Findings): void {
  if (modelUri === undefined) findings.add(place, "a prepackaged server needs modelUri");
  else if (!modelUri.startsWith("file:") && !path.isAbsolute(modelUri))
    findings.add(
      place,
      `modelUri must be a folder of this machine (file:/…), got ${modelUri}; copy the model`,
    );
  else if (!existsSync(folderOf(modelUri))) findings.add(place, `there is no folder ${folderOf(modelUri)}`);
}
