// `drum graph`: serves the graphs of a SeldonDeployment. Every node with code is a deployment of its own.

import { readFileSync } from "node:fs";
import path from "node:path";
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
import type { Variables } from "../../places.js";
import { readLanguages } from "../../runtimes/language.js";
import type { DeploymentSettings } from "../../serving/deployment/deployment.js";
import { BuiltInNode } from "../../serving/graph/built-in/built-in.js";
import { Records } from "../../serving/graph/records.js";
import { Shadow } from "../../serving/graph/shadow.js";
import { CustomMetrics } from "../../serving/metrics/custom-metrics.js";
import { ExecutorMetrics } from "../../serving/metrics/executor-metrics.js";
import type { WorkerSettings } from "../../serving/release/settings.js";
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
  /** The folder of what routers learn and shadows answer. */
  stateFolder: string | undefined;
  /** Undefined without gRPC. */
  grpcAddress: Address | undefined;
  workers: WorkerSettings;
  variables: Variables;
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
  const nameOf = namesIn(document);
  const { variables, components, file: _, stateFolder, grpcAddress, ...shared } = config;
  const settings = serverConfig(shared);
  const builtIn = builtInNodes(document, nameOf, stateFolder);
  if (stateFolder === undefined && [...builtIn.keys()].some(isBandit))
    process.stderr.write("drum: what routers learn is lost at the end; keep it with --state-dir\n");
  const nodes = nodesWithCode(document, nameOf);
  const buildApi: BuildApi = async (models, { settings: api, log }) => {
    const [{ buildGraphServer }, { GraphRequests }, { Graphs }, { labelsOf }, { Wrapper }] =
      await Promise.all([
        import("../../api/seldon/graph/server.js"),
        import("../../api/seldon/graph/requests.js"),
        import("../../api/seldon/graph/graphs.js"),
        import("../../api/seldon/graph/nodes.js"),
        import("../../api/seldon/wrapper.js"),
      ]);
    const custom = new CustomMetrics({ deployment_name: document.name }, (text) => log.warn(text));
    const metrics = new ExecutorMetrics(() => learnedBy(builtIn));
    const metadata = { text: undefined, imageName: undefined, imageVersion: undefined };
    const wrappers = new Map(
      nodes.flatMap(({ name, node, predictor }) => {
        const deployment = models.find(name);
        if (!deployment.release.model.component) return [];
        const labels = labelsOf(predictor, node, document.name);
        return [[name, new Wrapper(deployment, { metadata, metrics: custom, labels, log })] as const];
      }),
    );
    const graphs = new Graphs(models, {
      document,
      checksHealth: document.checksHealth || variables.EXECUTOR_FULL_HEALTH_CHECKS === "true",
      answererOf: (predictor, node) => {
        const known = builtIn.get(node);
        if (known) return { builtIn: known };
        const name = nameOf(predictor, node);
        return { deployment: models.find(name), wrapper: wrappers.get(name) };
      },
      metrics,
      tellsRouting: Boolean(variables.SELDON_ENABLE_ROUTING_INJECTION),
      shadow: shadowOf(document, stateFolder, log),
      log,
    });
    const headers = {
      deployment: document.name,
      namespace: document.namespace,
      allowedOrigins: variables.CORS_ALLOWED_ORIGINS || "*",
      allowedHeaders: variables.CORS_ALLOWED_HEADERS || "*",
    };
    const requests = new GraphRequests(graphs, { name: document.name, metrics });
    const app = await buildGraphServer(models, { settings: api, log, requests, metrics, custom, headers });
    if (grpcAddress) {
      const [{ serveGrpc }, { graphCalls, graphServices }] = await Promise.all([
        import("../../api/seldon/grpc/server.js"),
        import("../../api/seldon/graph/grpc.js"),
      ]);
      const end = await serveGrpc(graphCalls(requests), {
        ...grpcAddress,
        log,
        protos: path.join(config.places.packageDirectory, "protos"),
        maxMessageSize: config.workers.maxBodySize,
        services: graphServices,
      });
      app.addHook("onClose", async () => end());
    }
    return app;
  };
  return server(settings, { buildApi, read: (log) => readNodes(nodes, { settings, components, log }) });
}

/** Throws STATE_UNUSABLE. */
function builtInNodes(
  { predictors }: GraphDocument,
  nameOf: NameOf,
  stateFolder: string | undefined,
): Map<GraphNode, BuiltInNode> {
  const made = new Map<GraphNode, BuiltInNode>();
  for (const predictor of predictors) {
    for (const node of nodesOf(predictor.graph).filter(isBuiltIn))
      made.set(node, new BuiltInNode(node, { name: nameOf(predictor, node), stateFolder }));
  }
  return made;
}

function learnedBy(builtIn: ReadonlyMap<GraphNode, BuiltInNode>) {
  return [...builtIn].flatMap(([{ name }, { bandit }]) =>
    (bandit?.branches ?? []).map((one, branch) => ({ router: name, branch, ...one })),
  );
}

function shadowOf(
  { predictors }: GraphDocument,
  stateFolder: string | undefined,
  log: Log,
): Shadow | undefined {
  const found = predictors.find(({ shadow }) => shadow);
  if (!found) return undefined;
  const records =
    stateFolder === undefined
      ? undefined
      : new Records(path.join(stateFolder, `${found.name}.shadow.jsonl`), (text) => log.warn(text));
  return new Shadow(found.name, records);
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
  const languages = readLanguages(settings.places.workerFolders);
  const read = nodes.map(async ({ name, node, predictor }) => {
    const { folder, wishes } = nodeFolder(node, { components: components ?? ".", languages });
    const workerEnvironment = { ...settings.places.workerEnvironment, ...node.variables };
    const places = { ...settings.places, workerEnvironment };
    const own: DeploymentSettings = { ...settings, places, name, ...wishes };
    const limit = Number(predictor.annotations["seldon.io/rest-timeout"]);
    if (limit > 0) own.workers = { ...own.workers, requestTimeout: limit };
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
