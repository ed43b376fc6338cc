// Answers the calls of the service GRPCInferenceService with the served models, as the routes under /v2 do.

import { status } from "@grpc/grpc-js";
import { DrumError } from "../../../errors.js";
import type { Log } from "../../../log.js";
import type { Deployment } from "../../../serving/deployment/deployment.js";
import type { Models } from "../../../serving/models.js";
import type { Repository } from "../../../serving/repository.js";
import { hasToken } from "../../admin/token.js";
import { type AnswerCall, type GrpcCall, messageIn } from "../../grpc/calls.js";
import { refused } from "../../grpc/errors.js";
import { asDrumError, logFailure } from "../../http/errors.js";
import { hasStream, type Inference, inferenceOf, streamInferences } from "../infer.js";
import { metadataOf, type TensorMetadata } from "../metadata.js";
import { indexOf } from "../repository.js";
import { areReady, findVersion, serverMetadata } from "../served.js";
import { configurationOf, statisticsOf } from "../triton.js";
import {
  answerOf,
  type ProtoInferAnswer,
  type ProtoInferRequest,
  protoParameters,
  requestOf,
} from "./messages.js";

export interface InferenceService {
  models: Models;
  /** Undefined if the models of the server are fixed. */
  repository: Repository | undefined;
  /** Those with which callers may load and unload; undefined if everyone may. */
  tokens: readonly string[] | undefined;
  log: Log;
}

/** The name of a model, and a version of it or an empty text. */
interface Named {
  name?: string;
  version?: string;
}

/** Undefined if all answers of a stream were sent already. */
type Answer = (
  message: never,
  service: InferenceService,
  call: GrpcCall,
) => object | Promise<object | undefined>;

const answers: Readonly<Record<string, Answer>> = {
  ServerLive: () => ({ live: true }),
  ServerReady: (_message, { models }) => ({ ready: areReady(models) }),
  ServerMetadata: serverMetadata,
  // As Triton answers, so that clients may wait for a model that is yet to come.
  ModelReady: (named: Named, { models }) => ({ ready: isReady(models, named) }),
  async ModelMetadata(named: Named, { models }) {
    const deployment = find(models, named);
    await deployment.release.loaded;
    const { inputs, outputs, ...others } = metadataOf(deployment);
    const described = ({ parameters = {}, ...tensor }: TensorMetadata) => ({
      ...tensor,
      parameters: protoParameters(parameters),
    });
    return { ...others, inputs: inputs.map(described), outputs: outputs.map(described) };
  },
  ModelInfer: inferred,
  async ModelStreamInfer(request: ProtoInferRequest, service, call) {
    try {
      if (await streamed(request, service, call))
        return wantsFinal(request) ? { infer_response: finalOf(request) } : undefined;
      return { infer_response: finalOf(request, await inferred(request, service, call)) };
    } catch (error) {
      const { message } = told(error as Error, service.log, {
        name: "ModelStreamInfer",
        id: request.id ?? "",
      });
      return { error_message: message, infer_response: { id: request.id } };
    }
  },
  async ModelConfig(named: Named, { models }) {
    const deployment = find(models, named);
    await deployment.release.loaded;
    return { config: configurationOf(deployment) };
  },
  ModelStatistics: (named: Named, { models }) =>
    statisticsOf(named.name ? [find(models, named)] : models.all),
  RepositoryIndex({ ready = false }: { ready?: boolean }, { models, repository }) {
    const all = indexOf(models, repository);
    return { models: ready ? all.filter(({ state }) => state === "READY") : all };
  },
  async RepositoryModelLoad({ model_name = "" }: { model_name?: string }, service, call) {
    await repositoryFor(call, service).load(model_name);
    return {};
  },
  async RepositoryModelUnload({ model_name = "" }: { model_name?: string }, service, call) {
    await repositoryFor(call, service).unload(model_name);
    return {};
  },
};

