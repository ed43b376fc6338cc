// A gRPC server of the services of one .proto file, with health and reflection. What answers their calls is not its concern.

import path from "node:path";
import {
  type handleUnaryCall,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { Departure } from "../../serving/worker/departure.js";
import type { AnswerCall, Method } from "./calls.js";
import { asServiceError } from "./errors.js";
import { addHealth } from "./health.js";
import { limitMessages, type MessageLimits } from "./limits.js";
import { OpenStreams, streamHandler } from "./streams.js";

export interface GrpcWishes {
  /** The .proto file. */
  proto: string;
  /** Names of its services, without their package; all if it is left out. */
  services?: readonly string[];
  answer: AnswerCall;
  /** What grpc.health.v1 tells; always ready if it is left out. */
  isReady?(): boolean;
  limits: MessageLimits;
}

/** Milliseconds that the last answers may take to leave. */
const closeLimit = 2_000;

/** Listens when it is told to. */
export class GrpcServer {
  private readonly server: Server;
  private readonly streams = new OpenStreams();

  constructor({ proto, services: wanted, answer, isReady = () => true, limits }: GrpcWishes) {
    const loaded = loadSync(proto, {
      includeDirs: [path.dirname(proto)],
      keepCase: true,
      // Numbers could not hold them all.
      longs: String,
      enums: String,
      oneofs: false,
    });
    this.server = new Server({
      "grpc.max_receive_message_length": limits.maxBodySize,
      "grpc.max_send_message_length": -1,
    });
    const services = Object.entries(loaded).filter(
      ([name, one]) => !("format" in one) && (wanted?.includes(name.split(".").at(-1)!) ?? true),
    ) as [string, ServiceDefinition][];
    const limited = limitMessages(answer, limits);
    for (const [, definition] of services)
      this.server.addService(mapValues(definition, asBytes), this.implementationOf(definition, limited));
    const names = services.map(([name]) => name);
    addHealth(this.server, { services: names, isReady }, this.streams);
    new ReflectionService(loaded, { services: names }).addToServer(this.server as never);
  }

  /** Resolves with the address. */
  listen({ host, port }: { host: string; port: number }): Promise<string> {
    const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    return new Promise((resolve, reject) => {
      this.server.bindAsync(address, ServerCredentials.createInsecure(), (error) =>
        error ? reject(error) : resolve(address),
      );
    });
  }

  /** Takes no more calls, ends streams, and resolves when the last answers have left. */
  async close(): Promise<void> {
    this.streams.end();
    const timer = setTimeout(() => this.server.forceShutdown(), closeLimit);
    await new Promise<void>((resolve) => {
      this.server.tryShutdown(() => resolve());
    });
    clearTimeout(timer);
  }

  private implementationOf(definition: ServiceDefinition, answer: AnswerCall): UntypedServiceImplementation {
    const { streams } = this;
    return Object.fromEntries(
      Object.entries(definition).map(([name, method]) => [
        name,
        method.requestStream
          ? streamHandler(name, { method, answer, streams })
          : callHandler(name, method, answer),
      ]),
    );
  }
}

function callHandler(name: string, method: Method, answer: AnswerCall): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    const departure = new Departure();
    call.on("cancelled", () => departure.leave());
    answer({ name, request: call.request, metadata: call.metadata, method, departure }).then(
      (message) => callback(null, message),
      (error) => callback(asServiceError(error)),
    );
  };
}

function mapValues<Item, Made>(items: Readonly<Record<string, Item>>, make: (item: Item) => Made) {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, make(item)]));
}

/** The method with messages left as they come: a class may read them itself. */
function asBytes(method: Method): MethodDefinition<Buffer, Buffer> {
  const keep = (bytes: Buffer) => bytes;
  return { ...method, requestDeserialize: keep, responseSerialize: keep } as MethodDefinition<Buffer, Buffer>;
}
