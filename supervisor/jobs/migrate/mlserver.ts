// Says in words how a repository of MLServer is served here, and what is not taken of its settings.

import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { counted } from "../../counted.js";
import { messageOf } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import { componentFile } from "../../model/component.js";
import {
  readServerSettings,
  serverSettingsFile,
  unusedSettings,
} from "../../model/mlserver/server-settings.js";
import { findModelSettings, type ModelSettings } from "../../model/mlserver/settings.js";
import type { Language } from "../../runtimes/language.js";
import { joined, quoted, section } from "./words.js";

export interface Migration {
  text: string;
  /** Whether it can be served as it is. */
  isReady: boolean;
}

/** `folders` are those with a model-settings.json; `python` runs their classes. */
export function mlserverMigration(
  repository: string,
  folders: readonly string[],
  python: Language,
): Migration {
  const served: string[] = [];
  const faults: string[] = [];
  const unused: string[] = [];
  const seen = new Map<string, string>();
  for (const folder of folders) {
    const place = path.relative(repository, folder) || ".";
    try {
      const settings = findModelSettings(folder, {})!;
      const { name, version = "" } = settings;
      const other = seen.get(`${name}@${version}`);
      seen.set(`${name}@${version}`, place);
      const fault =
        other === undefined
          ? faultOf(settings, python)
          : `${other} and ${place} have this name${version && ` and version ${version}`}; rename one in its settings`;
      if (fault === undefined) served.push(`${name}: ${inWords(settings, repository)}`);
      else faults.push(`${name}: ${fault}`);
      unused.push(...unusedOf(settings).map((what) => `${path.join(place, "model-settings.json")} ${what}`));
    } catch (error) {
      faults.push(messageOf(error));
    }
  }
  const file = path.join(repository, serverSettingsFile);
  const server = attempted(faults, () => {
    readServerSettings(file, {});
    return unusedSettings(file);
  });
  unused.push(...(server ?? []).map((name) => `${serverSettingsFile} ${name}${remedyOf(name)}`));
  const text = joined([
    `${repository} has ${counted(folders.length, "model")} for MLServer.`,
    section("Served as they are", served),
    section("Before they can be served, mend", faults),
    section("Not taken from the settings", unused),
    section("Serve it with", [`drum server --model-dir ${quoted(repository)}${addressFor(file)}`]),
  ]);
  return { text, isReady: faults.length === 0 };
}

/** Undefined after a fault, which is added to the list. */
function attempted<T>(faults: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    faults.push(messageOf(error));
    return undefined;
  }
}

/** The runtimes that drum has itself, and the files that each looks for in a folder, as its module in workers/python/site does. */
export const runtimes: Readonly<Record<string, readonly string[]>> = {
  "mlserver_sklearn.SKLearnModel": ["model.joblib", "model.pickle", "model.pkl"],
  "mlserver_xgboost.XGBoostModel": ["model.bst", "model.json", "model.ubj"],
  "mlserver_lightgbm.LightGBMModel": ["model.bst"],
};

function isRuntime({ implementation }: ModelSettings): boolean {
  return implementation.startsWith("mlserver_");
}

function faultOf(settings: ModelSettings, python: Language): string | undefined {
  const { implementation, uri } = settings;
  if (!isRuntime(settings)) return faultOfClass(settings, python);
  if (!runtimes[implementation]) {
    const [module = ""] = implementation.split(".");
    return `${implementation} runs only where MLServer is; add mlserver and ${module.replaceAll("_", "-")} to the requirements.txt of its folder, and pass --install-deps`;
  }
  if (!path.isAbsolute(uri)) return `copy ${uri} into its folder, and set parameters.uri to ./FILE`;
  if (!existsSync(uri)) return `there is no ${uri}, which parameters.uri names; correct it`;
  if (savedModel(settings) !== undefined) return undefined;
  return `${uri} has none of ${runtimes[implementation].join(", ")}; add the model, or name its file in parameters.uri`;
}

/** A class of a package needs a list of packages beside it. */
function faultOfClass({ implementation, file }: ModelSettings, python: Language): string | undefined {
  const folder = path.dirname(file);
  if (componentFile(folder, implementation, python) || existsSync(path.join(folder, "requirements.txt")))
    return undefined;
  const [module = ""] = implementation.split(".");
  return `there is no ${module}.py in its folder for ${implementation}; add it, or the package that has it to a requirements.txt there`;
}

/** The file that the runtime loads; undefined if it is not there. */
function savedModel({ implementation, uri }: ModelSettings): string | undefined {
  const files = statSync(uri).isDirectory()
    ? runtimes[implementation]!.map((name) => path.join(uri, name))
    : [uri];
  return files.find((one) => existsSync(one));
}

function inWords(settings: ModelSettings, repository: string): string {
  const { implementation, version } = settings;
  const what = isRuntime(settings)
    ? `${implementation} with the model in ${path.relative(repository, savedModel(settings)!)}`
    : `the class ${implementation}`;
  return version === undefined ? what : `${what}, version ${version}`;
}

const takenOfModel = ["name", "implementation", "platform", "versions", "inputs", "outputs", "parameters"];
const takenOfParameters = ["uri", "version", "content_type", "format", "extra"];

function unusedOf({ file }: ModelSettings): string[] {
  const written = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const parameters = isMap(written.parameters) ? written.parameters : {};
  const names = [
    ...Object.keys(written).filter((name) => !takenOfModel.includes(name)),
    ...Object.keys(parameters)
      .filter((name) => !takenOfParameters.includes(name))
      .map((name) => `parameters.${name}`),
  ];
  return names.map((name) => `${name}${remedyOf(name)}`);
}

/** What takes the place of a setting, in words; empty if nothing does. */
function remedyOf(name: string): string {
  const remedies: Readonly<Record<string, string>> = {
    max_batch_size: "requests are not put together",
    max_batch_time: "requests are not put together",
    "parameters.environment_tarball": "unpack it, and pass --runtime python=FOLDER",
    "parameters.environment_path": "pass --runtime python=FOLDER",
    debug: "errors never show a traceback to clients; the log has it",
    gzip_enabled: "answers are compressed where clients ask for it",
    root_path: "set the variable URL_PREFIX",
    grpc_max_message_length: "pass --max-body-size",
    grpc_port: "pass --grpc-address HOST:PORT",
    metrics_port: "metrics are at /metrics of the HTTP port",
    metrics_endpoint: "metrics are at /metrics of the HTTP port",
  };
  const remedy = remedies[name];
  return remedy === undefined ? "" : ` (${remedy})`;
}

function addressFor(file: string): string {
  const settings = attempted([], () => readServerSettings(file, {})) ?? {};
  return settings.http_port || settings.host ? "" : " --address 127.0.0.1:8080";
}