export function inferenceCalls(service: InferenceService): AnswerCall {
  return async (call) => {
    const { name, method } = call;
    const answer = answers[name];
    if (!answer) throw refused(`drumline does not answer ${name}`, status.UNIMPLEMENTED);
    const message = messageIn(call) as { id?: string };
    try {
      const answered = await answer(message as never, service, call);
      return answered && method.responseSerialize(answered);
    } catch (error) {
      throw told(error as Error, service.log, { name, id: message.id ?? "" });
    }
  };
}

async function inferred(
  request: ProtoInferRequest,
  { models }: InferenceService,
  { departure, metadata }: GrpcCall,
): Promise<ProtoInferAnswer> {
  const { deployment, asked } = askedBy(request, models, metadata);
  return answerOf(await inferenceOf(deployment, asked, departure), isRaw(request));
}

/** Sends the answers of a model class with any number of them. Resolves with whether the model is one. */
async function streamed(
  request: ProtoInferRequest,
  { models }: InferenceService,
  { departure, metadata, method, sendMore }: GrpcCall,
): Promise<boolean> {
  const { deployment, asked } = askedBy(request, models, metadata);
  if (!(await hasStream(deployment))) return false;
  const onAnswer = (inference: Inference) =>
    sendMore?.(method.responseSerialize({ infer_response: answerOf(inference, isRaw(request)) }));
  await streamInferences(deployment, asked, { departure, onAnswer });
  return true;
}

function askedBy(request: ProtoInferRequest, models: Models, metadata: GrpcCall["metadata"]) {
  const deployment = find(models, { name: request.model_name, version: request.model_version });
  const read = requestOf(request);
  // As MLServer tells them to models.
  return { deployment, asked: { ...read, parameters: { ...read.parameters, headers: metadata.getMap() } } };
}

function isRaw({ raw_input_contents: raw = [] }: ProtoInferRequest): boolean {
  return raw.length > 0;
}

/** A client of models with any number of answers waits for the mark of the last one, if it asks for it. */
function wantsFinal({ parameters }: ProtoInferRequest): boolean {
  return parameters?.triton_enable_empty_final_response?.bool_param === true;
}

function finalOf(
  request: ProtoInferRequest,
  answer: ProtoInferAnswer = { model_name: request.model_name, id: request.id, outputs: [] } as never,
): ProtoInferAnswer {
  if (!wantsFinal(request)) return answer;
  return { ...answer, parameters: { triton_final_response: { bool_param: true } } };
}

function find(
  models: Models,
  { name = "", version }: { name?: string | undefined; version?: string | undefined },
): Deployment {
  return findVersion(models, name, version || undefined);
}

function isReady(models: Models, named: Named): boolean {
  try {
    return find(models, named).state === "ready";
  } catch {
    return false;
  }
}

/** Web pages need no look here: they cannot call over gRPC. */
function repositoryFor({ metadata }: GrpcCall, { repository, tokens }: InferenceService): Repository {
  const [authorization] = metadata.get("authorization");
  if (tokens && !hasToken({ headers: { authorization: authorization?.toString() } }, tokens))
    throw new DrumError(
      "ADMIN_REFUSED",
      "models are loaded and unloaded from the server's own machine; start the server with --repository-control to let everyone, or send its token as authorization: Bearer TOKEN",
    );
  if (repository) return repository;
  throw refused(
    "the models of this server are fixed; start it with --model-dir to load and unload them",
    status.UNIMPLEMENTED,
  );
}

/** The error for the client, after it was logged. */
function told(
  error: Error & { code?: string | number },
  log: Log,
  call: { name: string; id: string },
): Error {
  // Of the service itself.
  if (typeof error.code === "number") return error;
  const known = asDrumError(error as Error & { code?: string }, 0);
  logFailure(log, known, { method: "gRPC", url: call.name, id: call.id || "without an id" });
  return known;
}
