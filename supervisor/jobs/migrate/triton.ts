// Says in words what takes the place of the models of a Triton repository: those of the onnx and python backends.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { counted } from "../../counted.js";
import { messageOf } from "../../errors.js";
import { parseTextProto, type TextMessage } from "../../formats/text/text-proto.js";
import type { Migration } from "./mlserver.js";
import { joined, section } from "./words.js";

export const tritonFile = "config.pbtxt";

interface Findings {
  models: string[];
  faults: string[];
  unused: string[];
}

/** `folders` are those with a config.pbtxt. */
export function tritonMigration(repository: string, folders: readonly string[]): Migration {
  const findings: Findings = { models: [], faults: [], unused: [] };
  for (const folder of folders) {
    const file = path.join(folder, tritonFile);
    try {
      migrateModel(folder, parseTextProto(readFileSync(file, "utf8")), findings);
    } catch (error) {
      findings.faults.push(`${file}: ${messageOf(error)}`);
    }
  }
  const { models, faults, unused } = findings;
  const text = joined([
    `${repository} has ${counted(folders.length, "model")} for Triton.`,
    section("Folders to make", models),
    section("Not served", faults),
    section("Not taken from the configurations", unused),
    section("Serve them with", ["drum server --model-dir models --address 127.0.0.1:8080"]),
  ]);
  return { text, isReady: false };
}

function migrateModel(folder: string, config: TextMessage, { models, faults, unused }: Findings): void {
  const name = textOf(config, "name") ?? path.basename(folder);
  const backend = textOf(config, "backend") ?? textOf(config, "platform") ?? backendByFile(folder);
  const newest = newestVersion(folder);
  const file = (usual: string) =>
    path.join(folder, newest, textOf(config, "default_model_filename") ?? usual);
  if (backend.startsWith("onnxruntime")) models.push(...onnxInWords(name, file("model.onnx"), config));
  else if (backend === "python") models.push(...pythonInWords(name, file("model.py"), config));
  else
    faults.push(
      `${name}: the backend ${backend}; save the model as ONNX, or write a class for it (docs/mlserver.md)`,
    );
  const taken = [
    "name",
    "backend",
    "platform",
    "default_model_filename",
    "input",
    "output",
    "max_batch_size",
  ];
  for (const field of Object.keys(config).filter((one) => !taken.includes(one)))
    unused.push(`${name}: ${field}${remedies[field] ?? ""}`);
}

const remedies: Readonly<Record<string, string>> = {
  instance_group: " (give every model so many workers with --max-workers)",
  dynamic_batching: " (requests are not put together)",
  version_policy: " (the newest version is the one to copy)",
  model_warmup: " (set warmup in model-metadata.yaml)",
  parameters: " (set them as runtime parameters, or under parameters.extra of model-settings.json)",
};

function onnxInWords(name: string, file: string, config: TextMessage): string[] {
  const outputs = messagesIn(config, "output").map((one) => textOf(one, "name") ?? "?");
  return [
    `models/${name}/: copy ${file}, and write model-metadata.yaml with targetType (regression, binary, multiclass, …) and the labels`,
    `  the outputs ${outputs.join(", ")} are called predict and predict_proba there; inputs keep their names`,
  ];
}

function pythonInWords(name: string, file: string, config: TextMessage): string[] {
  const settings = {
    name,
    implementation: "model.Model",
    inputs: messagesIn(config, "input").map((one) => tensorOf(one, config)),
    outputs: messagesIn(config, "output").map((one) => tensorOf(one, config)),
  };
  return [
    `models/${name}/: model.py with a class Model that extends mlserver.MLModel: initialize of ${file} becomes load, execute becomes predict,`,
    `  and model-settings.json with ${JSON.stringify(settings)}`,
  ];
}

function tensorOf(tensor: TextMessage, config: TextMessage): object {
  const batch = Number(config.max_batch_size?.[0] ?? 0) > 0 ? [-1] : [];
  const type = (textOf(tensor, "data_type") ?? "TYPE_FP32").replace("TYPE_", "");
  const shape = [...batch, ...(tensor.dims ?? []).map(Number)];
  return { name: textOf(tensor, "name"), datatype: type === "STRING" ? "BYTES" : type, shape };
}

function messagesIn(message: TextMessage, field: string): TextMessage[] {
  return (message[field] ?? []).filter((one): one is TextMessage => typeof one === "object");
}

/** Undefined for an empty text, which is the default. */
function textOf(message: TextMessage, field: string): string | undefined {
  const found = message[field]?.at(-1);
  return typeof found === "string" && found !== "" ? found : undefined;
}

function newestVersion(folder: string): string {
  const versions = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  return versions.sort((one, other) => Number(one) - Number(other)).at(-1) ?? "1";
}

/** Triton fills it in by the file, too. */
function backendByFile(folder: string): string {
  const version = path.join(folder, newestVersion(folder));
  if (existsSync(path.join(version, "model.onnx"))) return "onnxruntime";
  return existsSync(path.join(version, "model.py")) ? "python" : "that is not named";
}
