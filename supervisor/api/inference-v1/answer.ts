// What a code directory answers to a body of KServe's protocols: V1 instances, V2 tensors, or any body of an unstructured model.

import { DrumError } from "../../errors.js";
import { find } from "../../formats/gjson/find.js";
import { validJson } from "../../formats/gjson/text.js";
import { readInferRequest } from "../../formats/inference/message.js";
import { replaceBareNumbers } from "../../formats/json.js";
import { jsonText } from "../../formats/json-text.js";
import { isModelClass } from "../../model/model.js";
import { unstructuredAnswer, unstructuredInput } from "../../predictions/unstructured.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import { predictInstances } from "../../serving/graph/inference-graph/v1.js";
import { inferenceOf, inJson, withHeaders } from "../inference-v2/infer.js";
import { type Asker, predictTensors } from "./instances.js";

interface Answer {
  contentType: string;
  body: Buffer;
}

const contentType = "application/json";

/** Throws INPUT_UNREADABLE for what is no JSON object, INPUT_INVALID for one of neither protocol, and what predictions throw. */
export async function answerBody(
  deployment: Deployment,
  body: Buffer,
  { departure, headers }: Asker,
): Promise<Answer> {
  const { name, release } = deployment;
  const isClass = isModelClass(release.model);
  if (release.model.target.type === "unstructured" && !isClass) {
    const given = { ...unstructuredInput(body, "application/json"), query: {}, headers: {} };
    return unstructuredAnswer(await deployment.scoreUnstructured(given, departure));
  }
  jsonText(body);
  if (hasTensors(body)) {
    const inference = await inferenceOf(deployment, withHeaders(readInferRequest(body), headers), departure);
    return { contentType, body: inJson(inference) };
  }
  const json = objectIn(body, name);
  // KServe's servers take either name.
  const instances = find(json, "instances") ?? find(json, "inputs");
  if (instances?.startsWith("[")) {
    const answer = isClass
      ? await predictTensors(deployment, instances, { departure, headers })
      : await predictInstances(deployment, instances, departure);
    return { contentType, body: Buffer.from(answer as string) };
  }
  throw new DrumError(
    "INPUT_INVALID",
    `${name} takes {"instances": […]}, or {"inputs": […]} of V2; got ${json.slice(0, 80)}`,
  );
}

/** Bare NaN is none of JSON, but read in tensors. */
function hasTensors(body: Buffer): boolean {
  const json = validJson(replaceBareNumbers(String(body), () => "null"));
  return json !== undefined && find(json, "inputs.0.datatype") !== undefined;
}

/** Throws INPUT_UNREADABLE. */
export function objectIn(body: Buffer, name: string): string {
  const json = validJson(body);
  if (json?.startsWith("{")) return json;
  throw new DrumError(
    "INPUT_UNREADABLE",
    `${name} takes a JSON object, {"instances": […]}; got ${String(body.subarray(0, 80)) || "an empty body"}`,
  );
}
