// The gRPC server of Seldon's services, with health and reflection. What answers their calls is not its concern.

import path from "node:path";
import {
  type handleUnaryCall,
  logVerbosity,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type ServiceError,
  setLogVerbosity,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { HealthImplementation } from "grpc-health-check";
import { DrumError, messageOf } from "../../../errors.js";
import type { Log } from "../../../log.js";
import { Departure } from "../../../serving/worker/departure.js";

export interface GrpcWishes {
  host: string;
  port: number;
  /** Folder of the .proto files. */
  protos: string;
  /** Bytes. */
  maxMessageSize: number;
  log: Log;
  /** Names of services, without their package; all if it is left out. */
  services?: readonly string[];
}

export type Method = MethodDefinition<unknown, unknown>;

export interface GrpcCall {
  /** Of the method, such as Predict. */
  name: string;
  /** The message as it came. */
  request: Buffer;
  method: Method;
  departure: Departure;
}

/** Resolves with the message of the answer. A thrown error is a DrumError, or has a status as its `code`. */
export type AnswerCall = (call: GrpcCall) => Promise<Buffer>;

/** Listens, and resolves with what ends it within the drain of the server. Throws ADDRESS_UNUSABLE. */
export async function serveGrpc(
  answer: AnswerCall,
  { host, port, protos, maxMessageSize, log, services: wanted }: GrpcWishes,
): Promise<() => void> {
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const loaded = loadSync(path.join(protos, "seldon.proto"), {
    keepCase: true,
    longs: Number,
    enums: String,
    oneofs: false,
  });
  // It writes to standard error what is told as an error below.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    "grpc.max_receive_message_length": maxMessageSize,
    "grpc.max_send_message_length": -1,
  });
  const services = Object.entries(loaded).filter(
    ([name, one]) => !("format" in one) && (wanted?.includes(name.split(".").at(-1)!) ?? true),
  ) as [string, ServiceDefinition][];
  for (const [, definition] of services)
    server.addService(mapValues(definition, asBytes), implementationOf(definition, answer));
  const health = new HealthImplementation(
    Object.fromEntries(["", ...services.map(([name]) => name)].map((name) => [name, "SERVING"])),
  );
  health.addToServer(server);
  new ReflectionService(loaded, { services: services.map(([name]) => name) }).addToServer(server as never);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  }).catch((error) => {
    throw new DrumError(
      "ADDRESS_UNUSABLE",
      `cannot listen on ${address}: ${messageOf(error)}; choose another with --grpc-port`,
      { cause: error },
    );
  });
  log.info(`gRPC is at ${address}`);
  return () => server.forceShutdown();
}

function mapValues<Item, Made>(items: Readonly<Record<string, Item>>, make: (item: Item) => Made) {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, make(item)]));
}

/** The method with messages left as they come: a class may read them itself. */
function asBytes(method: Method): MethodDefinition<Buffer, Buffer> {
  const keep = (bytes: Buffer) => bytes;
  return { ...method, requestDeserialize: keep, responseSerialize: keep } as MethodDefinition<Buffer, Buffer>;
}

function implementationOf(definition: ServiceDefinition, answer: AnswerCall): UntypedServiceImplementation {
  const handlers = Object.entries(definition).map(([name, method]) => {
    const handler: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
      const departure = new Departure();
      call.on("cancelled", () => departure.leave());
      answer({ name, request: call.request, method, departure }).then(
        (message) => callback(null, message),
        (error) => callback(asServiceError(error)),
      );
    };
    return [name, handler];
  });
  return Object.fromEntries(handlers);
}

/** The message of a call. Throws INTERNAL for bytes that are none. */
export function messageIn({ method, request }: GrpcCall): unknown {
  try {
    return method.requestDeserialize(request);
  } catch (error) {
    throw refused(`the message cannot be read: ${messageOf(error)}`, status.INTERNAL);
  }
}

/** An error with a status of gRPC. */
export function refused(words: string, code: status): Error {
  return Object.assign(new Error(words), { code });
}

const codes: Readonly<Record<string, status>> = {
  DEADLINE_PASSED: status.DEADLINE_EXCEEDED,
  QUEUE_FULL: status.RESOURCE_EXHAUSTED,
  NOT_READY: status.UNAVAILABLE,
  DRAINING: status.UNAVAILABLE,
  CLIENT_GONE: status.CANCELLED,
  MODEL_UNKNOWN: status.NOT_FOUND,
};

/** The status of a failed call. */
export function statusOfError({ code = "" }: Error & { code?: string | number }): status {
  return typeof code === "number" ? code : (codes[code] ?? status.UNKNOWN);
}

function asServiceError(error: Error): Partial<ServiceError> {
  return { code: statusOfError(error), details: error.message };
}
