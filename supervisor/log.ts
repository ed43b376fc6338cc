// The log: pino to stderr, as readable lines without secrets. Prints of user code are logged under the worker's name at any level.

import { type Logger, pino } from "pino";
import pretty from "pino-pretty";
import { mask } from "./masking.js";

export type Log = Logger;

export function openLog(level: string): Log {
  const stream = pretty({
    destination: 2,
    sync: true,
    colorize: process.stderr.isTTY === true,
    ignore: "pid,hostname,worker",
    translateTime: "SYS:yyyy-mm-dd HH:MM:ss.l",
    messageFormat: (record, key) => mask(`${record.worker ? `[${record.worker}] ` : ""}${record[key]}`),
  });
  return pino({ level, base: null }, stream);
}

/** The loggers of one worker. `log` obeys the level; `prints`, for the output of user code, is always shown. */
export function workerLog(log: Log, worker: string): { log: Log; prints: Log } {
  return { log: log.child({ worker }), prints: log.child({ worker }, { level: "info" }) };
}
