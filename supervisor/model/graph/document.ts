// Reads a SeldonDeployment into its graphs. What is wrong with it is collected, so that all of it can be told at once.

import { usage } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import { type Fields, listOf, skipOthers, textOf, textsOf } from "./fields.js";
import { type Findings, type GraphDocument, nodesOf, type Predictor } from "./graph.js";
import { type Container, NodeReader, variablesOf } from "./nodes.js";
import { parseGraph } from "./text.js";

/** Throws USAGE for a text that is no YAML or JSON, and for a graph of another kind. */
export function readGraphDocument(text: string, findings: Findings): GraphDocument {
  const found = parseGraph(text);
  if (found.kind !== "SeldonDeployment")
    throw usage(
      `expected a SeldonDeployment, got an ${String(found.kind)}, which drum graph serves as it is; see docs/kserve.md`,
    );
  const spec = isMap(found.spec) ? found.spec : {};
  const metadata = isMap(found.metadata) ? found.metadata : {};
  const shared = textsOf(spec.annotations);
  if (spec.protocol !== undefined && spec.protocol !== "seldon")
    findings.add("spec.protocol", `${String(spec.protocol)} is not served; use seldon`);
  if (spec.predictors !== undefined && !Array.isArray(spec.predictors))
    findings.add("spec.predictors", "it must be a list");
  const predictors = listOf(spec.predictors).flatMap((one, at) =>
    predictorOf(one, `spec.predictors[${at}]`, { findings, shared }),
  );
  if (predictors.length === 0 && findings.list.length === 0)
    findings.add("spec.predictors", "there are none; a deployment needs one with a graph");
  return {
    name: textOf(metadata.name) ?? textOf(spec.name) ?? "graph",
    namespace: textOf(metadata.namespace) ?? "default",
    predictors,
    checksHealth: [found, spec].some(
      ({ executor }) => isMap(executor) && String(executor.fullHealthChecks) === "true",
    ),
  };
}

const readOfPredictors = [
  "name",
  "graph",
  "componentSpecs",
  "traffic",
  "shadow",
  "annotations",
  "labels",
  "svcOrchSpec",
  "replicas",
];

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
  skipOthers(predictor, readOfPredictors, place, findings);
  const containers = containersIn(predictor, place, findings);
  const reader = new NodeReader(containers, findings);
  const graph = reader.node(predictor.graph, `${place}.graph`);
  if (!graph) return [];
  const names = nodesOf(graph).map((one) => one.name);
  for (const { fields, place: where } of containers)
    if (!names.includes(String(fields.name))) findings.skip(where, `no node is named ${String(fields.name)}`);
  checkTimeout(predictor, shared, place, findings);
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

function checkTimeout({ annotations }: Fields, shared: Fields, place: string, findings: Findings): void {
  const limit = { ...shared, ...textsOf(annotations) }["seldon.io/rest-timeout"];
  if (limit === undefined || Number(limit) > 0) return;
  findings.add(
    `${place}.annotations`,
    `seldon.io/rest-timeout must be a number of milliseconds above 0, got ${limit}`,
  );
}

function containersIn({ componentSpecs }: Fields, place: string, findings: Findings): Container[] {
  return listOf(componentSpecs).flatMap((one, at) => {
    if (isMap(one)) skipOthers(one, ["spec", "metadata"], `${place}.componentSpecs[${at}]`, findings);
    const spec = isMap(one) && isMap(one.spec) ? one.spec : {};
    return listOf(spec.containers).flatMap((fields, number) =>
      isMap(fields) ? [{ fields, place: `${place}.componentSpecs[${at}].spec.containers[${number}]` }] : [],
    );
  });
}
