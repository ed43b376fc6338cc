// Reads the model-settings.json of a folder written for MLServer, with the MLSERVER_MODEL_ variables for what it does not say.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DrumError, messageOf } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import type { Variables } from "../../places.js";

export const settingsFile = "model-settings.json";

export interface ModelSettings {
  name: string;
  /** The class, such as mlserver_sklearn.SKLearnModel. */
  implementation: string;
  version: string | undefined;
  /** Of the saved model: an absolute path, or a URL of another kind. */
  uri: string;
  /** All that the file and the variables say. */
  fields: Readonly<Record<string, unknown>>;
  file: string;
}

type Fields = Record<string, unknown>;

/** Undefined if the folder has no such file and no variable names a class. Throws METADATA_INVALID. */
export function findModelSettings(folder: string, variables: Variables): ModelSettings | undefined {
  const file = path.join(folder, settingsFile);
  if (!existsSync(file) && !variables.MLSERVER_MODEL_IMPLEMENTATION) return undefined;
  const written = existsSync(file) ? parse(file) : {};
  const told = { ...fromVariables(own, variables), ...written };
  const fault = (what: string) => new DrumError("METADATA_INVALID", `${file}: ${what}`);
  const text = (fields: Fields, name: string, place = name): string | undefined => {
    const value = fields[name];
    if (value === undefined || value === null || typeof value === "string") return value || undefined;
    throw fault(`${place} must be a text, got ${JSON.stringify(value)}`);
  };
  const given = told.parameters ?? {};
  if (!isMap(given)) throw fault(`parameters must be an object, got ${JSON.stringify(given)}`);
  const parameters: Fields = { ...fromVariables(ofParameters, variables), ...given };
  const implementation = text(told, "implementation");
  if (implementation === undefined)
    throw fault(
      "implementation is missing; name a class, such as mlserver_sklearn.SKLearnModel or module.Class of the folder",
    );
  if (!/^\w+(\.\w+)+$/.test(implementation))
    throw fault(`implementation must be module.Class, got "${implementation}"`);
  parameters.uri = text(parameters, "uri", "parameters.uri") ?? path.resolve(folder);
  const name = text(told, "name") ?? path.basename(folder);
  return {
    name,
    implementation,
    version: text(parameters, "version", "parameters.version"),
    uri: resolved(parameters.uri as string, folder),
    fields: { ...told, name, implementation, parameters },
    file,
  };
}

function parse(file: string): Fields {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new DrumError("METADATA_INVALID", `${file} is not valid JSON: ${messageOf(error)}`);
  }
  if (isMap(read)) return { ...read };
  throw new DrumError("METADATA_INVALID", `${file} must hold an object, got ${JSON.stringify(read)}`);
}

/** Fields by the variables that stand for them; those with true hold JSON. */
const own = { NAME: false, IMPLEMENTATION: false, PLATFORM: false, PARAMETERS: true } as const;
const ofParameters = { URI: false, VERSION: false, CONTENT_TYPE: false, FORMAT: false, EXTRA: true } as const;

function fromVariables(names: Readonly<Record<string, boolean>>, variables: Variables): Fields {
  const fields: Fields = {};
  for (const [name, isJson] of Object.entries(names)) {
    const variable = `MLSERVER_MODEL_${name}`;
    const value = variables[variable];
    if (!value) continue;
    try {
      fields[name.toLowerCase()] = isJson ? JSON.parse(value) : value;
    } catch (error) {
      throw new DrumError(
        "METADATA_INVALID",
        `the variable ${variable} is not valid JSON: ${messageOf(error)}`,
      );
    }
  }
  return fields;
}

/** Paths count from the folder of the settings. */
function resolved(uri: string, folder: string): string {
  if (uri.startsWith("file:"))
    return uri.startsWith("file:///") ? fileURLToPath(uri) : path.resolve(folder, uri.slice(5));
  return /^\w+:\/\//.test(uri) ? uri : path.resolve(folder, uri);
}
