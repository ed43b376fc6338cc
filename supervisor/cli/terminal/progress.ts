// What a command is doing, on the status line.

import { harmless } from "../../log.js";
import { openStatusLine } from "./status-line.js";

export interface Progress {
  /** `done` of `total`, if known. */
  show(stage: string, done?: number, total?: number): void;
  end(): void;
}

/** `unit` names what `done` and `total` count. */
export function openProgress(unit = "rows"): Progress {
  const line = openStatusLine({ text: "starting" });
  return {
    show(stage, done = 0, total = 1) {
      const words = oneLine(stage);
      if (total > 1) line.show({ text: `${words} ${done} of ${total} ${unit}`, share: done / total });
      else line.show({ text: words });
    },
    end: line.end,
  };
}

/** A foreign text, without what would move the cursor. */
export function oneLine(text: string): string {
  return harmless(text).replace(/\s+/g, " ");
}
