// Answers the calls of the service Seldon with a graph.

import { status } from "@grpc/grpc-js";
import type { Predictor } from "../../../model/graph/graph.js";
import { NodeRefusal } from "../../../serving/graph/executor.js";
import { type AnswerCall, type GrpcCall, messageIn } from "../../grpc/calls.js";
import { refused, statusOfError } from "../../grpc/errors.js";
import {
  jsonOfFeedback,
  jsonOfMessage,
  messageOf,
  type ProtoFeedback,
  type ProtoMessage,
  parseAnswer,
} from "../grpc/proto-json.js";
import type { GraphMetadata } from "./metadata.js";
import type { GraphRequests } from "./requests.js";

/** The only service of a graph. */
export const graphServices = ["Seldon"];

export function graphCalls(requests: GraphRequests): AnswerCall {
  return (call) =>
    requests.run(
      { service: `/seldon.protos.Seldon/${call.name}`, method: "unary" },
      (predictor) => answer(call, requests, predictor).catch((error) => Promise.reject(inWords(error))),
      (ended) => ("error" in ended ? nameOf(statusOfError(ended.error as Error)) : "OK"),
    );
}

async function answer(call: GrpcCall, { graphs }: GraphRequests, predictor: Predictor): Promise<Buffer> {
  const { name, method } = call;
  const message = messageIn(call);
  switch (name) {
    case "Predict": {
      const text = await graphs.predict(jsonOfMessage(message as ProtoMessage), predictor);
      return method.responseSerialize(messageOf(parseAnswer(text)));
    }
    case "SendFeedback": {
      const text = await graphs.feedBack(jsonOfFeedback(message as ProtoFeedback), predictor);
      // The feedback itself, if no node took it, is no message.
      const told = parseAnswer(text);
      return method.responseSerialize(messageOf("reward" in told ? parseAnswer("{}") : told));
    }
    case "ModelMetadata":
      return method.responseSerialize(await graphs.metadataOf((message as { name?: string }).name ?? ""));
    case "GraphMetadata": {
      const { graphinputs, graphoutputs, ...others } = (await graphs.metadata()) as GraphMetadata;
      return method.responseSerialize({ ...others, inputs: graphinputs, outputs: graphoutputs });
    }
    default:
      throw refused(`a graph does not answer ${name}`, status.UNIMPLEMENTED);
  }
}

/** What a node answered, in its own words. */
function inWords(error: unknown): unknown {
  if (!(error instanceof NodeRefusal)) return error;
  return refused(parseAnswer(error.body).status?.info ?? error.body, status.UNKNOWN);
}

/** As Go writes it: UNKNOWN as Unknown, DEADLINE_EXCEEDED as DeadlineExceeded. */
function nameOf(code: status): string {
  return status[code]
    .split("_")
    .map((word) => word[0] + word.slice(1).toLowerCase())
    .join("");
}
