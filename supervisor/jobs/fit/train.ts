// Runs the fit hook in a worker of its own, and measures its time and memory.

import type { FitParams } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import type { Log } from "../../log.js";
import type { ModelPart, ModelSpec } from "../../model/model.js";
import { measureTrees } from "../../processes/usage.js";
import { planFor } from "../../serving/release/plan.js";
import type { WorkerSettings } from "../../serving/release/settings.js";
import { Worker } from "../../serving/worker/worker.js";
import type { FitData } from "./data.js";
import type { Parameters } from "./parameters.js";

export interface Training {
  data: FitData;
  parameters: Parameters;
  output: string;
}

export interface Tools {
  workers: WorkerSettings;
  log: Log;
  onProgress: (text: string) => void;
  /** Receives a function that ends the training if the command ends early. */
  onStart: (end: () => Promise<unknown>) => void;
}

export interface TrainingUsage {
  /** Milliseconds from the request to its response. */
  duration: number;
  /** Bytes: the peak of the worker and its child processes, as sampled. */
  memory: number;
}

const lookEvery = 250;
const stopGrace = 5000;

/** The part whose hook file trains. Throws HOOK_MISSING or LANGUAGE_AMBIGUOUS. */
export function trainingPart({ codeDirectory, parts }: ModelSpec): ModelPart {
  const [part, ...others] = parts.filter(({ hookFile }) => hookFile !== undefined);
  if (!part) {
    throw new DrumError(
      "HOOK_MISSING",
      `${codeDirectory} has no hook file; expected one that defines fit, e.g. custom.py; add it`,
    );
  }
  if (others.length === 0) return part;
  const names = [part, ...others].map(({ language }) => language.name).join(" and ");
  throw new DrumError(
    "LANGUAGE_AMBIGUOUS",
    `${codeDirectory} has hook files in ${names}; choose the one that trains with --language`,
  );
}

/** Throws HOOK_FAILED if the hook raises an error, METHOD_UNKNOWN if the language cannot train. */
export async function train(model: ModelSpec, training: Training, tools: Tools): Promise<TrainingUsage> {
  const part = trainingPart(model);
  const plan = planFor(part, model, tools);
  const worker = new Worker(`${part.language.name}-fit`, plan, tools.log);
  const gone = new DrumError("CANCELLED", "the command was ended");
  tools.onStart(() => {
    worker.kill(gone);
    return worker.died;
  });
  const { language, capabilities } = await worker.open();
  try {
    if (!capabilities.methods.includes("fit")) throw cannotFit(language, capabilities.methods);
    const startedAt = performance.now();
    const watch = watchMemory(worker.pid);
    try {
      await worker.request("fit", paramsOf(plan.load, training)).result.catch(hookMissing);
      return { duration: performance.now() - startedAt, memory: await watch.most() };
    } finally {
      watch.end();
    }
  } finally {
    await worker.stop(stopGrace);
  }
}

function cannotFit(language: string, methods: readonly string[]): DrumError {
  return new DrumError(
    "METHOD_UNKNOWN",
    `a ${language} worker cannot fit, only ${methods.join(", ")}; train the model in ${language} itself, and score the artifact`,
  );
}

/** A worker that can fit throws METHOD_UNKNOWN if the hook file does not define the hook. */
function hookMissing(error: DrumError): never {
  if (error.code !== "METHOD_UNKNOWN") throw error;
  throw new DrumError("HOOK_MISSING", error.message);
}

function paramsOf(
  load: ReturnType<typeof planFor>["load"],
  { data, parameters, output }: Training,
): FitParams {
  const { artifacts, partial, reports, ...model } = load;
  return {
    ...model,
    X: data.features,
    y: data.target?.payload ?? null,
    row_weights: data.weights?.payload ?? null,
    parameters: parameters.values,
    float_parameters: parameters.floats,
    output_directory: output,
  };
}

function watchMemory(pid: number) {
  let most = 0;
  const look = async () => {
    const [usage] = await measureTrees([pid]);
    most = Math.max(most, usage?.rss ?? 0);
  };
  const clock = setInterval(() => look().catch(() => {}), lookEvery).unref();
  return {
    end: () => clearInterval(clock),
    most: async () => {
      await look();
      return most;
    },
  };
}
