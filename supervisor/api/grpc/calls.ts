// A call over gRPC, whatever its service: its message in, the message of its answer out.

import { type Metadata, type MethodDefinition, status } from "@grpc/grpc-js";
import { messageOf } from "../../errors.js";
import type { Departure } from "../../serving/worker/departure.js";
import { refused } from "./errors.js";

export type Method = MethodDefinition<unknown, unknown>;

export interface GrpcCall {
  /** Of the method, such as Predict. */
  name: string;
  /** The message as it came; one of several of a stream. */
  request: Buffer;
  /** What HTTP calls headers. */
  metadata: Metadata;
  method: Method;
  departure: Departure;
  /** In a stream: sends an answer before that with which the call ends. */
  sendMore?(message: Buffer): void;
}

/**
 * Resolves with the message of the answer; in a stream there may be none. A thrown error is a DrumError, or has a status as its `code`; it
 * ends a stream.
 */
export type AnswerCall = (call: GrpcCall) => Promise<Buffer | undefined>;

/** The message of a call. Throws INTERNAL for bytes that are none. */
export function messageIn({ method, request }: GrpcCall): unknown {
  try {
    return method.requestDeserialize(request);
  } catch (error) {
    throw refused(`the message cannot be read: ${messageOf(error)}`, status.INTERNAL);
  }
}
