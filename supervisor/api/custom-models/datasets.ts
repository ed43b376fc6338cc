// Datasets: uploaded, listed, told, downloaded, changed, deleted.

import { createReadStream } from "node:fs";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { SeenDataset } from "../../hub/custom/datasets.js";
import { invalid } from "../../hub/deployments/settings.js";
import type { Hub } from "../../hub/hub.js";
import { begun, pageAnswer } from "../datarobot/answers.js";
import { userOf } from "../datarobot/dialect.js";
import { fieldsOf, pageOf, textIn } from "../datarobot/fields.js";
import { textsIn } from "./fields.js";
import { type FileRule, streamed, withForm } from "./forms.js";

const path = "/datasets";
const rule: FileRule = { most: 1, field: /^file$/, expected: "one, in the field file" };

export function datasetRoutes(app: FastifyInstance, { custom, statuses }: Hub): void {
  const { datasets, storage } = custom;
  const datasetOf = ({ params }: FastifyRequest) => datasets.find((params as { id: string }).id);

  app.post(`${path}/fromFile/`, streamed, async (request, reply) => {
    const id = await withForm(request, { storage, rule }, async ({ files, upload }) => {
      const [file] = files;
      if (!file) throw invalid("file", "a file", undefined);
      if (file.taken.bytes === 0) throw invalid("file", "a file that is not empty", file.name);
      return datasets.create(userOf(request), file.name || "dataset", file.taken, upload);
    });
    const work = { description: "The dataset was stored", location: `datasets/${id}/` };
    return begun(request, reply, await statuses.done(work), { datasetId: id, datasetVersionId: id });
  });

  app.get(`${path}/`, async (request) => {
    userOf(request);
    const page = pageOf(request.query);
    const { rows, total } = await datasets.list(page);
    return pageAnswer(request, page, total, rows.map(datasetView));
  });

  app.get(`${path}/:id/`, async (request) => datasetView(await datasetOf(request)));

  app.patch(`${path}/:id/`, async (request) => {
    const fields = fieldsOf(request);
    const categories = textsIn(fields, "categories", 100);
    await datasets.change(userOf(request), await datasetOf(request), {
      ...(fields.name !== undefined && { name: textIn(fields, "name") }),
      ...(categories && { categories: JSON.stringify(categories) }),
    });
    return datasetView(await datasetOf(request));
  });

  app.delete(`${path}/:id/`, async (request, reply) => {
    await datasets.delete(userOf(request), await datasetOf(request));
    return reply.code(204).send();
  });

  app.get(`${path}/:id/file/`, async (request, reply) => {
    const dataset = await datasetOf(request);
    return reply
      .type("application/octet-stream")
      .header("Content-Length", dataset.size)
      .header("Content-Disposition", `attachment; filename*=UTF-8''${encodeURIComponent(dataset.name)}`)
      .send(createReadStream(datasets.fileOf(dataset)));
  });
}

function datasetView({ id, name, size, categories, createdAt, creatorName }: SeenDataset) {
  return {
    datasetId: id,
    // Each dataset has one version.
    versionId: id,
    name,
    datasetSize: size,
    categories: JSON.parse(categories) as string[],
    creationDate: createdAt,
    createdBy: creatorName,
    dataPersisted: true,
    isDataEngineEligible: false,
    isLatestVersion: true,
    isSnapshot: true,
    processingState: "COMPLETED",
  };
}
