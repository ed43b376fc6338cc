// A file of JSON that holds what a node has learned. It is replaced as a whole, so that it survives an end at any moment.

import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "atomically";

import { DrumError, messageOf } from "../../../errors.js";

export class StateFile<State> {
  private running: Promise<void> = Promise.resolve();
  /** The write that has not begun yet; it will hold all changes until then. */
  private waiting: Promise<void> | undefined;

  constructor(readonly file: string) {}

  /** Undefined if there is no file yet. Throws STATE_UNUSABLE for a file that is not JSON. */
  read(): State | undefined {
    try {
      return existsSync(this.file) ? (JSON.parse(readFileSync(this.file, "utf8")) as State) : undefined;
    } catch (error) {
      throw new DrumError(
        "STATE_UNUSABLE",
        `${this.file} cannot be read: ${messageOf(error)}; mend or remove it`,
        { cause: error },
      );
    }
  }

  /** Resolves when the state is on the disk. Calls meanwhile share one write. Rejects with STATE_UNUSABLE. */
  write(state: () => State): Promise<void> {
    this.waiting ??= this.running
      .catch(() => {})
      .then(() => {
        this.waiting = undefined;
        this.running = this.replace(state());
        return this.running;
      });
    return this.waiting;
  }

  private async replace(state: State): Promise<void> {
    try {
      await writeFile(this.file, `${JSON.stringify(state)}\n`);
    } catch (error) {
      throw new DrumError("STATE_UNUSABLE", `${this.file} cannot be written: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}
