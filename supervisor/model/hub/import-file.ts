// Reads the YAML with which a hub gets projects, models and deployments, with ids of its author's choice.

import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { DrumError, messageOf } from "../../errors.js";
import { isMap } from "../../formats/json.js";

export interface ImportedModel {
  /** Undefined if the file gives none. */
  id: string | undefined;
  type: string | undefined;
  /** Absolute. */
  codeDirectory: string;
  trainingData: string | undefined;
  targetType: string | undefined;
  classLabels: readonly string[];
}

export interface ImportedProject {
  id: string | undefined;
  name: string;
  target: string | undefined;
  models: readonly ImportedModel[];
}

export interface ImportedDeployment {
  id: string | undefined;
  label: string;
  description: string | undefined;
  importance: string | undefined;
  modelId: string;
}

export interface ImportFile {
  projects: readonly ImportedProject[];
  deployments: readonly ImportedDeployment[];
}

type Rule = "text" | "texts" | "list" | "id";

const ofFile = { projects: "list", deployments: "list" } as const;
const ofProject = { id: "id", name: "text", target: "text", models: "list" } as const;
const ofModel = {
  id: "id",
  type: "text",
  codeDirectory: "text",
  trainingData: "text",
  targetType: "text",
  classLabels: "texts",
} as const;
const ofDeployment = {
  id: "id",
  label: "text",
  description: "text",
  importance: "text",
  modelId: "id",
} as const;

/** Throws INPUT_FILE_MISSING, and METADATA_INVALID with the place of what is wrong. */
export function readImportFile(file: string): ImportFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new DrumError("INPUT_FILE_MISSING", `${file} cannot be read: ${messageOf(error)}; check the path`);
  }
  return parseImport(text, file);
}

/** The text of a file, whose name counts for relative paths and messages. Throws METADATA_INVALID. */
export function parseImport(text: string, file: string): ImportFile {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new DrumError("METADATA_INVALID", `${file} is not valid YAML: ${messageOf(error)}`);
  }
  const reader = new Reader(file);
  const { projects = [], deployments = [] } = reader.map(content, "the file", ofFile, []);
  return {
    projects: projects.map((one, at) => projectIn(reader, one, `projects[${at}]`)),
    deployments: deployments.map((one, at) => {
      const place = `deployments[${at}]`;
      const { id, label, description, importance, modelId } = reader.map(one, place, ofDeployment, [
        "label",
        "modelId",
      ]);
      return { id, label: label!, description, importance, modelId: modelId! };
    }),
  };
}

function projectIn(reader: Reader, given: unknown, place: string): ImportedProject {
  const { id, name, target, models = [] } = reader.map(given, place, ofProject, ["name", "models"]);
  return {
    id,
    name: name!,
    target,
    models: models.map((one, at) => {
      const model = reader.map(one, `${place}.models[${at}]`, ofModel, ["codeDirectory"]);
      return {
        id: model.id,
        type: model.type,
        codeDirectory: reader.resolved(model.codeDirectory!),
        trainingData: model.trainingData && reader.resolved(model.trainingData),
        targetType: model.targetType,
        classLabels: model.classLabels ?? [],
      };
    }),
  };
}

type Read<Rules extends Readonly<Record<string, Rule>>> = {
  [Name in keyof Rules]?: Rules[Name] extends "list"
    ? unknown[]
    : Rules[Name] extends "texts"
      ? string[]
      : string;
};

class Reader {
  constructor(private readonly file: string) {}

  /** Paths count from the folder of the file. */
  resolved(name: string): string {
    return path.resolve(path.dirname(this.file), name);
  }

  map<Rules extends Readonly<Record<string, Rule>>>(
    given: unknown,
    place: string,
    rules: Rules,
    required: readonly (keyof Rules & string)[],
  ): Read<Rules> {
    const names = Object.keys(rules).join(", ");
    if (!isMap(given)) throw this.fault(place, `a map of ${names}`, given);
    const unknown = Object.keys(given).find((name) => !(name in rules));
    if (unknown !== undefined) throw this.fault(`${place}.${unknown}`, `one of ${names}`, unknown);
    const missing = required.find((name) => given[name] === undefined || given[name] === null);
    if (missing !== undefined) throw this.fault(`${place}.${missing}`, "given", undefined);
    return Object.fromEntries(
      Object.entries(given)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [name, this.checked(rules[name]!, value, `${place}.${name}`)]),
    ) as Read<Rules>;
  }

  private checked(rule: Rule, value: unknown, place: string): unknown {
    const isText = (one: unknown) => typeof one === "string" && one !== "";
    switch (rule) {
      case "text":
        if (isText(value) || typeof value === "number" || typeof value === "boolean") return String(value);
        throw this.fault(place, "a text", value);
      case "texts":
        if (
          Array.isArray(value) &&
          value.every((one) => ["string", "number", "boolean"].includes(typeof one))
        )
          return value.map(String);
        throw this.fault(place, "a list of texts", value);
      case "list":
        if (Array.isArray(value)) return value;
        throw this.fault(place, "a list", value);
      case "id":
        if (typeof value === "string" && /^[0-9a-f]{24}$/.test(value)) return value;
        throw this.fault(place, "24 hexadecimal digits in quotes", value);
    }
  }

  private fault(place: string, expected: string, got: unknown): DrumError {
    const shown = got === undefined ? "nothing" : (JSON.stringify(got) ?? String(got)).slice(0, 200);
    return new DrumError("METADATA_INVALID", `${this.file}: ${place} must be ${expected}, got ${shown}`);
  }
}
