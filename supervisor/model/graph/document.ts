// Reads a SeldonDeployment into its graphs. What is wrong with it is collected, so that all of it can be told at once.

import { usage } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import { type Fields, listOf, textOf, textsOf } from "./fields.js";
import type { Findings, GraphDocument, Predictor } from "./graph.js";
import { type Container, NodeReader, variablesOf } from "./nodes.js";
import { parseGraph } from "./text.js";

/** Throws USAGE for a text that is no YAML or JSON, and for a graph of another kind. */
export function readGraphDocument(text: string, findings: Findings): GraphDocument {
  const found = parseGraph(text);
  if (found.kind !== "SeldonDeployment")
    throw usage(`the graph must be a SeldonDeployment, got ${String(found.kind)}`);
  const spec = isMap(found.spec) ? found.spec : {};
  const metadata = isMap(found.metadata) ? found.metadata : {};
  const shared = textsOf(spec.annotations);
  if (spec.protocol !== undefined && spec.protocol !== "seldon")
    findings.add("spec.protocol", `${String(spec.protocol)} is not served; use seldon`);
  const predictors = listOf(spec.predictors).flatMap((one, at) =>
    predictorOf(one, `spec.predictors[${at}]`, { findings, shared }),
  );
  if (predictors.length === 0) findings.add("spec.predictors", "there are none");
  return {
    name: textOf(metadata.name) ?? textOf(spec.name) ?? "graph",
    namespace: textOf(metadata.namespace) ?? "default",
    predictors,
    checksHealth: [found, spec].some(
      ({ executor }) => isMap(executor) && String(executor.fullHealthChecks) === "true",
    ),
  };
}

/** Parts of a predictor that only a cluster can use. */
const ofClusters = ["hpaSpec", "kedaSpec", "pdbSpec", "explainer", "engineResources", "ssl"];

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
  if (predictor.replicas !== undefined)
    findings.skip(`${place}.replicas`, "give every node so many workers with --max-workers");
  for (const part of ofClusters) if (predictor[part] !== undefined) findings.skip(`${place}.${part}`);
  const reader = new NodeReader(containersIn(predictor, place), findings);
  const graph = reader.node(predictor.graph, `${place}.graph`);
  if (!graph) return [];
  return [
    {
      name: name ?? `predictor ${place}`,
      graph,
      traffic: trafficOf(predictor, place, findings),
      shadow: predictor.shadow === true,
      annotations: { ...shared, ...textsOf(predictor.annotations) },
      labels: textsOf(predictor.labels),
      variables: executorVariables(predictor, place, findings),
    },
  ];
}

function trafficOf({ traffic = 0 }: Fields, place: string, findings: Findings): number {
  const share = Number(traffic);
  if (Number.isInteger(share) && share >= 0 && share <= 100) return share;
  findings.add(`${place}.traffic`, `it must be a whole number from 0 to 100, got ${String(traffic)}`);
  return 0;
}

/** The only variable of the executor that is read. */
const routingVariable = "SELDON_ENABLE_ROUTING_INJECTION";

function executorVariables(
  { svcOrchSpec }: Fields,
  place: string,
  findings: Findings,
): Record<string, string> {
  if (!isMap(svcOrchSpec)) return {};
  const variables = variablesOf(svcOrchSpec, `${place}.svcOrchSpec`, findings);
  for (const name of Object.keys(variables))
    if (name !== routingVariable) findings.skip(`${place}.svcOrchSpec.env ${name}`);
  return variables;
}

function containersIn({ componentSpecs }: Fields, place: string): Container[] {
  return listOf(componentSpecs).flatMap((one, at) => {
    const spec = isMap(one) && isMap(one.spec) ? one.spec : {};
    return listOf(spec.containers).flatMap((fields, number) =>
      isMap(fields) ? [{ fields, place: `${place}.componentSpecs[${at}].spec.containers[${number}]` }] : [],
    );
  });
}
