// Batch prediction jobs: made, uploaded, told, listed, downloaded, deleted.

import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DrumError } from "../../errors.js";
import { downloadOf } from "../../hub/batch/download.js";
import { jobStatuses } from "../../hub/batch/records.js";
import { type JobSpec, readSpec } from "../../hub/batch/spec.js";
import type { Hub } from "../../hub/hub.js";
import type { BatchJobRow } from "../../hub/store/tables.js";
import { discard } from "../bodies/discard.js";
import { addressOf, pageAnswer } from "./answers.js";
import { userOf } from "./dialect.js";
import { fieldsOf, manyIn, optionalText, pageOf, queryOf } from "./fields.js";

const path = "batchPredictions";

/**
 * Milliseconds after its creation from which a job can be downloaded before it is ended. Until then, the client asks for its state each
 * second, and so learns in words why a short job failed. After 120 s without a download it would delete the job, and a download may
 * wait 660 s for its first byte.
 */
const downloadableAfter: Readonly<Record<string, number>> = { RUNNING: 20_000, INITIALIZING: 100_000 };

export function batchRoutes(app: FastifyInstance, hub: Hub): void {
  const { batch } = hub;
  const jobIn = (request: FastifyRequest) =>
    batch.records.find(userOf(request), (request.params as { jobId: string }).jobId);

  app.post(`/${path}/`, async (request, reply) => {
    const job = await batch.create(userOf(request), readSpec(fieldsOf(request)));
    return reply
      .code(202)
      .header("Location", addressOf(request, `${path}/${job.id}/`))
      .send(jobView(job, hub, request));
  });

  app.get(`/${path}/`, async (request) => {
    const query = queryOf(request);
    const page = pageOf(query);
    const filter = {
      statuses: manyIn(query, "status", jobStatuses),
      deploymentId: optionalText(query, "deploymentId"),
    };
    const { rows, total } = await batch.records.list(userOf(request), filter, page);
    return pageAnswer(
      request,
      page,
      total,
      rows.map((row) => jobView(row, hub, request)),
    );
  });

  app.get(`/${path}/:jobId/`, async (request) => jobView(await jobIn(request), hub, request));

  app.delete(`/${path}/:jobId/`, async (request, reply) => {
    await batch.delete(userOf(request), await jobIn(request));
    return reply.code(204).send();
  });

  app.get(`/${path}/:jobId/download/`, async (request, reply) => {
    const { id } = await jobIn(request);
    const pieces = await downloadOf(batch, id);
    return reply.type("text/csv; charset=utf-8").send(Readable.from(pieces, { objectMode: false }));
  });

  app.post(`/${path}/:jobId/csvUpload/finalizeMultipart/`, async (request, reply) => {
    await batch.uploads.join(await jobIn(request));
    return reply.code(202).send({});
  });

  // Their bodies go to the disk while they arrive, whatever their type.
  app.register(async (uploads) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser("*", (_request, body, done) => done(null, body));
    const upload = async (request: FastifyRequest) => {
      checkCoding(request);
      const { part } = request.params as { part?: string };
      await batch.uploads.take(
        await jobIn(request),
        request.raw,
        part === undefined ? undefined : numberIn(part),
      );
    };
    const config = { streamsBody: true };
    for (const route of [`/${path}/:jobId/csvUpload/`, `/${path}/:jobId/csvUpload/part/:part/`])
      uploads.put(route, { config }, async (request, reply) => {
        try {
          await upload(request);
        } catch (error) {
          discard(request);
          throw error;
        }
        return reply.code(202).send({});
      });
  });
}

function checkCoding({ headers }: FastifyRequest): void {
  const { "content-encoding": coding } = headers;
  if (coding === undefined || coding === "identity") return;
  throw new DrumError("CODING_UNSUPPORTED", `the CSV has the Content-Encoding ${coding}; send it without`);
}

function numberIn(part: string): number {
  if (/^\d{1,9}$/.test(part)) return Number(part);
  throw new DrumError("BATCH_REFUSED", `a part must have a whole number, got ${part}`);
}

function jobView(job: BatchJobRow, hub: Hub, request: FastifyRequest) {
  const { id, status, startedAt, endedAt, createdAt, inputBytes, doneBytes, rows } = job;
  const spec = JSON.parse(job.spec) as JobSpec;
  const at = (below: string) => addressOf(request, `${path}/${id}/${below}`);
  const isEnded = endedAt !== null;
  const end = isEnded ? Date.parse(endedAt) : Date.now();
  const isDownloadable = isEnded
    ? hub.batch.keepsAnswer(job)
    : Date.now() - Date.parse(createdAt) > downloadableAfter[status]!;
  const share = status === "COMPLETED" ? 1 : inputBytes ? doneBytes / inputBytes : 0;
  return {
    id,
    status,
    statusDetails: status === "RUNNING" ? `Predicting: ${rows} rows done` : job.details,
    percentageCompleted: Math.floor(1000 * share) / 10,
    elapsedTimeSec: Math.floor((end - Date.parse(startedAt ?? createdAt)) / 1000),
    scoredRows: rows,
    failedRows: 0,
    skippedRows: 0,
    created: createdAt,
    isBlocked: false,
    jobIntakeSize: inputBytes,
    jobOutputSize: job.outputBytes,
    jobSpec: spec,
    links: {
      self: at(""),
      ...(status === "INITIALIZING" && inputBytes === null && { csvUpload: at("csvUpload/") }),
      ...(isDownloadable && { download: at("download/") }),
    },
  };
}
