// A file of JSON lines that grows up to a limit; then it becomes FILE.1, and a new one begins.

import { appendFile, rename, stat } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "../../errors.js";
import { makeFolders } from "../../processes/folders.js";

/** Bytes of a file. */
const mostBytes = 64 * 2 ** 20;
/** Bytes that may wait for a slow disk; further records are left out. */
const mostWaiting = 16 * 2 ** 20;

export class Records {
  private waiting: string[] = [];
  private waitingBytes = 0;
  private size: number | undefined;
  private isWriting = false;
  private isBroken = false;

  /** `warn` is told once if records are left out. */
  constructor(
    private readonly file: string,
    private readonly warn: (text: string) => void,
  ) {}

  add(record: object): void {
    const line = `${JSON.stringify(record)}\n`;
    if (this.waitingBytes + line.length > mostWaiting) {
      this.tell("cannot keep up with the requests");
      return;
    }
    this.waiting.push(line);
    this.waitingBytes += line.length;
    if (!this.isWriting) void this.write();
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const lines = this.waiting.join("");
      this.waiting = [];
      this.waitingBytes = 0;
      await this.append(lines).catch((error) => this.tell(messageOf(error)));
    }
    this.isWriting = false;
  }

  private async append(lines: string): Promise<void> {
    makeFolders(path.dirname(this.file));
    this.size ??= await stat(this.file).then(
      ({ size }) => size,
      () => 0,
    );
    if (this.size > mostBytes) {
      await rename(this.file, `${this.file}.1`);
      this.size = 0;
    }
    await appendFile(this.file, lines);
    this.size += Buffer.byteLength(lines);
  }

  private tell(why: string): void {
    if (!this.isBroken) this.warn(`${this.file} lacks records: ${why}`);
    this.isBroken = true;
  }
}
