// The options of DRUM's GPU predictors: known, checked as there, and refused where they ask for what drumline does not have.

import { usage } from "./values.js";

export interface GpuValues {
  gpuPredictor: string | undefined;
  sidecar: boolean;
  tritonHost: string | undefined;
  tritonHttpPort: number | undefined;
  tritonGrpcPort: number | undefined;
}

const hooksInstead =
  "start the inference server yourself and call it from a chat, score or score_unstructured hook, or have /directAccess/ lead to it with OPENAI_HOST and OPENAI_PORT";

/** Throws USAGE. Variables of Triton's that nobody asked us to use are only checked, as in DRUM. */
export function checkGpuPredictors(values: GpuValues, isGiven: (option: string) => boolean): void {
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
        : options.filter(isGiven).map((name) => `--${name}`)[0];
  if (asked !== undefined) throw usage(`${asked}: drumline has no GPU predictors; ${hooksInstead}`);
}

function hasSchemeAndHost(text: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\/[^/]/i.test(text) && URL.canParse(text);
}
