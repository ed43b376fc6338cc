// The log: pino to stderr, as readable lines without secrets. Prints of user code are logged under the worker's name at any level.

import { styleText } from "node:util";
import { type Logger, pino } from "pino";
import { prettyFactory } from "pino-pretty";
import { counted } from "./counted.js";
import { mask } from "./masking.js";

export type Log = Logger;

export function openLog(level: string): Log {
  const pretty = prettyFactory({
    colorize: styleText("red", "x", { stream: process.stderr }) !== "x",
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

/** Control characters except tab and line feed, line separators, and characters that change the direction of writing. */
const controls = /(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Makes foreign texts safe to log: they cannot move the cursor, and their further lines do not look like lines of the log. */
export function harmless(text: string): string {
  return text.replace(controls, escaped).replaceAll("\n", "\n    ");
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
}

/** The most characters that wait for a reader. */
const mostWaiting = 4 * 2 ** 20;

/**
 * Writes to a pipe what fits and keeps the rest in memory, so that a stalled reader stops nothing. Drops what is too much, and reports
 * the count to a reader that comes back.
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
      this.output.write(`(the log dropped ${counted(this.dropped, "line")}: nothing read it in time)\n`);
    this.dropped = 0;
    this.output.write(line());
  }
}
