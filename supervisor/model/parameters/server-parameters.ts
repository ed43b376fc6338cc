// Runtime parameters that configure the server itself, as in DRUM. DRUM's other server parameters have no effect.

import { DrumError } from "../../errors.js";
import { parameterPrefix, type RuntimeParameter } from "./variables.js";

export interface ServerParameters {
  /** CUSTOM_MODEL_WORKERS; overrides --max-workers, as in DRUM. */
  workers?: number | undefined;
  /** DRUM_CLIENT_REQUEST_TIMEOUT, in milliseconds; overrides --request-timeout. */
  requestTimeout?: number | undefined;
}

const mostWorkers = 199;
const longestTimeout = 1_000_000;

/** Throws PARAMETERS_INVALID for a value that the server cannot use. */
export function serverParameters(parameters: readonly RuntimeParameter[]): ServerParameters {
  const isCount = (value: number) => Number.isInteger(value) && value >= 1 && value <= mostWorkers;
  const workers = numberOf("CUSTOM_MODEL_WORKERS", parameters, {
    fits: isCount,
    expected: `a whole number from 1 to ${mostWorkers}`,
  });
  const seconds = numberOf("DRUM_CLIENT_REQUEST_TIMEOUT", parameters, {
    fits: (value) => value > 0 && value <= longestTimeout,
    expected: `a number of seconds above 0, up to ${longestTimeout}`,
  });
  return { workers, requestTimeout: seconds === undefined ? undefined : seconds * 1000 };
}

function numberOf(
  name: string,
  parameters: readonly RuntimeParameter[],
  { fits, expected }: { fits: (value: number) => boolean; expected: string },
): number | undefined {
  const found = parameters.find((one) => one.name === name);
  if (found === undefined) return undefined;
  if (found.type === null) throw new DrumError("PARAMETERS_INVALID", found.error);
  if (found.value === null) return undefined;
  if (typeof found.value === "number" && fits(found.value)) return found.value;
  throw new DrumError(
    "PARAMETERS_INVALID",
    `the runtime parameter ${name} must be ${expected}; correct the variable ${parameterPrefix}${name} or its definition`,
  );
}
