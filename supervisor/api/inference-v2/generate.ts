// POST /v2/models/NAME/generate and /generate_stream: a text for a text, from models with a chat hook. Tensors are inferred as on /infer.

import type { FastifyReply, FastifyRequest } from "fastify";
import type { JsonMap, Value } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import type { Log } from "../../log.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import { textOf } from "../../serving/monitoring/chat-text.js";
import { EventStream, type StreamStyle } from "../bodies/event-stream.js";
import { parseJsonMap } from "../bodies/json.js";
import { logFailure } from "../http/errors.js";
import { departureOf, headersOf } from "../http/requests.js";
import { checkChats } from "../openai/chat.js";
import {
  hasStream,
  type Inference,
  infer,
  inferenceOf,
  inJson,
  readRequest,
  streamInferences,
} from "./infer.js";
import { versionOf } from "./metadata.js";

/** Triton's clients read events until the connection ends. */
const events: StreamStyle = { last: undefined, failure: (message) => ({ error: message }) };

export async function generate(
  deployment: Deployment,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (asksWithTensors(request)) return infer(deployment, request, reply);
  let text = "";
  const { completion, answerWith } = await ask(deployment, request, reply, (chunk) => {
    text += textOf(chunk);
  });
  const whole = await completion;
  return reply.type("application/json").send(answerWith(whole ? textOf(whole) : text));
}

/** Each text as an event when it comes; a failure before the first one has a status of its own. */
export async function generateStream(
  deployment: Deployment,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): Promise<FastifyReply> {
  const stream = new EventStream(reply, events);
  const finished = (
    asksWithTensors(request)
      ? streamTensors(deployment, request, { reply, stream })
      : streamTexts(deployment, request, { reply, stream })
  ).then(() => stream.end());
  await Promise.race([finished, stream.started]);
  finished.catch((error: DrumError) => {
    logFailure(log, error, request);
    stream.fail(error.message);
  });
  return stream.reply();
}

interface Streaming {
  reply: FastifyReply;
  stream: EventStream;
}

/** One event, or those of a model class with any number of answers. */
async function streamTensors(
  deployment: Deployment,
  request: FastifyRequest,
  { reply, stream }: Streaming,
): Promise<void> {
  const asked = readRequest(request);
  const departure = departureOf(reply);
  const onAnswer = (inference: Inference) => stream.sendJson(String(inJson(inference)));
  if (await hasStream(deployment)) return streamInferences(deployment, asked, { departure, onAnswer });
  onAnswer(await inferenceOf(deployment, asked, departure));
}

async function streamTexts(
  deployment: Deployment,
  request: FastifyRequest,
  { reply, stream }: Streaming,
): Promise<void> {
  const { completion, answerWith } = await ask(deployment, request, reply, (chunk) => {
    const text = textOf(chunk);
    // The first chunk of a completion often has a role and no text.
    if (text !== "") stream.sendJson(answerWith(text));
  });
  const whole = await completion;
  if (whole) stream.sendJson(answerWith(textOf(whole)));
}

interface Asked {
  /** Null after all chunks have come. */
  completion: Promise<JsonMap | null>;
  answerWith(text: string): string;
}

async function ask(
  deployment: Deployment,
  request: FastifyRequest,
  reply: FastifyReply,
  onChunk: (chunk: Value) => void,
): Promise<Asked> {
  await checkChats(deployment);
  const { text_input: text, parameters = {}, id, ...others } = parseJsonMap(request);
  if (typeof text !== "string") throw malformed("text_input", "a text", text);
  if (!isMap(parameters)) throw malformed("parameters", "an object", parameters);
  const streams = request.routeOptions.url?.endsWith("_stream") ?? false;
  const messages = [{ role: "user", content: text }];
  const asked = { ...others, ...parameters, model: deployment.name, messages, stream: streams } as JsonMap;
  const completion = deployment.chat(
    { request: asked, headers: headersOf(request) },
    { departure: departureOf(reply), onChunk },
  );
  const head = {
    ...(typeof id === "string" && { id }),
    model_name: deployment.name,
    model_version: versionOf(deployment),
  };
  return { completion, answerWith: (text) => JSON.stringify({ ...head, text_output: text }) };
}

function malformed(name: string, expected: string, got: unknown): DrumError {
  return new DrumError(
    "JSON_INVALID",
    `${name} is ${JSON.stringify(got)?.slice(0, 80) ?? "missing"}, expected ${expected}; send {"text_input": "…"}, or inputs`,
  );
}

/** A body of tensors has inputs, and bytes may follow it. */
function asksWithTensors({ headers, body }: FastifyRequest): boolean {
  if (headers["inference-header-content-length"] !== undefined) return true;
  try {
    const json: unknown = JSON.parse(String(body ?? ""));
    return isMap(json) && json.inputs !== undefined;
  } catch {
    // NaN in a tensor is no JSON, and no text is asked for with it.
    return !/"text_input"\s*:/.test(String(body));
  }
}
