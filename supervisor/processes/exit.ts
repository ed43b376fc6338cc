// Describes how a worker ended: its exit code or signal in words, and the last lines it printed.

import type { Readable } from "node:stream";
import { systemRemedy } from "../errors.js";
import { mask } from "../masking.js";
import type { Exit } from "./groups.js";

const signalWords: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: "killed from outside, or by the system when memory ran out",
  SIGSEGV: "segmentation fault: native code accessed invalid memory",
  SIGABRT: "native code aborted",
  SIGBUS: "bad memory access in native code",
  SIGFPE: "arithmetic fault in native code",
  SIGILL: "illegal instruction: a library was built for another processor",
  SIGTERM: "terminated from outside",
  SIGINT: "interrupted from outside",
};

const codeWords: Record<number, string> = {
  126: "the interpreter cannot be executed",
  127: "the interpreter was not found",
};

/** Explains why a program could not be started, and what to do about it. */
function failureInWords(failure: string): string {
  const remedy = systemRemedy(failure);
  return `could not be started: ${failure}${remedy ? `; ${remedy}` : ""}`;
}

const outsideSignals: readonly (NodeJS.Signals | undefined)[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"];

/** Whether the process was ended from outside. `memoryWanted` is undefined if it is not known. */
export function isFromOutside({ signal }: Exit, memoryWanted: boolean | undefined): boolean {
  return outsideSignals.includes(signal) && !(signal === "SIGKILL" && memoryWanted !== false);
}

/** `memoryWanted` tells whether the system has killed a process for lack of memory. */
export function exitInWords({ code, signal, failure }: Exit, memoryWanted?: boolean): string {
  if (failure) return failureInWords(failure);
  if (signal === "SIGKILL" && memoryWanted !== undefined) {
    const who = memoryWanted ? "by the system for want of memory" : "from outside; there was memory enough";
    return `was ended by SIGKILL (killed ${who})`;
  }
  if (signal) return `was ended by ${signal} (${signalWords[signal] ?? "a signal"})`;
  const words = codeWords[code ?? -1];
  return `ended with exit code ${code}${words ? ` (${words})` : ""}`;
}

const longestLine = 8192;
const keptBack = 4096;
const linesKept = 20;

/** How a worker marks a line whose level it knows (protocol/SPEC.md section 1). */
const marks = { d: "debug", i: "info", w: "warn", e: "error" } as const;
export type Level = (typeof marks)[keyof typeof marks];
const mark = "\u0001";

/** Splits a worker's output into lines for the log, and keeps the last ones. */
export class PrintedLines {
  private rest = "";
  private readonly last: string[] = [];
  private readonly decoder = new TextDecoder();
  readonly ended: Promise<void>;

  /** `level` is undefined for a plain print. */
  constructor(prints: Readable, onLine: (line: string, level: Level | undefined) => void) {
    const take = (printed: string) => {
      const level = printed[0] === mark ? marks[printed[1] as keyof typeof marks] : undefined;
      const line = level ? printed.slice(2) : printed;
      onLine(line, level);
      this.last.push(line);
      if (this.last.length > linesKept) this.last.shift();
    };
    prints.on("data", (chunk: Buffer) => {
      const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split("\n");
      this.rest = lines.pop() ?? "";
      for (const line of lines) take(line.replace(/\r$/, ""));
      // An endless line must not fill the memory. The part kept back is longer than any secret, so that none is cut in two.
      if (this.rest.length > longestLine) {
        const text = mask(this.rest);
        take(text.slice(0, -keptBack));
        this.rest = text.slice(-keptBack);
      }
    });
    prints.on("error", () => {});
    this.ended = new Promise((resolve) => {
      prints.once("close", () => {
        if (this.rest !== "") take(this.rest);
        this.rest = "";
        resolve();
      });
    });
  }

  tail(): string {
    return this.last.join("\n");
  }
}
