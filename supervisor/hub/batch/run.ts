// One batch job at work: reads its CSV chunk by chunk, asks the deployment, and appends the answers in order.

import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { DrumError, messageOf } from "../../errors.js";
import { type Chunk, ChunkReader, type Header } from "../../formats/csv/chunks.js";
import { targetRules } from "../../predictions/targets.js";
import type { Models } from "../../serving/models.js";
import { Departure } from "../../serving/worker/departure.js";
import type { Records, Served } from "../deployments/records.js";
import { requiredColumns } from "../deployments/settings.js";
import type { User } from "../registry/users.js";
import type { BatchJobRow } from "../store/tables.js";
import { type Answer, answerOf, dialectOf, passthroughOf, payloadOf } from "./answer.js";
import type { JobFiles } from "./files.js";
import { checkSpace } from "./intake.js";
import type { Progress } from "./records.js";
import { chunkBytes, type JobSpec } from "./spec.js";

export interface RunParts {
  job: BatchJobRow;
  user: User;
  files: JobFiles;
  models: Models;
  deployments: Records;
  /** Records what is on the disk, and counts from then on. */
  note(progress: Progress): Promise<void>;
}

/** Rows of a chunk: what is written of each takes more memory than what is read. */
const mostRows = 20_000;

/** Milliseconds that a chunk waits for a model that loads, or for its turn among other requests. */
const patience = 10 * 60_000;
const [firstPause, longestPause] = [100, 5000];

/** Codes of what passes by itself. */
const passing: ReadonlySet<string> = new Set([
  "QUEUE_FULL",
  "NOT_READY",
  "DRAINING",
  "MODEL_UNKNOWN",
  "WORKER_GAVE_UP",
]);

/** A chunk that is with the model. */
interface Asked {
  chunk: Chunk;
  answer: Promise<Answer>;
}

export class Run {
  private readonly spec: JobSpec;
  private readonly departures = new Set<Departure>();
  private isStopped = false;
  private progress: Progress;

  constructor(private readonly parts: RunParts) {
    const { spec, doneBytes, rows, outputBytes } = parts.job;
    this.spec = JSON.parse(spec) as JobSpec;
    this.progress = { doneBytes, rows, outputBytes };
  }

  /** Predictions under way are given up; `go` rejects. */
  stop(): void {
    this.isStopped = true;
    for (const departure of this.departures) departure.leave();
  }

  /** Goes on where the job was. Resolves with the number of all its rows when all are on the disk. Throws the reason of a chunk that failed. */
  async go(): Promise<number> {
    const { files } = this.parts;
    const reader = await ChunkReader.open(files.input, dialectOf(this.spec.csvSettings));
    try {
      const output = await open(files.output, constants.O_RDWR | constants.O_CREAT, 0o600);
      try {
        await this.cut(output);
        await this.predictAll(reader, output);
      } finally {
        await output.close();
      }
    } finally {
      await reader.close();
    }
    if (this.progress.rows > 0) return this.progress.rows;
    throw new DrumError("INPUT_EMPTY", "the CSV has no rows below its header; send some");
  }

  /** Drops what was written and not recorded. Begins anew if the disk has lost what was recorded. */
  private async cut(output: FileHandle): Promise<void> {
    const { size } = await output.stat();
    if (size < this.progress.outputBytes) this.progress = { doneBytes: 0, rows: 0, outputBytes: 0 };
    await output.truncate(this.progress.outputBytes);
  }

  private async predictAll(reader: ChunkReader, output: FileHandle): Promise<void> {
    const header = await reader.header();
    const limits = { bytes: chunkBytes(this.spec), rows: mostRows };
    const asked: Asked[] = [];
    let at = this.progress.doneBytes || header.end;
    let rowsRead = this.progress.rows;
    for (;;) {
      while (asked.length < this.spec.numConcurrent) {
        const chunk = await reader.chunkAt(at, limits, header.names.length === 1);
        if (!chunk) break;
        asked.push({ chunk, answer: this.ask(header, chunk, rowsRead) });
        // It is awaited in its turn; until then its failure must not end the process.
        asked.at(-1)!.answer.catch(() => {});
        at = chunk.end;
        rowsRead += chunk.starts.length;
      }
      const next = asked.shift();
      if (!next) return;
      try {
        await this.append(output, next.chunk, await next.answer);
      } catch (error) {
        this.stop();
        await Promise.allSettled(asked.map(({ answer }) => answer));
        throw error;
      }
    }
  }

