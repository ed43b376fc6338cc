// `drum graph` for an InferenceGraph of KServe. Every service that is a folder is a deployment of its own.

import { readFileSync } from "node:fs";
import { counted } from "../../counted.js";
import { usage } from "../../errors.js";
import { nodeFolder } from "../../model/graph/component.js";
import { Findings } from "../../model/graph/graph.js";
import { checkInferenceGraph, servicesOf } from "../../model/graph/inference-graph/check.js";
import { type InferenceGraph, readInferenceGraph } from "../../model/graph/inference-graph/document.js";
import { drawInferenceGraph } from "../../model/graph/inference-graph/draw.js";
import { parseGraph } from "../../model/graph/text.js";
import { readModel } from "../../model/model.js";
import { readLanguages } from "../../runtimes/language.js";
import type { DeploymentSettings } from "../../serving/deployment/deployment.js";
import { CustomMetrics } from "../../serving/metrics/custom-metrics.js";
import { type GraphConfig, type GraphFile, serverConfig } from "./graph.js";
import { type BuildApi, type Host, type ServerConfig, server } from "./server.js";

/** Resolves with 1 if something is wrong with the document. */
export async function checkInferenceGraphFile(config: GraphFile): Promise<number> {
  const { graph, findings } = read(config);
  for (const one of findings.list) process.stdout.write(`${one}\n`);
  for (const one of findings.unused) process.stdout.write(`${one} has no effect here\n`);
  if (findings.list.length > 0) return 1;
  const counts = `${counted(graph.nodes.size, "node")}, ${counted(servicesOf(graph).length, "folder")}`;
  process.stdout.write(`${graph.name}: ${counts}, nothing is wrong\n`);
  return 0;
}

export async function drawInferenceGraphFile({ file }: Pick<GraphFile, "file">): Promise<number> {
  process.stdout.write(drawInferenceGraph(read({ file, components: undefined }).graph));
  return 0;
}

function read({ file, components }: GraphFile): { graph: InferenceGraph; findings: Findings } {
  const findings = new Findings();
  const graph = readInferenceGraph(parseGraph(readFileSync(file, "utf8")), findings);
  checkInferenceGraph(graph, components, findings);
  return { graph, findings };
}

/** Resolves with the exit code after the server has ended. Throws USAGE that lists all that is wrong with the document. */
export async function inferenceGraph(config: GraphConfig): Promise<number> {
  const { variables, components = ".", file, stateFolder: _, grpcAddress, ...shared } = config;
  const { graph, findings } = read({ file, components });
  if (findings.list.length > 0) throw usage(`${file} cannot be served:\n  ${findings.list.join("\n  ")}`);
  if (grpcAddress) findings.skip("--grpc-port", "only a SeldonDeployment is served over gRPC");
  for (const one of findings.unused) process.stderr.write(`drum: ${file}: ${one} has no effect here\n`);
  const settings = serverConfig(withTimeout(shared, graph));
  const { PassedHeaders } = await import("../../api/kserve/headers.js");
  const passed = new PassedHeaders(variables.PROPAGATE_HEADERS);
  const buildApi: BuildApi = async (models, { settings: api, log }) => {
    const [{ buildInferenceServer }, { Services }] = await Promise.all([
      import("../../api/kserve/server.js"),
      import("../../api/kserve/services.js"),
    ]);
    const metrics = new CustomMetrics({ deployment_name: graph.name }, (text) => log.warn(text));
    const limits = { time: api.requestTimeout, size: api.maxBodySize };
    const services = new Services(models, { metrics, log, limits });
    return buildInferenceServer(models, { settings: api, log, graph, services, metrics, passed });
  };
  return server(settings, { buildApi, read: readServices(graph, components, settings) });
}

/** The limit of the document is that of every call, in seconds. */
function withTimeout(config: SharedConfig, { serviceTimeout }: InferenceGraph): SharedConfig {
  if (serviceTimeout === undefined) return config;
  return {
    ...config,
    workers: {
      ...config.workers,
      requestTimeout: serviceTimeout * 1000,
      requestTimeoutName: "routerTimeouts.serviceClient",
    },
  };
}

type SharedConfig = Parameters<typeof serverConfig>[0];

const bareNode = {
  variables: {},
  parameters: [],
  image: undefined,
  implementation: undefined,
  modelUri: undefined,
};

function readServices(
  graph: InferenceGraph,
  components: string,
  settings: ServerConfig,
): NonNullable<Host["read"]> {
  const languages = readLanguages(settings.places.workerFolders);
  return (log) =>
    Promise.all(
      servicesOf(graph).map(async (name) => {
        const { folder, wishes } = nodeFolder({ ...bareNode, name }, { components, languages });
        const own: DeploymentSettings = { ...settings, name, ...wishes };
        const model = await readModel(own, folder, (text) => log.info(text));
        return { model, settings: own };
      }),
    );
}
