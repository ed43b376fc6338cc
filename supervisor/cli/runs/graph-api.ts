// The API of a SeldonDeployment: its graphs over REST and gRPC, with what they measure, learn and compare.

import path from "node:path";
import type { Log } from "../../log.js";
import type { GraphDocument, GraphNode, Predictor } from "../../model/graph/graph.js";
import type { Places, Variables } from "../../places.js";
import type { BuiltInNode } from "../../serving/graph/built-in/built-in.js";
import { learnedBy } from "../../serving/graph/built-in/nodes.js";
import { Records } from "../../serving/graph/records.js";
import { Shadow } from "../../serving/graph/shadow.js";
import { CustomMetrics } from "../../serving/metrics/custom-metrics.js";
import { ExecutorMetrics } from "../../serving/metrics/executor-metrics.js";
import type { WorkerSettings } from "../../serving/release/settings.js";
import type { Address } from "../options/option.js";
import { listenBeside } from "../steps/address.js";
import type { BuildApi } from "./server.js";

/** A node with code, under the name of its deployment. */
export interface NamedNode {
  name: string;
  node: GraphNode;
  predictor: Predictor;
}

export interface GraphApiConfig {
  /** The folder of what routers learn and shadows answer. */
  stateFolder: string | undefined;
  /** Undefined without gRPC. */
  grpcAddress: Address | undefined;
  variables: Variables;
  workers: WorkerSettings;
  places: Places;
}

export interface GraphParts {
  document: GraphDocument;
  /** Those with code. */
  nodes: readonly NamedNode[];
  builtIn: ReadonlyMap<GraphNode, BuiltInNode>;
  config: GraphApiConfig;
}

export function graphApi({ document, nodes, builtIn, config }: GraphParts): BuildApi {
  const { variables, stateFolder, grpcAddress } = config;
  return async (models, { settings: api, log }) => {
    const [{ buildGraphServer }, { GraphRequests }, { Graphs }, { labelsOf }, { Wrapper }] =
      await Promise.all([
        import("../../api/seldon/graph/server.js"),
        import("../../api/seldon/graph/requests.js"),
        import("../../api/seldon/graph/graphs.js"),
        import("../../api/seldon/graph/nodes.js"),
        import("../../api/seldon/wrapper.js"),
      ]);
    const custom = new CustomMetrics({ deployment_name: document.name }, (text) => log.warn(text));
    const metrics = new ExecutorMetrics(() => learnedBy(document, builtIn));
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
      answererOf: (node) => {
        const known = builtIn.get(node);
        if (known) return { builtIn: known };
        const { name } = nodes.find((one) => one.node === node)!;
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
      const [{ GrpcServer }, { graphCalls, graphServices }] = await Promise.all([
        import("../../api/grpc/server.js"),
        import("../../api/seldon/graph/grpc.js"),
      ]);
      const grpc = new GrpcServer({
        proto: path.join(config.places.packageDirectory, "protos", "seldon.proto"),
        services: graphServices,
        answer: graphCalls(requests),
        limits: api,
      });
      await listenBeside(app, grpc, { address: grpcAddress, option: "--grpc-port", log });
    }
    return app;
  };
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
