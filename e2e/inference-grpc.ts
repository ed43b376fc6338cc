// A client of the Open Inference Protocol over gRPC, of health and of reflection, for the end-to-end tests.

import path from "node:path";
import {
  type CallOptions,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { root } from "./drum.js";

type Call = (
  message: object,
  options: CallOptions,
  callback: (error: ServiceError | null, answer: never) => void,
) => unknown;
export type Stub = Record<string, Call> & {
  close(): void;
  ModelStreamInfer(): ClientDuplexStream<object, Record<string, unknown>>;
  Watch(message: object): ClientReadableStream<{ status: string }>;
  ServerReflectionInfo(): ClientDuplexStream<object, Record<string, unknown>>;
};

const packages = path.join(root, "node_modules");
const files = {
  "inference.GRPCInferenceService": path.join(root, "protos/inference.proto"),
  "grpc.health.v1.Health": path.join(packages, "grpc-health-check/proto/health/v1/health.proto"),
  "grpc.reflection.v1.ServerReflection": path.join(
    packages,
    "@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto",
  ),
};

/** A client of one of the services at a port of this machine. */
export function stubOf(port: number, service: keyof typeof files = "inference.GRPCInferenceService"): Stub {
  const loaded = loadSync(files[service], { keepCase: true, longs: String, enums: String, defaults: true });
  let found: unknown = loadPackageDefinition(loaded);
  for (const part of service.split(".")) found = (found as Record<string, unknown>)[part];
  return new (found as new (address: string, how: object) => Stub)(
    `127.0.0.1:${port}`,
    credentials.createInsecure(),
  );
}

/** Throws the error of the call, which has a status as its `code`. */
export function ask<Answer = Record<string, unknown>>(
  stub: Stub,
  method: string,
  message: object = {},
  options: CallOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    stub[method]!(message, options, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

/** A request with one column `a` of one row. */
export const rowOf = (model: string, value: number) => ({
  model_name: model,
  inputs: [{ name: "a", datatype: "FP64", shape: [1], contents: { fp64_contents: [value] } }],
});
