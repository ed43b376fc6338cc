// The reporting thread. Predictions never wait for it.

import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../errors.js";
import type { FromReporter, ToReporter } from "./messages.js";
import { Reporter } from "./reporter.js";
import type { MonitorSettings } from "./settings.js";

const say = (message: FromReporter) => parentPort!.postMessage(message);
const tell = (level: "info" | "warn", text: string) => say({ level, text });

const reporter = new Reporter(workerData as MonitorSettings, tell);
/** The previous message: they are handled one at a time. */
let last: Promise<void> = Promise.resolve();

parentPort!.on("message", (message: ToReporter) => {
  last = last.then(() => handle(message));
});

async function handle(message: ToReporter): Promise<void> {
  if ("close" in message) {
    say({ closed: await reporter.close(message.close) });
    return;
  }
  try {
    await reporter.take(message.event);
  } catch (error) {
    tell("warn", `a report was lost: ${messageOf(error)}`);
  }
  say({ taken: message.size });
}
