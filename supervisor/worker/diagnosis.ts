// Why a worker ended before it was ready, in words, with what to do about it.

import type { Hello } from "../../protocol/messages.js";
import { DrumError } from "../errors.js";
import { askVersion } from "./launch.js";
import type { WorkerPlan } from "./worker.js";

interface EarlyDeath {
  /** Absent when the worker ended before it said anything. */
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
      `${reason.message} while it was loading the model; look at what it printed last, and at what load_model and init do`,
      { traceback },
    );
  }
  const { runtime, language } = plan;
  const version = await askVersion(plan);
  const chosen = `${runtime.interpreter} (chosen because of ${runtime.reason})`;
  if (version !== undefined && isNewEnough(version, language.minimumVersion)) {
    return new DrumError(
      "WORKER_START_FAILED",
      `${reason.message} before it said hello; ${chosen} answers as version ${version}; look at what it printed last`,
      { traceback },
    );
  }
  const wanted = language.minimumVersion
    ? `${language.name} ${language.minimumVersion} or newer`
    : language.name;
  const got = version ? `version ${version}` : "something that does not answer when asked for its version";
  return new DrumError(
    "RUNTIME_UNUSABLE",
    `${reason.message} before it said hello; expected ${wanted}, got ${got} at ${chosen}; ` +
      `choose another with --runtime ${language.name}=PATH`,
    { traceback },
  );
}

function isNewEnough(version: string, minimum: string | undefined): boolean {
  const parts = (text: string) => text.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const [has, wants] = [parts(version), parts(minimum ?? "0")];
  const at = wants.findIndex((want, index) => (has[index] ?? 0) !== want);
  return at === -1 || (has[at] ?? 0) > wants[at]!;
}
