// Says in words what takes the place of the models of a Triton repository: those of the onnx and python backends.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { counted } from "../../counted.js";
import { messageOf } from "../../errors.js";
import { parseTextProto, type TextMessage } from "../../formats/text/text-proto.js";
import { backendByFile, newestVersion, tritonFile } from "../../model/triton.js";
import type { Migration } from "./mlserver.js";
import { joined, section } from "./words.js";

interface Findings {
  models: string[];
  faults: string[];
  unused: string[];
}

/** `folders` are those of the models. */
export function tritonMigration(repository: string, folders: readonly string[]): Migration {
  const findings: Findings = { models: [], faults: [], unused: [] };
  for (const folder of folders) {
    const file = path.join(folder, tritonFile);
    try {
      const config = existsSync(file) ? parseTextProto(readFileSync(file, "utf8")) : {};
      migrateModel(folder, config, findings);
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
  const version = path.join(folder, newestVersion(folder));
  const file = (usual: string) => path.join(version, textOf(config, "default_model_filename") ?? usual);
  const migrated =
    backend === undefined
      ? `no backend is named, and ${version} has no file of one; name it in ${tritonFile}`
      : backend.startsWith("onnxruntime")
        ? onnxInWords(name, file("model.onnx"), config)
        : backend === "python"
          ? pythonInWords(name, file("model.py"), config)
          : `the backend ${backend}; save the model as ONNX, or write a class for it (docs/mlserver.md)`;
  if (typeof migrated === "string") faults.push(`${name}: ${migrated}`);
  else models.push(...migrated);
  unused.push(...unusedOf(config).map((what) => `${name}: ${what}`));
}

const taken = ["name", "backend", "platform", "default_model_filename", "input", "output", "max_batch_size"];
const takenOfTensor = ["name", "data_type", "dims"];

function unusedOf(config: TextMessage): string[] {
  const fields = Object.keys(config).filter((one) => !taken.includes(one));
  const ofTensors = ["input", "output"].flatMap((kind) =>
    messagesIn(config, kind).flatMap((tensor) =>
      Object.keys(tensor)
        .filter((one) => !takenOfTensor.includes(one))
        .map((one) => `${kind} ${textOf(tensor, "name") ?? "?"} ${one}`),
    ),
  );
  return [
    ...fields.map((field) => field + (remedies[field] ?? "")),
    ...ofTensors.map((what) => what + (remedies[what.split(" ")[2]!] ?? "")),
  ];
}

const remedies: Readonly<Record<string, string>> = {
  instance_group: " (give every model so many workers with --max-workers)",
  dynamic_batching: " (requests are not put together)",
  version_policy: " (the newest version is the one to copy)",
  model_warmup: " (set warmup in model-metadata.yaml)",
  label_filename: " (the labels go into model-metadata.yaml)",
  parameters: " (set them as runtime parameters, or under parameters.extra of model-settings.json)",
};

/** The folder to make, or why rows cannot be its input. */
function onnxInWords(name: string, file: string, config: TextMessage): string[] | string {
  const { inputs, outputs } = tensorsOf(config);
  // Without a batch, the first dimension of a tensor counts its rows.
  const deep = inputs.find(({ shape }) => shape.length > 2);
  if (deep)
    return `the rows of ${deep.name} have several dimensions, ${JSON.stringify(deep.shape.slice(1))}, and an ONNX model takes columns here; write a class for it (docs/mlserver.md)`;
  const names = outputs.map((one) => one.name ?? "?").join(", ");
  return [
    `models/${name}/: copy ${file}, and write model-metadata.yaml with targetType (regression, binary, multiclass, …) and the labels`,
    `  ${names === "" ? "the outputs" : `the outputs ${names}`} are called predict and predict_proba there; inputs keep their names`,
  ];
}

function pythonInWords(name: string, file: string, config: TextMessage): string[] {
  const settings = {
    name,
    implementation: "model.Model",
    ...tensorsOf(config),
  };
  return [
    `models/${name}/: model.py with a class Model that extends mlserver.MLModel: initialize of ${file} becomes load, execute becomes predict,`,
    `  and model-settings.json with ${JSON.stringify(settings)}`,
  ];
}

interface TensorInWords {
  name: string | undefined;
  datatype: string;
  shape: number[];
}

function tensorsOf(config: TextMessage): Record<"inputs" | "outputs", TensorInWords[]> {
  const all = (kind: string) => messagesIn(config, kind).map((one) => tensorOf(one, config));
  return { inputs: all("input"), outputs: all("output") };
}

function tensorOf(tensor: TextMessage, config: TextMessage): TensorInWords {
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
