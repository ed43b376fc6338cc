// Seldon's wrapper over gRPC: the services that its clients call, with health and reflection.

import path from "node:path";
import {
  type handleUnaryCall,
  type MethodDefinition,
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
  for (const [, definition] of services)
    server.addService(mapValues(definition, asBytes), implementationOf(definition, wrapper));
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

type Method = MethodDefinition<unknown, unknown>;

function mapValues<Item, Made>(items: Readonly<Record<string, Item>>, make: (item: Item) => Made) {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, make(item)]));
}

/** The method with messages left as they come: a class may read them itself. */
function asBytes(method: Method): MethodDefinition<Buffer, Buffer> {
  const keep = (bytes: Buffer) => bytes;
  return { ...method, requestDeserialize: keep, responseSerialize: keep } as MethodDefinition<Buffer, Buffer>;
}

function implementationOf(definition: ServiceDefinition, wrapper: Wrapper): UntypedServiceImplementation {
  const entries = Object.entries(definition).map(([name, method]) => [
    name,
    handlerOf(name, method, wrapper),
  ]);
  return Object.fromEntries(entries);
}

function handlerOf(name: string, method: Method, wrapper: Wrapper): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    const departure = new Departure();
    call.on("cancelled", () => departure.leave());
    answer(name, call.request, { method, wrapper, departure }).then(
      (message) => callback(null, message),
      (error) => callback(asServiceError(error)),
    );
  };
}

async function answer(
  name: string,
  request: Buffer,
  { method: proto, wrapper, departure }: { method: Method; wrapper: Wrapper; departure: Departure },
): Promise<Buffer> {
  if (name === "Metadata" || name === "ModelMetadata")
    return proto.responseSerialize(await wrapper.metadata());
  const call = calls[name];
  if (!call) throw Object.assign(new Error("a wrapper has no graph"), { code: status.UNIMPLEMENTED });
  const { method } = call;
  const isWhole = await wrapper.takesWhole(method);
  const message = deserialized(proto, request);
  const reward = method === "send_feedback" ? ((message as ProtoFeedback).reward ?? 0) : 0;
  const params = isWhole
    ? ({ method, message: request, form: "protobuf" } as const)
    : { method, message: call.json(message as never) };
  const result = await wrapper.callWith(params, departure, reward);
  if (typeof result.message !== "string") return result.message as Buffer;
  const told = parseAnswer(result.message);
  if (result.status >= 400) throw new Error(told.status?.info ?? result.message);
  return proto.responseSerialize(messageOf(told));
}

function deserialized(method: Method, bytes: Buffer): unknown {
  try {
    return method.requestDeserialize(bytes);
  } catch (error) {
    throw Object.assign(new Error(`the message cannot be read: ${wordsOf(error)}`), {
      code: status.INTERNAL,
    });
  }
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
