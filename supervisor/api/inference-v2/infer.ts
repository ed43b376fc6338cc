// POST /v2/models/NAME/infer: tensors in, tensors out.

import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { InferAnswer as ClassAnswer, Value } from "../../../protocol/messages.js";
import { checkInferAnswer } from "../../../protocol/results.js";
import { DrumError } from "../../errors.js";
import { type InferRequest, readInferRequest } from "../../formats/inference/message.js";
import { headersIn, inferParams, readInferAnswer } from "../../formats/inference/raw.js";
import { tableOf } from "../../formats/inference/table.js";
import {
  type AnswerHead,
  type InferAnswer,
  type OutputTensor,
  writeInferAnswer,
} from "../../formats/inference/write.js";
import { isModelClass } from "../../model/model.js";
import { outputsOf } from "../../predictions/tensors/outputs.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import type { Departure } from "../../serving/worker/departure.js";
import { sendAnswer } from "../bodies/send.js";
import { departureOf } from "../http/requests.js";
import { toldName, versionOf } from "./metadata.js";

/** The length of the JSON in a body with tensors after it. */
const lengthHeader = "inference-header-content-length";

export async function infer(
  deployment: Deployment,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = readRequest(request);
  const { body, jsonLength, headers = {} } = await answerOf(deployment, asked, departureOf(reply));
  reply.headers(headers);
  if (jsonLength === undefined) return sendAnswer(request, reply, { contentType: "application/json", body });
  reply.header("Inference-Header-Content-Length", jsonLength);
  return reply.type("application/octet-stream").send(body);
}

/** As JSON, whatever the request says of bytes. */
export function inJson({ head, outputs }: Inference): Buffer {
  return writeInferAnswer(head, outputs, () => false).body;
}

export async function answerOf(
  deployment: Deployment,
  asked: InferRequest,
  departure: Departure,
): Promise<InferAnswer & Pick<Inference, "headers">> {
  const { head, outputs, headers } = await inferenceOf(deployment, asked, departure);
  return { ...writeInferAnswer(head, outputs, (name) => isBinary(asked, name)), headers };
}

export interface Inference {
  head: AnswerHead;
  outputs: OutputTensor[];
  /** What a model class wants beside the body. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Throws TENSOR_INVALID for tensors that are no rows of the model, and what predict throws. */
export async function inferenceOf(
  deployment: Deployment,
  asked: InferRequest,
  departure: Departure,
): Promise<Inference> {
  const { release } = deployment;
  if (isModelClass(release.model)) return inferenceOfClass(deployment, asked, departure);
  const { type } = release.model.target;
  if (type === "transform" || type === "unstructured")
    throw new DrumError(
      "INPUT_UNSUPPORTED",
      `${deployment.name} is a ${type} model, which does not take tensors`,
    );
  await release.loaded;
  const signature = release.route.scorer.loaded?.signature ?? undefined;
  const table = tableOf(asked, { signature });
  const checked = await deployment.predict({ kind: "table", table }, departure).catch(refuseChats);
  const outputs = outputsOf(
    checked,
    asked.outputs.map(({ name }) => name),
  );
  const head = {
    model_name: deployment.name,
    model_version: versionOf(deployment),
    id: asked.id ?? randomUUID(),
  };
  return { head, outputs };
}

/** A model that only chats is no fault of the server. */
function refuseChats(error: DrumError): never {
  if (error.code !== "HOOK_MISSING") throw error;
  throw new DrumError("INPUT_UNSUPPORTED", error.message);
}

/** The tensors that the class makes of those of the request. */
async function inferenceOfClass(
  deployment: Deployment,
  asked: InferRequest,
  departure: Departure,
): Promise<Inference> {
  const named = withId(asked);
  const { head, tensors } = await deployment.infer(inferParams(named), { departure });
  return inferenceIn(deployment, named, { head: head!, tensors });
}

/** A class gets the id that its answer has. */
function withId(asked: InferRequest): InferRequest {
  return { ...asked, id: asked.id ?? randomUUID() };
}

function inferenceIn(deployment: Deployment, { id }: InferRequest, made: ClassAnswer): Inference {
  const answer = readInferAnswer(made);
  const { parameters, headers } = headersIn(answer.parameters);
  const head = {
    model_name: answer.name ?? toldName(deployment),
    ...(answer.version !== undefined && { model_version: answer.version }),
    ...(id !== undefined && { id }),
    parameters,
  };
  return { head, outputs: answer.outputs, headers };
}

/** Whether the model is a class with any number of answers to a request. */
export async function hasStream({ release }: Deployment): Promise<boolean> {
  if (!isModelClass(release.model)) return false;
  await release.loaded;
  return release.route.scorer.loaded?.hooks.includes("predict_stream") ?? false;
}

/** Resolves after `onAnswer` has had every answer of the class to the request. */
export async function streamInferences(
  deployment: Deployment,
  asked: InferRequest,
  { departure, onAnswer }: { departure: Departure; onAnswer(inference: Inference): void },
): Promise<void> {
  const named = withId(asked);
  const onChunk = (chunk: Value) => onAnswer(inferenceIn(deployment, named, checkInferAnswer(chunk)));
  await deployment.infer({ ...inferParams(named), stream: true }, { departure, onChunk });
}

export function readRequest(request: FastifyRequest): InferRequest {
  const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
  return withHeaders(readInferRequest(body, jsonLengthIn(request, body)), request.headers);
}

/** MLServer tells models the headers so. */
export function withHeaders(asked: InferRequest, headers: Readonly<Record<string, unknown>>): InferRequest {
  return { ...asked, parameters: { ...asked.parameters, headers } };
}

/** An output's own wish counts before that of the request. */
function isBinary({ outputs, parameters }: InferRequest, name: string): boolean {
  const own = outputs.find((one) => one.name === name)?.parameters.binary_data;
  return typeof own === "boolean" ? own : parameters.binary_data_output === true;
}

function jsonLengthIn({ headers }: FastifyRequest, body: Buffer): number {
  const given = headers[lengthHeader];
  if (given === undefined) return body.length;
  const length = Number(given);
  if (/^\d+$/.test(String(given)) && Number.isSafeInteger(length)) return length;
  throw new DrumError(
    "TENSOR_INVALID",
    `the header Inference-Header-Content-Length is ${JSON.stringify(given)}, expected a number of bytes`,
  );
}
