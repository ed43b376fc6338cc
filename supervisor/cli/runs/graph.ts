// `drum graph`: serves the graphs of a SeldonDeployment. Every node with code is a deployment of its own.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { counted } from "../../counted.js";
import { usage } from "../../errors.js";
import type { Log } from "../../log.js";
import { componentFile } from "../../model/component.js";
import { checkGraph, folderOf, isBuiltIn, nodesOf } from "../../model/graph/check.js";
import {
  Findings,
  type GraphDocument,
  type GraphNode,
  type Predictor,
  readGraphDocument,
} from "../../model/graph/document.js";
import { drawGraph } from "../../model/graph/draw.js";
import { type ModelWishes, readModel } from "../../model/model.js";
import type { Variables } from "../../places.js";
import { readLanguages } from "../../runtimes/language.js";
import type { DeploymentSettings } from "../../serving/deployment/deployment.js";
import { CustomMetrics } from "../../serving/metrics/custom-metrics.js";
import type { WorkerSettings } from "../../serving/release/settings.js";
import { parseParameters } from "../config/wrapper.js";
import type { Address } from "../options/option.js";
import type { ServedModel } from "../steps/served-models.js";
import { type BuildApi, type ServerConfig, server, withoutOptions } from "./server.js";

export interface GraphFile {
  file: string;
  components: string | undefined;
}

export interface GraphConfig extends GraphFile, Pick<ModelWishes, "runtimes" | "places"> {
  address: Address;
  loggingLevel: string;
  maxBodyMemory: number;
  workers: WorkerSettings;
  variables: Variables;
}

/** Resolves with 1 if something is wrong with the document. */
export async function checkGraphFile(config: GraphFile): Promise<number> {
  const { document, findings } = read(config);
  for (const one of findings.list) process.stdout.write(`${one}\n`);
  for (const one of document.unused) process.stdout.write(`${one}: it has no effect here\n`);
  if (findings.list.length > 0) return 1;
  const nodes = document.predictors.flatMap(({ graph }) => nodesOf(graph));
  process.stdout.write(
    `${document.name}: ${counted(document.predictors.length, "predictor")}, ${counted(nodes.length, "node")}, nothing is wrong\n`,
  );
  return 0;
}

export async function drawGraphFile({ file }: Pick<GraphFile, "file">): Promise<number> {
  process.stdout.write(drawGraph(readGraphDocument(readFileSync(file, "utf8"), new Findings())));
  return 0;
}

function read({ file, components }: GraphFile): { document: GraphDocument; findings: Findings } {
  const findings = new Findings();
  const document = readGraphDocument(readFileSync(file, "utf8"), findings);
  checkGraph(document, components, findings);
  return { document, findings };
}

/** Resolves with the exit code after the server has ended. Throws USAGE that lists all that is wrong with the document. */
export async function graph(config: GraphConfig): Promise<number> {
  const { document, findings } = read(config);
  if (findings.list.length > 0)
    throw usage(`${config.file} cannot be served:\n  ${findings.list.join("\n  ")}`);
  for (const one of document.unused)
    process.stderr.write(`drum: ${config.file}: ${one} has no effect here\n`);
  const nameOf = namesIn(document);
  const { variables, components, file, ...shared } = config;
  const settings = serverConfig(shared);
  const nodes = nodesWithCode(document, nameOf);
  const buildApi: BuildApi = async (models, { settings: api, log }) => {
    const [{ buildGraphServer }, { Graphs }, { Wrapper }] = await Promise.all([
      import("../../api/seldon/graph/server.js"),
      import("../../api/seldon/graph/graphs.js"),
      import("../../api/seldon/wrapper.js"),
    ]);
    const metrics = new CustomMetrics({ deployment_name: document.name }, (text) => log.warn(text));
    const metadata = { text: undefined, imageName: undefined, imageVersion: undefined };
    const wrapped = models.all.filter(({ release }) => release.model.component);
    const wrappers = new Map(
      wrapped.map((deployment) => [deployment.name, new Wrapper(deployment, { metadata, metrics, log })]),
    );
    const graphs = new Graphs(models, {
      document,
      nameOf,
      wrappers,
      tellsRouting: Boolean(variables.SELDON_ENABLE_ROUTING_INJECTION),
      log,
    });
    return buildGraphServer(models, { settings: api, log, graphs });
  };
  return server(settings, { buildApi, read: (log) => readNodes(nodes, { settings, components, log }) });
}

type NameOf = (predictor: Predictor, node: GraphNode) => string;

/** Nodes of several predictors may have the same name. */
function namesIn({ predictors }: GraphDocument): NameOf {
  return predictors.length === 1
    ? (_predictor, { name }) => name
    : (predictor, { name }) => `${predictor.name}.${name}`;
}

interface NamedNode {
  name: string;
  node: GraphNode;
  predictor: Predictor;
}

function nodesWithCode({ predictors }: GraphDocument, nameOf: NameOf): NamedNode[] {
  return predictors.flatMap((predictor) =>
    nodesOf(predictor.graph)
      .filter((node) => !isBuiltIn(node))
      .map((node) => ({ name: nameOf(predictor, node), node, predictor })),
  );
}

async function readNodes(
  nodes: readonly NamedNode[],
  { settings, components, log }: { settings: ServerConfig; components: string | undefined; log: Log },
): Promise<ServedModel[]> {
  const read = nodes.map(async ({ name, node, predictor }) => {
    const folder = node.modelUri ? folderOf(node.modelUri) : path.join(components ?? ".", node.name);
    const own: DeploymentSettings = { ...settings, name, ...componentOf(node, folder, settings) };
    const limit = Number(predictor.annotations["seldon.io/rest-timeout"]);
    if (limit > 0) own.workers = { ...own.workers, requestTimeout: limit };
    const model = await readModel(own, path.resolve(folder), (text) => log.info(text));
    return { model, settings: own };
  });
  return Promise.all(read);
}

/** The wrapper class of a node: the one that its container names, or else Node. Nothing for a code directory. */
export function componentOf(
  node: Pick<GraphNode, "name" | "variables" | "parameters" | "image">,
  folder: string,
  { places }: ServerConfig,
): Partial<ModelWishes> {
  const name = node.variables.MODEL_NAME ?? "Node";
  const languages = readLanguages(places.workerFolders);
  const hasClass = languages.some((language) => componentFile(folder, name, language));
  if (!hasClass && node.variables.MODEL_NAME === undefined && hasFiles(folder)) return {};
  const parameters = parseParameters(JSON.stringify(node.parameters));
  const component = { name, parameters, unit: node.name, image: node.image ?? "", tells_metrics: true };
  return { component, targetType: "unstructured" };
}

function hasFiles(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}

export function serverConfig(shared: Omit<GraphConfig, "variables" | "components" | "file">): ServerConfig {
  return {
    ...withoutOptions,
    ...shared,
    installDeps: false,
    codeDirectories: [],
    namesModels: true,
    isOneOfSeveral: true,
    refusesUnusedRuntimes: false,
    language: undefined,
    token: undefined,
  };
}
