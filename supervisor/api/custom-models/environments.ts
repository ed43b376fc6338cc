// Execution environments and their versions.

import { createReadStream } from "node:fs";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { SeenEnvironment } from "../../hub/custom/environments.js";
import { invalid } from "../../hub/deployments/settings.js";
import type { Hub } from "../../hub/hub.js";
import type { EnvironmentVersionRow } from "../../hub/store/tables.js";
import { pageAmong } from "../datarobot/answers.js";
import { userOf } from "../datarobot/dialect.js";
import { fieldsOf, optionalOne, optionalText, pageOf, queryOf, textIn } from "../datarobot/fields.js";
import { isTrueIn, textsIn } from "./fields.js";
import { type FileRule, fieldIn, streamed, withForm } from "./forms.js";

const languages = ["python", "r", "java", "julia", "legacy", "other"] as const;
const buildStatuses = ["submitted", "processing", "success", "failed"] as const;
const path = "/executionEnvironments";
const mostLabel = 50;
const rule: FileRule = {
  most: 1,
  field: /^docker_?context$/i,
  expected: "one, the docker_context: images are not kept here",
};

export function environmentRoutes(app: FastifyInstance, { custom }: Hub): void {
  const { environments, storage } = custom;

  app.post(`${path}/`, async (request) => {
    const fields = fieldsOf(request);
    const id = await environments.create(userOf(request), {
      name: textIn(fields, "name", 255),
      description: optionalText(fields, "description") ?? "",
      programmingLanguage: optionalOne(fields, "programmingLanguage", languages) ?? "other",
      isPublic: Number(isTrueIn(fields, "isPublic") ?? false),
      useCases: JSON.stringify(textsIn(fields, "useCases") ?? []),
    });
    return { id };
  });

  app.get(`${path}/`, async (request) => {
    const query = queryOf(request);
    const found = await environments.list(userOf(request), {
      searchFor: optionalText(query, "searchFor"),
      isOwn: isTrueIn(query, "isOwn"),
      isPublic: isTrueIn(query, "isPublic"),
      useCase: optionalText(query, "useCases"),
    });
    return pageAmong(request, pageOf(query), found.map(environmentView));
  });

  app.get(`${path}/:id/`, async (request) =>
    environmentView(await environments.find(userOf(request), paramsOf(request).id)),
  );

  app.patch(`${path}/:id/`, async (request) => {
    const fields = fieldsOf(request);
    const [isPublic, useCases] = [isTrueIn(fields, "isPublic"), textsIn(fields, "useCases")];
    const description = optionalText(fields, "description");
    const changed = await environments.change(userOf(request), paramsOf(request).id, {
      ...(fields.name !== undefined && { name: textIn(fields, "name", 255) }),
      ...(description !== undefined && { description }),
      ...(isPublic !== undefined && { isPublic: Number(isPublic) }),
      ...(useCases && { useCases: JSON.stringify(useCases) }),
    });
    return environmentView(changed);
  });

  app.delete(`${path}/:id/`, async (request, reply) => {
    await environments.delete(userOf(request), paramsOf(request).id);
    return reply.code(204).send();
  });

  app.get(`${path}/:id/versions/`, async (request) => {
    const { id } = await environments.find(userOf(request), paramsOf(request).id);
    const query = queryOf(request);
    // Nothing is built, so all of them are ready.
    const isEmpty = (optionalOne(query, "buildStatus", buildStatuses) ?? "success") !== "success";
    const found = isEmpty ? [] : (await environments.versions(id)).map(versionView);
    return pageAmong(request, pageOf(query), found);
  });

  app.post(`${path}/:id/versions/`, streamed, async (request) => {
    const { id } = await environments.find(userOf(request), paramsOf(request).id);
    if (!request.isMultipart()) {
      const fields = fieldsOf(request);
      const dockerImageUri = textIn(fields, "dockerImageUri", 1024);
      const given = { ...describedBy(fields), dockerImageUri };
      return { id: await environments.addVersion(userOf(request), id, given) };
    }
    return withForm(request, { storage, rule }, async (form) => {
      const names = ["label", "description", "dockerImageUri"];
      const fields = Object.fromEntries(names.map((name) => [name, fieldIn(form, name)]));
      const [context] = form.files;
      if (!context) throw invalid("docker_context", "a file", undefined);
      const dockerImageUri = optionalText(fields, "dockerImageUri", 1024) ?? null;
      const sent = { context: context.taken, contextName: context.name, upload: form.upload };
      const given = { ...describedBy(fields), dockerImageUri };
      return { id: await environments.addVersion(userOf(request), id, given, sent) };
    });
  });

  const versionOf = async (request: FastifyRequest) => {
    const { id, versionId } = paramsOf(request);
    const environment = await environments.find(userOf(request), id);
    return environments.version(environment.id, versionId);
  };
  app.get(`${path}/:id/versions/:versionId/`, async (request) => versionView(await versionOf(request)));
  app.get(`${path}/:id/versions/:versionId/buildLog/`, async (request) => {
    const version = await versionOf(request);
    return { log: logOf(version, environments.isInstalled(version.environmentId)), error: "" };
  });
  app.get(`${path}/:id/versions/:versionId/download/`, async (request, reply) => {
    const version = await versionOf(request);
    const file = environments.contextOf(version);
    const name = encodeURIComponent(version.contextName!);
    return reply
      .type("application/octet-stream")
      .header("Content-Disposition", `attachment; filename*=UTF-8''${name}`)
      .send(createReadStream(file));
  });
}

/** The label is what the client refuses to read if it is longer. */
function describedBy(fields: Record<string, unknown>) {
  return {
    label: optionalText(fields, "label", mostLabel) ?? "",
    description: optionalText(fields, "description") ?? "",
  };
}

function paramsOf({ params }: FastifyRequest) {
  return params as { id: string; versionId: string };
}

/** What has happened, and what has not. */
function logOf({ contextName, size, dockerImageUri }: EnvironmentVersionRow, isInstalled: boolean): string {
  if (isInstalled) return "This environment is installed where the hub runs; there is no image.";
  const stored =
    contextName === null ? [] : [`The context ${contextName} (${size} bytes) was stored as it came.`];
  const named = dockerImageUri === null ? [] : [`The image ${dockerImageUri} was noted, and not fetched.`];
  return [
    ...stored,
    ...named,
    "No image was built: this hub runs models without images, each in the installed environment that fits its files.",
  ].join("\n");
}

function environmentView(environment: SeenEnvironment) {
  const { id, name, description, programmingLanguage, isPublic, useCases, createdAt, latest } = environment;
  const version = latest && versionView(latest);
  return {
    id,
    name,
    description,
    programmingLanguage,
    isPublic: isPublic === 1,
    useCases: JSON.parse(useCases) as string[],
    requiredMetadataKeys: [],
    created: createdAt,
    latestVersion: version ?? null,
    latestSuccessfulVersion: version ?? null,
  };
}

function versionView({
  id,
  environmentId,
  label,
  description,
  createdAt,
  contextName,
  size,
  dockerImageUri,
}: EnvironmentVersionRow) {
  return {
    id,
    environmentId,
    label,
    description,
    buildStatus: "success",
    // There is no image; the client needs an id.
    imageId: id,
    created: createdAt,
    dockerContextSize: contextName === null ? null : size,
    dockerImageSize: null,
    sourceDockerImageUri: dockerImageUri,
  };
}
