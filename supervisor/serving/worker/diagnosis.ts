// Explains why a worker ended before it was ready, and what to do about it.

import type { Hello } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import { askVersion, isAtLeast } from "../../processes/interpreter.js";
import { hookName } from "../../runtimes/language.js";
import type { WorkerPlan } from "./plan.js";

interface EarlyDeath {
  /** Undefined if the worker ended before its hello. */
  hello: Hello | undefined;
  reason: DrumError;
  lastLines: string;
}

export async function explainStartFailure(plan: WorkerPlan, death: EarlyDeath): Promise<DrumError> {
  const { hello, reason, lastLines } = death;
  if (reason.code !== "WORKER_DIED") return reason;
  const traceback = lastLines || undefined;
  if (hello) {
    return new DrumError(
      "WORKER_START_FAILED",
      `${reason.message} while it was loading the model; check its last lines of output, and what ${hookName("load_model", plan.language)} and init do`,
      { traceback },
    );
  }
  const { runtime, language } = plan;
  const ask = language.versionCommand ?? ["{interpreter}", "--version"];
  const version = await askVersion(ask.map((word) => word.replace("{interpreter}", runtime.interpreter)));
  const chosen = `${runtime.interpreter} (chosen because of ${runtime.reason})`;
  if (version !== undefined && isAtLeast(version, language.minimumVersion ?? "0")) {
    return new DrumError(
      "WORKER_START_FAILED",
      `${reason.message} before it said hello; ${chosen} reports version ${version}; check its last lines of output`,
      { traceback },
    );
  }
  const got = version ? `version ${version}` : "an interpreter that does not report its version";
  return unusable(plan, `${reason.message} before it said hello; `, got, traceback);
}

/** Throws RUNTIME_UNUSABLE for an interpreter that is too old for its worker. */
export function checkRuntime(plan: WorkerPlan, { language_version: version }: Hello): void {
  if (isAtLeast(version, plan.language.minimumVersion ?? "0")) return;
  throw unusable(plan, "the interpreter is too old: ", `version ${version}`);
}

function unusable(
  { runtime, language }: WorkerPlan,
  what: string,
  got: string,
  traceback?: string,
): DrumError {
  const { name, minimumVersion } = language;
  const wanted = minimumVersion ? `${name} ${minimumVersion} or newer` : name;
  return new DrumError(
    "RUNTIME_UNUSABLE",
    `${what}expected ${wanted}, got ${got} at ${runtime.interpreter} (chosen because of ${runtime.reason}); ` +
      `choose another with --runtime ${name}=PATH`,
    { traceback },
  );
}
