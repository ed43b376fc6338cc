// The log: pino to stderr, readable lines without secrets. What user code prints is logged under its worker's name whatever the level.

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

/** For one worker: its own remarks obey the level, what user code prints is always shown. */
export function workerLog(log: Log, worker: string): { log: Log; prints: Log } {
  return { log: log.child({ worker }), prints: log.child({ worker }, { level: "info" }) };
}