  /** What is recorded is on the disk before. */
  private async append(output: FileHandle, chunk: Chunk, { header, rows }: Answer): Promise<void> {
    const { outputBytes, rows: before } = this.progress;
    await checkSpace(this.parts.files.folder);
    const bytes = outputBytes === 0 ? Buffer.concat([header, rows]) : rows;
    for (let written = 0; written < bytes.length; ) {
      const at = outputBytes + written;
      written += (await output.write(bytes, written, bytes.length - written, at)).bytesWritten;
    }
    await output.datasync();
    this.progress = {
      doneBytes: chunk.end,
      rows: before + chunk.starts.length,
      outputBytes: outputBytes + bytes.length,
    };
    await this.parts.note(this.progress);
  }

  private async ask(header: Header, chunk: Chunk, before: number): Promise<Answer> {
    const count = chunk.starts.length;
    if (count === 0) return { header: Buffer.alloc(0), rows: Buffer.alloc(0) };
    try {
      return await this.predict(header, chunk);
    } catch (error) {
      const which = `rows ${before + 1} to ${before + count}`;
      if (error instanceof DrumError) throw error.saying(`${which}: ${error.message}`);
      throw new Error(`${which}: ${messageOf(error)}`, { cause: error });
    }
  }

  private async predict(header: Header, chunk: Chunk): Promise<Answer> {
    const { spec } = this;
    const served = await this.served();
    const passthrough = await passthroughOf(header, chunk, {
      spec,
      required: requiredColumns(served.settings),
    });
    const payload = await payloadOf(header, chunk, spec.csvSettings);
    const { checked, target } = await this.patiently(async (departure) => {
      const deployment = this.parts.models.find(spec.deploymentId);
      checkPredictsRows(deployment.release.model.target.type);
      return {
        checked: await deployment.predict(payload, departure),
        target: deployment.release.model.target,
      };
    });
    const { rows } = checked.predictions;
    if (rows !== chunk.starts.length)
      throw new DrumError(
        "INPUT_UNREADABLE",
        `the model has read ${rows} rows, and there are ${chunk.starts.length}; correct the quotes in them`,
      );
    const targetName = served.targetName ?? target.name ?? "target";
    const { threshold } = served;
    return answerOf({ checked, targetName, labels: target.labels, threshold, passthrough }, spec);
  }

  /** Asks again while the model loads or has no room. */
  private async patiently<Value>(ask: (departure: Departure) => Promise<Value>): Promise<Value> {
    const departure = new Departure();
    this.departures.add(departure);
    try {
      const end = performance.now() + patience;
      for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
        try {
          return await ask(departure);
        } catch (error) {
          const { code } = error as { code?: string };
          if (!passing.has(code ?? "") || performance.now() > end) throw error;
        }
        await sleep(pause);
        // An owner may have deactivated or deleted it meanwhile.
        await this.served();
        if (this.isStopped) throw new DrumError("CLIENT_GONE", "the job was stopped");
      }
    } finally {
      this.departures.delete(departure);
    }
  }

  /** Throws DEPLOYMENT_INACTIVE, RESOURCE_UNKNOWN and RIGHT_MISSING. */
  private async served(): Promise<Served> {
    const { deployments, user } = this.parts;
    const served = await deployments.served(user, this.spec.deploymentId);
    if (served.status === "active") return served;
    throw new DrumError(
      "DEPLOYMENT_INACTIVE",
      `the deployment ${served.label} is inactive; activate it and create the job again`,
    );
  }
}

/** Throws TARGET_TYPE_REFUSED. */
function checkPredictsRows(type: string): void {
  if (type in targetRules) return;
  throw new DrumError(
    "TARGET_TYPE_REFUSED",
    `a batch job needs a model that predicts rows, and this one is of the target type ${type}; choose another deployment`,
  );
}
