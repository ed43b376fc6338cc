// `drum score`: one file through one worker, to a CSV file or printed.

import { type Config, type FlagValues, readConfig } from "../config.js";
import { Deployment } from "../deployment/deployment.js";
import { filePayload } from "../input.js";
import { type Log, openLog } from "../log.js";
import { readModel, runtimesInWords } from "../model/model.js";
import { predictionsAsText } from "../predictions/print.js";
import { checkWritable, writeCsv } from "./output.js";
import { openProgress, type Progress } from "./progress.js";
import { type StopRequest, stopRequest } from "./signals.js";

/** Resolves with the exit code. */
export async function score(flags: FlagValues): Promise<number> {
  const config = readConfig("score", flags);
  if (config.output) checkWritable(config.output);
  const log = openLog(config.loggingLevel);
  const progress = openProgress();
  try {
    const outcome = await Promise.race([scoreFile(config, log, progress), stopRequest()]);
    // On a signal the command ends at once: whatever runs is ended with it.
    return outcome ? interrupted(outcome) : 0;
  } finally {
    progress.end();
  }
}

function interrupted({ signal, exitCode }: StopRequest): number {
  process.stdout.write(`drum score: ended by ${signal}\n`);
  return exitCode;
}

async function scoreFile(config: Config, log: Log, progress: Progress): Promise<undefined> {
  const startedAt = performance.now();
  const model = await readModel(config);
  if (config.verbose) {
    process.stderr.write(`drum score: ${model.target.type}, ${runtimesInWords(model)}\n`);
  }
  const onProgress = (text: string) => progress.show(`loading the model: ${text}`);
  const deployment = new Deployment(model, config, { log, onProgress });
  progress.show("loading the model");
  await deployment.start({ warm: false });
  const loadedAt = performance.now();
  progress.show("predicting");
  const checked = await deployment.predict(filePayload(config.input!));
  const predictedAt = performance.now();
  const stopped = deployment.drain(0);
  if (config.output)
    await writeCsv(checked, config.output, (done, total) => progress.show("writing", done, total));
  progress.end();
  if (!config.output) process.stdout.write(predictionsAsText(checked));
  if (config.showPerf) {
    const writtenAt = performance.now();
    process.stdout.write(
      perfReport({ total: writtenAt - startedAt, init: loadedAt - startedAt, run: predictedAt - loadedAt }),
    );
  }
  await stopped;
}

/** Milliseconds in, seconds out: total, start with loading the model, run with reading the data. */
function perfReport({ total, init, run }: { total: number; init: number; run: number }): string {
  const line = (name: string, time: number) => {
    const seconds = (time / 1000).toFixed(2);
    return `${name}: min ${seconds} avg ${seconds} max ${seconds} s\n`;
  };
  return (
    line("total", total) +
    line("init, with loading the model", init) +
    line("run, with reading the data", run)
  );
}
