// Options of other products that do nothing here. DRUM's for GPU predictors are parsed and checked as in DRUM, then rejected with an
// alternative; those of Seldon's wrapper are accepted.

import { usage } from "../../errors.js";
import { inGroup, type ValuesOf } from "./option.js";

export const gpuOptions = inGroup("Known from DRUM, refused here", {
  gpuPredictor: {
    name: "gpu-predictor",
    kind: "text",
    placeholder: "NAME",
    choices: ["triton", "nim", "vllm"],
    help: "refused: drumline has no GPU predictors",
  },
  sidecar: { name: "sidecar", kind: "flag", help: "refused like --gpu-predictor" },
  tritonHost: {
    name: "triton-host",
    kind: "text",
    variable: "TRITON_HOST",
    placeholder: "URL",
    help: "refused, as --gpu-predictor is; the variable is only checked",
  },
  tritonHttpPort: {
    name: "triton-http-port",
    kind: "count",
    variable: "TRITON_HTTP_PORT",
    placeholder: "PORT",
    help: "refused, as --gpu-predictor is; the variable is only checked",
  },
  tritonGrpcPort: {
    name: "triton-grpc-port",
    kind: "count",
    variable: "TRITON_GRPC_PORT",
    placeholder: "PORT",
    help: "refused, as --gpu-predictor is; the variable is only checked",
  },
});

const hooksInstead =
  "start the inference server yourself and call it from a chat, score or score_unstructured hook, or point /directAccess/ at it with OPENAI_HOST and OPENAI_PORT";

/** Throws USAGE. Checks Triton's variables but does not reject them, since they may be set for other programs. */
export function checkGpuPredictors(
  values: ValuesOf<typeof gpuOptions>,
  isFlag: (option: string) => boolean,
): void {
  const { gpuPredictor, sidecar, tritonHost, tritonHttpPort = 8000, tritonGrpcPort = 8001 } = values;
  if (tritonHost !== undefined && !hasSchemeAndHost(tritonHost)) {
    throw usage(`--triton-host must have a scheme and a host, e.g. http://localhost, got "${tritonHost}"`);
  }
  if (tritonHttpPort === tritonGrpcPort) {
    throw usage(
      `--triton-http-port and --triton-grpc-port must be different, got ${tritonHttpPort} for both`,
    );
  }
  const options = ["triton-host", "triton-http-port", "triton-grpc-port"];
  const asked =
    gpuPredictor !== undefined
      ? `--gpu-predictor ${gpuPredictor}`
      : sidecar
        ? "--sidecar"
        : options.filter(isFlag).map((name) => `--${name}`)[0];
  if (asked !== undefined) throw usage(`${asked}: drumline has no GPU predictors; ${hooksInstead}`);
}

function hasSchemeAndHost(text: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\/[^/]/i.test(text) && URL.canParse(text);
}

const without = "known from Seldon's wrapper, without effect here: ";

/** Accepted, so that command lines and images of Seldon's wrapper run as they are. */
export const unusedWrapperOptions = inGroup("Known from Seldon, without effect", {
  maxRequests: {
    name: "max-requests",
    kind: "number",
    variable: "GUNICORN_MAX_REQUESTS",
    placeholder: "N",
    help: `${without}workers are not restarted after a number of requests`,
  },
  maxRequestsJitter: {
    name: "max-requests-jitter",
    kind: "number",
    variable: "GUNICORN_MAX_REQUESTS_JITTER",
    placeholder: "N",
    help: `${without}workers are not restarted after a number of requests`,
  },
  grpcThreads: {
    name: "grpc-threads",
    kind: "number",
    variable: "GRPC_THREADS",
    placeholder: "N",
    help: `${without}a worker runs --threads requests at once`,
  },
  keepAlive: {
    name: "keepalive",
    kind: "number",
    variable: "GUNICORN_KEEPALIVE",
    placeholder: "SECONDS",
    help: `${without}idle connections are kept for 72 s`,
  },
  singleThreaded: {
    name: "single-threaded",
    kind: "number",
    variable: "FLASK_SINGLE_THREADED",
    placeholder: "0|1",
    help: `${without}a worker runs --threads requests at once`,
  },
  debug: {
    name: "debug",
    kind: "flag",
    variable: "SELDON_DEBUG",
    help: `${without}there is no development server`,
  },
  tracing: {
    name: "tracing",
    kind: "number",
    variable: "TRACING",
    placeholder: "0|1",
    help: `${without}calls are not traced`,
  },
  pidFile: { name: "pidfile", kind: "text", placeholder: "FILE", help: `${without}no file is written` },
  persistence: {
    name: "persistence",
    kind: "number",
    placeholder: "0|1",
    help: `${without}it has none in the original either`,
  },
});
