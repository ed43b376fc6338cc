// One error class and the closed catalogue of codes. Words read: what, expected, got, remedy.
// HTTP statuses are chosen in http/errors.ts, exit codes here.

import { type WireErrorCode, wireErrorCodes } from "../protocol/messages.js";
import { mask } from "./masking.js";

/** Codes of the supervisor's own; a worker may send those of protocol/SPEC.md section 9 as well. */
export const supervisorErrorCodes = {
  USAGE: "the command line, a variable or the metadata asks for something that cannot be",
  TARGET_TYPE_REFUSED: "the command has nothing to do for models of that target type",
  METADATA_INVALID: "model-metadata.yaml cannot be read or does not say what it must",
  PARAMETERS_INVALID: "the values of runtime parameters are not what model-metadata.yaml asks for",
  SECRETS_INVALID: "a user secret cannot be read",
  LAZY_LOADING_FAILED: "a file that the code directory is to be given from a store did not come",
  CODE_DIRECTORY_MISSING: "the code directory does not exist or is no directory",
  CODE_DIRECTORY_EMPTY: "the code directory holds neither a hook file nor an artifact",
  LANGUAGE_AMBIGUOUS: "it is not clear which language scores",
  HOOK_AMBIGUOUS: "the same hook in more than one language",
  HOOK_MISSING: "the target type, or the command, needs a hook that no hook file defines",
  HOOK_FILE_AMBIGUOUS: "more than one hook file of the same language",
  RUNTIME_MISSING: "no interpreter for the model's language was found",
  RUNTIME_UNUSABLE: "the interpreter cannot be executed or is too old",
  WORKER_START_FAILED: "a worker ended before it was ready",
  WORKER_START_TIMEOUT: "a worker was not ready within the start limit",
  WORKER_DIED: "a worker ended while it was answering",
  WORKER_GAVE_UP: "workers died too often, so no further one is started",
  PROTOCOL_VERSION: "the worker speaks another version of the protocol",
  PROTOCOL_BROKEN: "the worker sent something that breaks the protocol",
  DEADLINE_PASSED: "a prediction took longer than the request limit",
  QUEUE_FULL: "too many requests wait already",
  BODY_TOO_LARGE: "the request body is over the limit",
  JSON_INVALID: "the request body is not the JSON that it should be",
  NOT_READY: "the model is still loading",
  DRAINING: "the server is shutting down",
  CLIENT_GONE: "the client left before its answer was ready",
  MODEL_NOT_LOADED: "the model could not be started, and the error server answers in its place",
  DIRECT_ACCESS_UNAVAILABLE: "there is no OpenAI-compatible server to pass the request on to",
  DIRECT_ACCESS_FAILED: "the OpenAI-compatible server that requests are passed on to cannot be asked",
  ROUTE_NOT_SERVED: "the model has nothing that answers on this route",
  MODEL_UNKNOWN: "the server has no model of that name",
  ADMIN_REFUSED: "the admin API takes requests from this machine or with the token alone",
  SWAP_RUNNING: "another swap of the model runs already",
  SWAP_FAILED: "the new release could not take the place of the old one, which goes on serving",
  PREDICTIONS_DIFFER: "two models' predictions cannot be compared, or are further apart than asked",
  TYPE_SCHEMA_VIOLATED: "the data are not what typeSchema of model-metadata.yaml asks for",
  PREDICTIONS_INVALID: "the predictions do not fit the target type",
  OUTPUT_UNWRITABLE: "the output file or folder cannot be written",
  INPUT_FILE_MISSING: "the input file does not exist or cannot be read",
  ADDRESS_UNUSABLE: "the server cannot listen on the address",
  ENVIRONMENT_UNKNOWN: "there is no environment of that name",
  ENVIRONMENT_FAILED: "an environment could not be installed",
  DOCKER_FAILED: "docker is missing, does not answer, or could not build or start what was asked for",
  SERVICE_AWAY: "the service cannot be reached, or fails",
  SERVICE_REFUSED: "the service refuses what was asked of it",
} as const;

export type SupervisorErrorCode = keyof typeof supervisorErrorCodes;
export type ErrorCode = SupervisorErrorCode | WireErrorCode;

export const errorCodes: readonly ErrorCode[] = [
  ...(Object.keys(supervisorErrorCodes) as SupervisorErrorCode[]),
  ...wireErrorCodes,
];

export interface ErrorDetails {
  /** The user's own frames, as the language prints them. */
  traceback?: string | undefined;
  /** Chosen by user code through CustomHTTPError. */
  httpStatus?: number | undefined;
  cause?: unknown;
}

/** Its texts go to logs, terminals and clients, so they are without secrets from the beginning. */
export class DrumError extends Error {
  readonly traceback: string | undefined;
  readonly httpStatus: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    { traceback, httpStatus, cause }: ErrorDetails = {},
  ) {
    super(mask(message), cause === undefined ? undefined : { cause });
    this.name = "DrumError";
    this.traceback = traceback && mask(traceback);
    this.httpStatus = httpStatus;
  }
}

/** What the user asked for cannot be done: the command ends with exit code 2. */
export function usage(message: string): DrumError {
  return new DrumError("USAGE", message);
}

const usageCodes = new Set<ErrorCode>([
  "USAGE",
  "CODE_DIRECTORY_MISSING",
  "INPUT_FILE_MISSING",
  "ENVIRONMENT_UNKNOWN",
]);

/** Codes that mean "this code directory does not become a model". What a worker finds while it loads comes as MODEL_NOT_LOADED. */
const loadCodes = new Set<ErrorCode>([
  "LAZY_LOADING_FAILED",
  "CODE_DIRECTORY_EMPTY",
  "LANGUAGE_AMBIGUOUS",
  "HOOK_AMBIGUOUS",
  "HOOK_MISSING",
  "HOOK_FILE_AMBIGUOUS",
  "RUNTIME_MISSING",
  "RUNTIME_UNUSABLE",
  "MODEL_NOT_LOADED",
]);

/** 1 failed, 2 usage, 3 model not loadable or, as in DRUM, its type schema violated. A broken model-metadata.yaml is 1, as there. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof DrumError)) return 1;
  if (usageCodes.has(error.code)) return 2;
  return loadCodes.has(error.code) || error.code === "TYPE_SCHEMA_VIOLATED" ? 3 : 1;
}

/** What was asked for can never be: the command ends, with an error server too. */
export function isRequestWrong({ code }: DrumError): boolean {
  return code === "USAGE" || code === "PARAMETERS_INVALID" || code === "SECRETS_INVALID";
}

/** Anything thrown, as text for a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
