// `drum server`: serves models over HTTP, and over gRPC if it is given an address for it.

import path from "node:path";
import type { Address } from "../options/option.js";
import { checkAddress, isLoopback, listenBeside } from "../steps/address.js";
import { type BuildApi, type ServerConfig, server } from "./server.js";

export interface DrumServerConfig extends ServerConfig {
  grpcAddress: Address | undefined;
}

/** Resolves with the exit code after the server has ended. */
export async function drumServer({ grpcAddress, ...config }: DrumServerConfig): Promise<number> {
  const option = "--grpc-address";
  const buildApi: BuildApi = async (models, api) => {
    const app = await (await import("../../api/server.js")).buildServer(models, api);
    if (!grpcAddress) return app;
    const [{ GrpcServer }, { inferenceCalls }, { areReady }] = await Promise.all([
      import("../../api/grpc/server.js"),
      import("../../api/inference-v2/grpc/service.js"),
      import("../../api/inference-v2/served.js"),
    ]);
    const grpc = new GrpcServer({
      proto: path.join(config.places.packageDirectory, "protos", "inference.proto"),
      answer: inferenceCalls({
        models,
        repository: api.repository,
        tokens: config.repositoryControl || isLoopback(grpcAddress.host) ? undefined : api.settings.tokens,
        log: api.log,
      }),
      isReady: () => areReady(models),
      limits: api.settings,
    });
    await listenBeside(app, grpc, { address: grpcAddress, option, log: api.log });
    return app;
  };
  if (grpcAddress) await checkAddress(grpcAddress, option);
  return server(config, { buildApi });
}
