// The log: pino to stderr, as readable lines without secrets. Prints of user code are logged under the worker's name at any level.

import { type Logger, pino } from "pino";
import { prettyFactory } from "pino-pretty";
import { mask } from "./masking.js";

export type Log = Logger;

export function openLog(level: string): Log {
  const pretty = prettyFactory({
    colorize: process.stderr.isTTY === true,
    ignore: "pid,hostname,worker",
    translateTime: "SYS:yyyy-mm-dd HH:MM:ss.l",
    messageFormat: (record, key) =>
      harmless(mask(`${record.worker ? `[${record.worker}] ` : ""}${record[key]}`)),
  });
  const lines = new Lines(process.stderr);
  return pino({ level, base: null }, { write: (record) => lines.write(() => pretty(record)) });
}

/** The loggers of one worker. `log` obeys the level; `prints`, for the output of user code, is always shown. */
export function workerLog(log: Log, worker: string): { log: Log; prints: Log } {
  return { log: log.child({ worker }), prints: log.child({ worker }, { level: "info" }) };
}

/** Control characters but tab and line feed, line separators, and what turns the direction of writing. */
const controls = /(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Texts of others are logged as well: none of them moves the cursor, and no further line of a text passes for a line of the log. */
export function harmless(text: string): string {
  return text.replace(controls, escaped).replaceAll("\n", "\n    ");
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
}

/** Characters that may wait for a reader. */
const mostWaiting = 4 * 2 ** 20;

/**
 * A pipe takes what fits, the rest waits in memory: a reader that stalls stops nothing. What is too much is dropped, and counted for
 * the reader that comes back.
 */
export class Lines {
  private dropped = 0;

  constructor(private readonly output: Pick<NodeJS.WriteStream, "write" | "writableLength">) {}

  write(line: () => string): void {
    if (this.output.writableLength > (this.dropped > 0 ? mostWaiting / 2 : mostWaiting)) {
      this.dropped += 1;
      return;
    }
    if (this.dropped > 0)
      this.output.write(`(${this.dropped} lines of the log were dropped: nothing read them in time)\n`);
    this.dropped = 0;
    this.output.write(line());
  }
}
