// The error class and the closed catalogue of codes. A message says what happened, what was expected, what came, and the remedy.
// api/http/errors.ts chooses HTTP statuses; exit codes are chosen here.

import { type WireErrorCode, wireErrorCodes } from "../protocol/messages.js";
import { mask } from "./masking.js";

/** The supervisor's own codes. Workers send those of protocol/SPEC.md section 9. */
export const supervisorErrorCodes = {
  USAGE: "the command line, an environment variable or the metadata is not valid",
  TARGET_TYPE_REFUSED: "the command does not support models of this target type",
  METADATA_INVALID: "model-metadata.yaml cannot be read or is not valid",
  PARAMETERS_INVALID: "the values of runtime parameters do not match model-metadata.yaml",
  SECRETS_INVALID: "a user secret cannot be read",
  LAZY_LOADING_FAILED: "a file could not be fetched into the code directory",
  CODE_DIRECTORY_MISSING: "the code directory does not exist or is not a directory",
  CODE_DIRECTORY_EMPTY: "the code directory has neither a hook file nor an artifact",
  LANGUAGE_AMBIGUOUS: "it is not clear which language scores",
  HOOK_AMBIGUOUS: "the same hook is defined in more than one language",
  HOOK_MISSING: "the target type, or the command, needs a hook that no hook file defines",
  HOOK_FILE_AMBIGUOUS: "there is more than one hook file of the same language",
  RUNTIME_MISSING: "no interpreter for the model's language was found",
  RUNTIME_UNUSABLE: "the interpreter cannot be executed or is too old",
  WORKER_START_FAILED: "a worker process exited before it was ready",
  WORKER_START_TIMEOUT: "a worker process was not ready before the start timeout",
  WORKER_DIED: "a worker process exited during a request",
  WORKER_GAVE_UP: "worker processes died too often, so no more are started",
  PROTOCOL_VERSION: "the worker speaks another version of the protocol",
  PROTOCOL_BROKEN: "the worker sent something that violates the protocol",
  DEADLINE_PASSED: "a prediction exceeded the request timeout",
  QUEUE_FULL: "too many requests are waiting",
  BODY_TOO_LARGE: "the request body exceeds the limit",
  BODY_MEMORY_FULL: "the request bodies under way take too much memory",
  CODING_UNSUPPORTED: "the request body has an unknown Content-Encoding",
  JSON_INVALID: "the request body is not the expected JSON",
  NOT_READY: "the model is still loading",
  DRAINING: "the server is shutting down",
  CLIENT_GONE: "the client disconnected before the response was ready",
  MODEL_NOT_LOADED: "the model could not be loaded; the error server responds in its place",
  DIRECT_ACCESS_UNAVAILABLE: "no OpenAI-compatible server is configured to forward the request to",
  DIRECT_ACCESS_FAILED: "the OpenAI-compatible server could not be reached",
  ROUTE_NOT_SERVED: "the model does not serve this route",
  MODEL_UNKNOWN: "the server has no model of that name",
  ADMIN_REFUSED: "the admin API needs the token",
  SWAP_RUNNING: "another swap of the model is running",
  SWAP_FAILED: "the new release could not take over; the old one keeps serving",
  PREDICTIONS_DIFFER: "predictions of two models cannot be compared, or differ by more than allowed",
  TYPE_SCHEMA_VIOLATED: "the data do not match typeSchema in model-metadata.yaml",
  PREDICTIONS_INVALID: "the predictions do not fit the target type",
  OUTPUT_UNWRITABLE: "the output file or folder cannot be written",
  TENSOR_INVALID: "a tensor does not hold what it declares, or what the model takes",
  INPUT_FILE_MISSING: "the input file does not exist or cannot be read",
  STATE_UNUSABLE: "the file with what a node has learned cannot be read or written",
  ADDRESS_UNUSABLE: "the server cannot listen on the address",
  ENVIRONMENT_UNKNOWN: "there is no environment of that name",
  ENVIRONMENT_FAILED: "an environment could not be installed",
  DOCKER_FAILED: "docker is missing, does not respond, or could not build or start the image",
  RESOURCE_UNKNOWN: "the hub has nothing of that id",
  FIELD_INVALID: "a field of the request does not hold what it must",
  TOKEN_INVALID: "the request has no token of a user of the hub",
  RIGHT_MISSING: "the user's role does not allow it",
  REPLACEMENT_REFUSED: "the new model cannot take the place of the deployed one",
  DEPLOYMENT_INACTIVE: "the deployment is inactive and predicts nothing",
  BATCH_REFUSED: "a batch prediction job does not take what was asked of it",
  UPLOAD_REFUSED: "files that were sent are over a limit, or cannot be kept under their paths",
  DISK_FULL: "the hub's disk has no space left for files that were sent",
  RESOURCE_IN_USE: "something else of the hub still needs what was to be deleted or changed",
  RATE_EXCEEDED: "the token has sent more requests in a minute than it may",
  BACKUP_INVALID: "the file is no backup of a hub, or a damaged one",
  STORE_UNUSABLE: "the hub's store cannot be opened or brought up to date",
  SERVICE_AWAY: "the service cannot be reached, or fails",
  SERVICE_REFUSED: "the service refused the request",
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
  /** The status that user code chose with CustomHTTPError. */
  httpStatus?: number | undefined;
  cause?: unknown;
}

/** Masks its texts when it is made, since they go to logs, terminals and clients. */
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

  /** The same error in other words. */
  saying(message: string): DrumError {
    const { code, traceback, httpStatus, cause } = this;
    return new DrumError(code, message, { traceback, httpStatus, cause });
  }
}

/** An error in the user's input, which ends the command with exit code 2. */
export function usage(message: string): DrumError {
  return new DrumError("USAGE", message);
}

const usageCodes = new Set<ErrorCode>([
  "USAGE",
  "CODE_DIRECTORY_MISSING",
  "INPUT_FILE_MISSING",
  "ENVIRONMENT_UNKNOWN",
]);

/** Codes that mean "this code directory cannot become a model". What a worker finds while it loads becomes MODEL_NOT_LOADED. */
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

/** 1 failed, 2 usage, 3 model cannot be loaded or, as in DRUM, violates typeSchema. As in DRUM, an invalid model-metadata.yaml is 1. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof DrumError)) return 1;
  if (usageCodes.has(error.code)) return 2;
  return loadCodes.has(error.code) || error.code === "TYPE_SCHEMA_VIOLATED" ? 3 : 1;
}

/** Errors that end the command even with --with-error-server, since the request itself is wrong. */
export function isRequestWrong({ code }: DrumError): boolean {
  return code === "USAGE" || code === "PARAMETERS_INVALID" || code === "SECRETS_INVALID";
}

/** By the error code in the system's message. */
const systemRemedies: Readonly<Record<string, string>> = {
  EMFILE: "drum has as many files and connections open as it may; raise the limit with ulimit -n",
  ENFILE: "the system has as many files open as it may; close some, or raise fs.file-max",
  EAGAIN: "there are as many processes as there may be; raise the limit with ulimit -u or the container's",
  ENOMEM: "the system has no memory left for it; free some",
  ENOSPC: "there is no space left; free some",
  E2BIG: "its words and variables are too long; shorten the environment",
};

/** The remedy for an error of the system; undefined if its message says all. */
export function systemRemedy(words: string): string | undefined {
  if (/\bmkdtemp\b/.test(words)) return "set TMPDIR to a folder that can be written";
  return systemRemedies[/\bE[A-Z0-9]+\b/.exec(words)?.[0] ?? ""];
}

/** Whether the system has refused something, which is not an internal error. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

/** Anything thrown, as text for a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
