// `drum microservice`: serves a wrapper class on Seldon's routes and over gRPC, and what it measures on a port of its own.

import { join } from "node:path";
import type { Value } from "../../../protocol/messages.js";
import type { Log } from "../../log.js";
import type { ModelWishes } from "../../model/model.js";
import type { Variables } from "../../places.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import { OwnService } from "../../serving/deployment/own-service.js";
import { CustomMetrics } from "../../serving/metrics/custom-metrics.js";
import type { WorkerSettings } from "../../serving/release/settings.js";
import type { Address } from "../options/option.js";
import { checkAddress, listenAt, listenBeside } from "../steps/address.js";
import { type BuildApi, server, withoutOptions } from "./server.js";

export interface WrapperConfig extends Pick<ModelWishes, "language" | "runtimes" | "installDeps" | "places"> {
  parameters: Record<string, Value>;
  address: Address;
  metricsAddress: Address;
  /** Undefined without gRPC. */
  grpcAddress: Address | undefined;
  loggingLevel: string;
  logsResponses: boolean;
  /** Bytes. */
  maxBodyMemory: number;
  workers: WorkerSettings;
  variables: Variables;
}

/** Resolves with the exit code after the server has ended. */
export async function microservice(name: string, config: WrapperConfig): Promise<number> {
  const { variables, parameters, metricsAddress, grpcAddress, logsResponses, ...shared } = config;
  const proto = join(config.places.packageDirectory, "protos", "seldon.proto");
  const unit = variables.PREDICTIVE_UNIT_ID || null;
  const component = {
    name,
    parameters,
    unit,
    image: unit && (variables.PREDICTIVE_UNIT_IMAGE || `${unset}:${unset}`),
    tells_metrics: isTrue(variables.INCLUDE_METRICS_IN_CLIENT_RESPONSE ?? "true"),
  };
  const buildApi: BuildApi = async (models, { settings, log }) => {
    const [{ buildMetrics, buildWrapper }, { Wrapper }] = await Promise.all([
      import("../../api/seldon/server.js"),
      import("../../api/seldon/wrapper.js"),
    ]);
    const metrics = new CustomMetrics(labelsOf(variables), (text) => log.warn(text));
    const [imageName, imageVersion] = imageOf(variables);
    const metadata = { text: variables.MODEL_METADATA, imageName, imageVersion };
    const ignoresRewards = variables.SELDON_EXECUTOR_ENABLED?.toLowerCase() === "false";
    const wrapper = new Wrapper(models.only, { metadata, metrics, log, ignoresRewards });
    const passesBodies = isTrue(variables.PAYLOAD_PASSTHROUGH ?? "false");
    const app = await buildWrapper(wrapper, { settings, log, logsResponses, passesBodies });
    const path = variables.PREDICTIVE_UNIT_METRICS_ENDPOINT || "/metrics";
    const beside = buildMetrics(metrics, path);
    log.info(`metrics are at ${await listenAt(beside, metricsAddress, "--metrics-port")}`);
    app.addHook("onClose", () => beside.close());
    if (grpcAddress) {
      const [{ GrpcServer }, { wrapperCalls }] = await Promise.all([
        import("../../api/grpc/server.js"),
        import("../../api/seldon/grpc/wrapper.js"),
      ]);
      const grpc = new GrpcServer({ proto, answer: wrapperCalls(wrapper), limits: settings });
      await listenBeside(app, grpc, { address: grpcAddress, option: "--grpc-port", log });
    }
    const service = serviceOf(models.only, { workers: config.workers, log });
    app.addHook("onClose", () => service.end());
    return app;
  };
  await checkAddress(metricsAddress, "--metrics-port");
  if (grpcAddress) await checkAddress(grpcAddress, "--grpc-port");
  return server(
    {
      ...withoutOptions,
      ...shared,
      component,
      targetType: "unstructured",
      codeDirectories: [process.cwd()],
      namesModels: false,
      isOneOfSeveral: false,
      refusesUnusedRuntimes: true,
      token: variables.DRUM_TOKEN || undefined,
    },
    { buildApi },
  );
}

/** Runs the service of the class as soon as the class is loaded, if it has one. */
function serviceOf({ release }: Deployment, settings: { workers: WorkerSettings; log: Log }): OwnService {
  const service = new OwnService(release.model, settings);
  const start = () => {
    if (release.route.scorer.loaded?.hooks.includes("custom_service")) void service.run();
  };
  release.loaded.then(start, () => {});
  return service;
}

/** As Seldon's wrapper reads its switches. */
function isTrue(text: string): boolean {
  return ["1", "true", "t"].includes(text.toLowerCase());
}

const unset = "NOT_IMPLEMENTED";

/** The labels of every series. */
function labelsOf(variables: Variables): Record<string, string> {
  const deployment = variables.SELDON_DEPLOYMENT_ID || unset;
  const [imageName, imageVersion] = imageOf(variables).map((part) => part || unset) as [string, string];
  return {
    deployment_name: deployment,
    seldon_deployment_name: deployment,
    model_name: variables.PREDICTIVE_UNIT_ID || unset,
    model_image: imageName,
    image_name: imageName,
    model_version: imageVersion,
    image_version: imageVersion,
    predictor_name: variables.PREDICTOR_ID || unset,
    predictor_version: versionIn(variables.PREDICTOR_LABELS) || unset,
    worker_id: String(process.pid),
  };
}

/** The name and version of the image; empty if they are not known. */
function imageOf({ PREDICTIVE_UNIT_IMAGE: image = "" }: Variables): [string, string] {
  const at = image.lastIndexOf(":");
  return at === -1 ? [image, ""] : [image.slice(0, at), image.slice(at + 1)];
}

function versionIn(labels: string | undefined): string | undefined {
  try {
    const { version } = JSON.parse(labels ?? "{}") as { version?: unknown };
    return version === undefined ? undefined : String(version);
  } catch {
    return undefined;
  }
}
