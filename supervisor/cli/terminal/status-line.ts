// Owns the last line of a terminal: a spinner, or a bar when there is something to count. Whatever this process writes to the terminal
// goes above it.

import cliTruncate from "cli-truncate";
import { variables } from "../../places.js";

const frames = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];
const [tick, widestBar, narrowestBar] = [100, 40, 10];
const clearLine = "\r\u001b[K";

export interface Status {
  text: string;
  /** What is done of how much, as a share; undefined shows a spinner. */
  share?: number | undefined;
}

export interface StatusLine {
  show(status: Status): void;
  /** Removes the line. Later calls do nothing. */
  end(): void;
}

/** A status line on stderr if that is a terminal which can move its cursor; otherwise nothing. */
export function openStatusLine(first: Status): StatusLine {
  const { stderr, stdout } = process;
  if (!stderr.isTTY || variables.TERM === "dumb") return { show: () => {}, end: () => {} };
  const startedAt = performance.now();
  let [status, isDrawn, isLineOpen, isOver] = [first, false, false, false];
  const release = [stderr, stdout].filter(({ isTTY }) => isTTY).map((stream) => intercept(stream, clear));

  function clear(next: string | Uint8Array): void {
    if (isDrawn) write(clearLine);
    isDrawn = false;
    if (next.length > 0) isLineOpen = next.at(-1) !== "\n" && next.at(-1) !== 10;
  }
  // Below the interception, since it is the line itself.
  const write = (text: string) => void Object.getPrototypeOf(stderr).write.call(stderr, text);
  const draw = () => {
    if (isLineOpen) return;
    const seconds = Math.floor((performance.now() - startedAt) / 1000);
    const frame = frames[Math.floor(performance.now() / tick) % frames.length]!;
    write(
      `${isDrawn ? "\r" : ""}${composed(status, { frame, seconds, columns: stderr.columns || 80 })}\u001b[K`,
    );
    isDrawn = true;
  };
  const clock = setInterval(draw, tick).unref();
  const end = () => {
    if (isOver) return;
    isOver = true;
    clearInterval(clock);
    process.off("exit", end);
    clear("");
    for (const one of release) one();
  };
  process.once("exit", end);
  return {
    show: (next) => {
      status = next;
    },
    end,
  };
}

/** Calls `before` with what is about to be written. Returns a function that ends this. */
function intercept(stream: NodeJS.WriteStream, before: (next: string | Uint8Array) => void): () => void {
  const write = stream.write;
  stream.write = ((next: string | Uint8Array, ...rest: []) => {
    before(next);
    return write.call(stream, next, ...rest);
  }) as typeof write;
  return () => {
    stream.write = write;
  };
}

interface Moment {
  frame: string;
  seconds: number;
  columns: number;
}

/** At most one line: the last column stays free, since some terminals begin a new line there. */
function composed({ text, share }: Status, { frame, seconds, columns }: Moment): string {
  const words = `${text} (${seconds} s)`;
  const width = Math.max(narrowestBar, Math.min(widestBar, columns - words.length - 2));
  const full = Math.round(width * Math.min(1, Math.max(0, share ?? 0)));
  const mark = share === undefined ? frame : "█".repeat(full) + "░".repeat(width - full);
  return cliTruncate(`${mark} ${words}`, columns - 1);
}
