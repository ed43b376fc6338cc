// Says in words how a repository of MLServer is served here, and what is not taken of its settings.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { counted } from "../../counted.js";
import { messageOf } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import { serverSettingsFile, unusedSettings } from "../../model/mlserver/server-settings.js";
import { findModelSettings, type ModelSettings } from "../../model/mlserver/settings.js";
import { joined, quoted, section } from "./words.js";

export interface Migration {
  text: string;
  /** Whether it can be served as it is. */
  isReady: boolean;
}

/** `folders` are those with a model-settings.json. */
export function mlserverMigration(repository: string, folders: readonly string[]): Migration {
  const served: string[] = [];
  const faults: string[] = [];
  const unused: string[] = [];
  for (const folder of folders) {
    const place = path.relative(repository, folder) || ".";
    try {
      const settings = findModelSettings(folder, {})!;
      const fault = faultOf(settings);
      if (fault === undefined) served.push(`${settings.name}: ${inWords(settings, repository)}`);
      else faults.push(`${settings.name}: ${fault}`);
      unused.push(...unusedOf(settings).map((what) => `${path.join(place, "model-settings.json")} ${what}`));
    } catch (error) {
      faults.push(messageOf(error));
    }
  }
  const file = path.join(repository, serverSettingsFile);
  unused.push(...unusedSettings(file).map((name) => `${serverSettingsFile} ${name}${remedyOf(name)}`));
  const text = joined([
    `${repository} has ${counted(folders.length, "model")} for MLServer.`,
    section("Served as they are", served),
    section("Before they can be served, mend", faults),
    section("Not taken from the settings", unused),
    section("Serve it with", [`drum server --model-dir ${quoted(repository)}${addressFor(file)}`]),
  ]);
  return { text, isReady: faults.length === 0 };
}

/** The runtimes that drum has itself. */
const runtimes = [
  "mlserver_sklearn.SKLearnModel",
  "mlserver_xgboost.XGBoostModel",
  "mlserver_lightgbm.LightGBMModel",
];

function isRuntime({ implementation }: ModelSettings): boolean {
  return implementation.startsWith("mlserver_");
}

function faultOf(settings: ModelSettings): string | undefined {
  const { implementation, uri } = settings;
  if (isRuntime(settings) && !runtimes.includes(implementation)) {
    const [module = ""] = implementation.split(".");
    return `${implementation} runs only where MLServer is; add mlserver and ${module.replaceAll("_", "-")} to the requirements.txt of its folder, and pass --install-deps`;
  }
  if (!isRuntime(settings)) return undefined;
  if (!path.isAbsolute(uri)) return `copy ${uri} into its folder, and set parameters.uri to ./FILE`;
  return existsSync(uri) ? undefined : `there is no ${uri}, which parameters.uri names; correct it`;
}

function inWords(settings: ModelSettings, repository: string): string {
  const { implementation, uri, version } = settings;
  const what = isRuntime(settings)
    ? `${implementation} with the model in ${path.relative(repository, uri) || "."}`
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
  };
  const remedy = remedies[name];
  return remedy === undefined ? "" : ` (${remedy})`;
}

function addressFor(file: string): string {
  const settings = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as object) : {};
  return "http_port" in settings || "host" in settings ? "" : " --address 127.0.0.1:8080";
}
