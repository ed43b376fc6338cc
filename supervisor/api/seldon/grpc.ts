// Seldon's wrapper over gRPC: the services that its clients call, with health and reflection.

import path from "node:path";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type ServiceError,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { HealthImplementation } from "grpc-health-check";
import { DrumError, messageOf as wordsOf } from "../../errors.js";
import { Departure } from "../../serving/worker/departure.js";
import {
  jsonOfFeedback,
  jsonOfMessage,
  messageOf,
  type ProtoFeedback,
  type ProtoMessage,
  parseAnswer,
} from "./proto-json.js";
import type { labels, Wrapper } from "./wrapper.js";

export interface GrpcWishes {
  /** `HOST:PORT`. */
  address: string;
  /** Folder of the .proto files. */
  protos: string;
  /** Bytes. */
  maxMessageSize: number;
}

/** What each call asks of the class; its argument becomes the message. */
const calls: Readonly<Record<string, { method: keyof typeof labels; json: (request: never) => string }>> = {
  Predict: { method: "predict", json: jsonOfMessage },
  TransformInput: { method: "transform_input", json: jsonOfMessage },
  TransformOutput: { method: "transform_output", json: jsonOfMessage },
  Route: { method: "route", json: jsonOfMessage },
  Aggregate: {
    method: "aggregate",
    json: ({ seldonMessages = [] }: { seldonMessages?: ProtoMessage[] }) =>
      `[${seldonMessages.map(jsonOfMessage).join(",")}]`,
  },
  SendFeedback: { method: "send_feedback", json: (feedback: ProtoFeedback) => jsonOfFeedback(feedback) },
};

/** Listens, and resolves with what ends it within the drain of the server. Throws ADDRESS_UNUSABLE. */
export async function serveGrpc(
  wrapper: Wrapper,
  { address, protos, maxMessageSize }: GrpcWishes,
): Promise<() => void> {
  const loaded = loadSync(path.join(protos, "seldon.proto"), {
    keepCase: true,
    longs: Number,
    enums: String,
    oneofs: false,
  });
  const server = new Server({
    "grpc.max_receive_message_length": maxMessageSize,
    "grpc.max_send_message_length": -1,
  });
  const services = Object.entries(loaded).filter(([, one]) => !("format" in one)) as [
    string,
    ServiceDefinition,
  ][];
  for (const [, definition] of services) server.addService(definition, implementationOf(definition, wrapper));
  const health = new HealthImplementation(
    Object.fromEntries(["", ...services.map(([name]) => name)].map((name) => [name, "SERVING"])),
  );
  health.addToServer(server);
  new ReflectionService(loaded).addToServer(server as never);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  }).catch((error) => {
    throw new DrumError(
      "ADDRESS_UNUSABLE",
      `cannot listen on ${address}: ${wordsOf(error)}; choose another with --grpc-port`,
      { cause: error },
    );
  });
  return () => server.forceShutdown();
}

function implementationOf(definition: ServiceDefinition, wrapper: Wrapper): UntypedServiceImplementation {
  return Object.fromEntries(Object.keys(definition).map((name) => [name, handlerOf(name, wrapper)]));
}

function handlerOf(name: string, wrapper: Wrapper): handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    const departure = new Departure();
    call.on("cancelled", () => departure.leave());
    answer(name, call.request, { wrapper, departure }).then(
      (message) => callback(null, message),
      (error) => callback(asServiceError(error)),
    );
  };
}

async function answer(
  name: string,
  request: unknown,
  { wrapper, departure }: { wrapper: Wrapper; departure: Departure },
): Promise<unknown> {
  if (name === "Metadata" || name === "ModelMetadata") return wrapper.metadata();
  const call = calls[name];
  if (!call) throw Object.assign(new Error("a wrapper has no graph"), { code: status.UNIMPLEMENTED });
  if (request && hasTensorProto(request as ProtoMessage))
    throw Object.assign(new Error("tftensor is not read over gRPC; send tensor"), {
      code: status.INVALID_ARGUMENT,
    });
  const result = await wrapper.call(call.method, call.json(request as never), departure);
  const told = parseAnswer(result.message);
  if (result.status >= 400) throw new Error(told.status?.info ?? result.message);
  return messageOf(told);
}

function hasTensorProto({ data }: ProtoMessage): boolean {
  return data?.tftensor !== undefined;
}

const codes: Readonly<Record<string, status>> = {
  DEADLINE_PASSED: status.DEADLINE_EXCEEDED,
  QUEUE_FULL: status.RESOURCE_EXHAUSTED,
  NOT_READY: status.UNAVAILABLE,
  DRAINING: status.UNAVAILABLE,
  CLIENT_GONE: status.CANCELLED,
};

function asServiceError(error: Error & { code?: string | number }): Partial<ServiceError> {
  const { code = "" } = error;
  return {
    code: typeof code === "number" ? code : (codes[code] ?? status.UNKNOWN),
    details: error.message,
  };
}
