// `drum graph`: serves the graphs of a SeldonDeployment. Every node with code is a deployment of its own.

import { readFileSync } from "node:fs";
import { counted } from "../../counted.js";
import { usage } from "../../errors.js";
import type { Log } from "../../log.js";
import { checkGraph, isBandit, isBuiltIn } from "../../model/graph/check.js";
import { nodeFolder } from "../../model/graph/component.js";
import { readGraphDocument } from "../../model/graph/document.js";
import { drawGraph } from "../../model/graph/draw.js";
import {
  Findings,
  type GraphDocument,
  type GraphNode,
  nodesOf,
  type Predictor,
} from "../../model/graph/graph.js";
import { type ModelWishes, readModel } from "../../model/model.js";
import { readLanguages } from "../../runtimes/language.js";
import type { DeploymentSettings } from "../../serving/deployment/deployment.js";
import { builtInNodes } from "../../serving/graph/built-in/nodes.js";
import { withStateFolder } from "../../serving/graph/state-folder.js";
import type { WorkerSettings } from "../../serving/release/settings.js";
import type { Address } from "../options/option.js";
import { checkAddress } from "../steps/address.js";
import type { ServedModel } from "../steps/served-models.js";
import { type GraphApiConfig, graphApi, type NamedNode } from "./graph-api.js";
import { type ServerConfig, server, withoutOptions } from "./server.js";

export interface GraphFile {
  file: string;
  components: string | undefined;
}

export interface GraphConfig extends GraphFile, GraphApiConfig, Pick<ModelWishes, "runtimes" | "places"> {
  address: Address;
  loggingLevel: string;
  maxBodyMemory: number;
}

/** Resolves with 1 if something is wrong with the document. */
export async function checkGraphFile(config: GraphFile): Promise<number> {
  const { document, findings } = read(config);
  for (const one of findings.list) process.stdout.write(`${one}\n`);
  for (const one of findings.unused) process.stdout.write(`${one} has no effect here\n`);
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
  const { document, findings } = read({ ...config, components: config.components ?? "." });
  if (findings.list.length > 0)
    throw usage(`${config.file} cannot be served:\n  ${findings.list.join("\n  ")}`);
  for (const one of findings.unused)
    process.stderr.write(`drum: ${config.file}: ${one} has no effect here\n`);
  if (config.grpcAddress) await checkAddress(config.grpcAddress, "--grpc-port");
  const nameOf = namesIn(document);
  const { variables, components, file: _, stateFolder, grpcAddress, ...shared } = config;
  const settings = serverConfig(shared);
  const nodes = nodesWithCode(document, nameOf);
  const serve = () => {
    const builtIn = builtInNodes(document, stateFolder);
    const buildApi = graphApi({ document, nodes, builtIn, config });
    return server(settings, { buildApi, read: (log) => readNodes(nodes, { settings, components, log }) });
  };
  if (stateFolder !== undefined) return withStateFolder(stateFolder, serve);
  if (document.predictors.flatMap(({ graph }) => nodesOf(graph)).some(isBandit))
    process.stderr.write("drum: what routers learn is lost at the end; keep it with --state-dir\n");
  return serve();
}

type NameOf = (predictor: Predictor, node: GraphNode) => string;

/** Nodes of several predictors may have the same name. */
function namesIn({ predictors }: GraphDocument): NameOf {
  return predictors.length === 1
    ? (_predictor, { name }) => name
    : (predictor, { name }) => `${predictor.name}.${name}`;
}

function nodesWithCode({ predictors }: GraphDocument, nameOf: NameOf): NamedNode[] {
  return predictors.flatMap((predictor) =>
    nodesOf(predictor.graph)
      .filter((node) => !isBuiltIn(node))
      .map((node) => ({ name: nameOf(predictor, node), node, predictor })),
  );
}

/** As Seldon's wrapper reads them in a container. */
function workersOf({ variables }: GraphNode): Partial<WorkerSettings> {
  const count = (text: string | undefined) => (/^[1-9]\d*$/.test(text ?? "") ? Number(text) : undefined);
  const [workers, threads] = [count(variables.GUNICORN_WORKERS), count(variables.GUNICORN_THREADS)];
  return { ...(workers && { maxWorkers: workers }), ...(threads && { workerThreads: threads }) };
}

const timeoutName = "seldon.io/rest-timeout";

async function readNodes(
  nodes: readonly NamedNode[],
  { settings, components, log }: { settings: ServerConfig; components: string | undefined; log: Log },
): Promise<ServedModel[]> {
  const languages = readLanguages(settings.places.workerFolders);
  const read = nodes.map(async ({ name, node, predictor }) => {
    const { folder, wishes } = nodeFolder(node, {
      components: components ?? ".",
      predictor: predictor.name,
      languages,
    });
    const workerEnvironment = { ...settings.places.workerEnvironment, ...node.variables };
    const places = { ...settings.places, workerEnvironment };
    const own: DeploymentSettings = { ...settings, places, name, ...wishes };
    const limit = Number(predictor.annotations[timeoutName]);
    if (limit > 0) own.workers = { ...own.workers, requestTimeout: limit, requestTimeoutName: timeoutName };
    own.workers = { ...own.workers, ...workersOf(node) };
    const startup = node.probes.find(({ kind }) => kind === "startup");
    if (startup)
      own.workers = { ...own.workers, startTimeout: startup.delay + startup.period * startup.failures };
    const model = await readModel(own, folder, (text) => log.info(text));
    return { model, settings: own };
  });
  return Promise.all(read);
}

export function serverConfig(
  shared: Omit<GraphConfig, "variables" | "components" | "file" | "stateFolder" | "grpcAddress">,
): ServerConfig {
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
