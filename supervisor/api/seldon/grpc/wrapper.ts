// Answers the calls of Seldon's services with a wrapper class.

import { status } from "@grpc/grpc-js";
import { type AnswerCall, messageIn } from "../../grpc/calls.js";
import { refused } from "../../grpc/errors.js";
import type { labels, Wrapper } from "../wrapper.js";
import {
  jsonOfFeedback,
  jsonOfMessage,
  messageOf,
  type ProtoFeedback,
  type ProtoMessage,
  parseAnswer,
} from "./proto-json.js";

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

export function wrapperCalls(wrapper: Wrapper): AnswerCall {
  return async (given) => {
    const { name, request, method: proto, departure } = given;
    if (name === "Metadata" || name === "ModelMetadata")
      return proto.responseSerialize(await wrapper.metadata());
    const call = calls[name];
    if (!call) throw refused("a wrapper has no graph", status.UNIMPLEMENTED);
    const { method } = call;
    const isWhole = await wrapper.takesWhole(method);
    const message = messageIn(given);
    const reward = method === "send_feedback" ? ((message as ProtoFeedback).reward ?? 0) : 0;
    const params = isWhole
      ? ({ method, message: request, form: "protobuf" } as const)
      : { method, message: call.json(message as never) };
    const result = await wrapper.callWith(params, departure, reward);
    if (typeof result.message !== "string") return result.message as Buffer;
    const told = parseAnswer(result.message);
    if (result.status >= 400) throw new Error(told.status?.info ?? result.message);
    return proto.responseSerialize(messageOf(told));
  };
}
