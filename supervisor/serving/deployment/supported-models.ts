// The language models that a text generation model offers: those its hook returns, or the one in the runtime parameter LLM_ID.

import type { JsonMap } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import type { Deployment } from "./deployment.js";

/** The `created` field of DataRobot's own entry: seconds since 1970. */
const created = 1735689600;

interface LanguageModel {
  /** Of OpenAI's list of models. */
  entry: JsonMap;
  deployment: Deployment;
}

/** Those of all that generate text. Waits for models that load, and leaves out those that have failed. */
export async function languageModels(deployments: readonly Deployment[]): Promise<LanguageModel[]> {
  const able = deployments.filter(
    ({ release, state }) => release.model.target.type === "textgeneration" && state !== "failed",
  );
  const found = await Promise.all(
    able.map(async (deployment) =>
      (await supportedModels(deployment)).map((entry) => ({ entry, deployment })),
    ),
  );
  return found.flat();
}

/** Entries of OpenAI's list of models. Throws ROUTE_NOT_SERVED for other target types. */
export async function supportedModels({ name, release }: Deployment): Promise<JsonMap[]> {
  const { target, runtimeParameters } = release.model;
  if (target.type !== "textgeneration") {
    throw new DrumError(
      "ROUTE_NOT_SERVED",
      `${name} is a ${target.type} model; only text generation models list language models`,
    );
  }
  await release.loaded;
  if (release.partWith("get_supported_llm_models")) return (await release.supportedModels()).models;
  const id = runtimeParameters.find((one) => one.name === "LLM_ID");
  return id?.type === "string" && id.value !== null
    ? [{ id: id.value, object: "model", created, owned_by: "DataRobot" }]
    : [];
}
