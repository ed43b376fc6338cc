// Warns of the first CSV with rows that are shorter than its header, which every language fills with missing values.

import { bytesOf } from "../../../protocol/memory.js";
import type { Payload } from "../../../protocol/messages.js";
import { type ShortRow, shortRowOf, shortRowOfFile, shortRowOfLarge } from "../../formats/csv/short-rows.js";
import type { Log } from "../../log.js";

/** Bytes whose walk takes less time than to give way to other work. */
const small = 16 * 1024;

export class ShortRows {
  private isTold = false;

  constructor(
    private readonly model: string,
    private readonly log: Log,
  ) {}

  /** Walks the rows of a file or large body while the model works on them. */
  look(payload: Payload): Promise<void> | undefined {
    if (this.isTold || payload.kind === "table" || payload.mimetype === "text/mtx") return undefined;
    const tell = (row: ShortRow | undefined) => this.tell(row);
    // The model's own error says that a file cannot be read.
    if (payload.kind === "file") return shortRowOfFile(payload.path).then(tell, () => {});
    const bytes = bytesOf(payload.data);
    if (bytes.length > small) return shortRowOfLarge(bytes).then(tell);
    tell(shortRowOf(bytes));
    return undefined;
  }

  private tell(row: ShortRow | undefined): void {
    if (!row || this.isTold) return;
    this.isTold = true;
    this.log.warn(
      `${this.model}: line ${row.line} of the CSV has ${row.cells} of the header's ${row.width} cells; the others, ` +
        "and those of further short rows, are taken as missing",
    );
  }
}
