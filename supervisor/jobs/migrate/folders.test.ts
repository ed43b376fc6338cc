// What repositories of MLServer and Triton need here, in words.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { foldersWith } from "../../model/mlserver/repository.js";
import { tritonFolders } from "../../model/triton.js";
import { readLanguages } from "../../runtimes/language.js";
import { mlserverMigration, runtimes } from "./mlserver.js";
import { tritonMigration } from "./triton.js";

const python = readLanguages([path.join(import.meta.dirname, "../../../workers")]).find(
  ({ name }) => name === "python",
)!;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "drum-migrate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: unknown): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

it("a repository of MLServer is served as it is, but for what is said", () => {
  write("settings.json", { debug: true, http_port: 9090, kafka_enabled: false });
  write("iris/model-settings.json", {
    implementation: "mlserver_sklearn.SKLearnModel",
    max_batch_size: 10,
    parameters: { uri: "./model.joblib", version: "1", environment_tarball: "env.tar.gz" },
  });
  write("iris/model.joblib", "");
  write("own/v2/model-settings.json", { name: "own", implementation: "models.Own" });
  write("own/v2/models.py", "");
  write("packaged/model-settings.json", { implementation: "package.Own" });
  write("packaged/requirements.txt", "");
  write("twin/model-settings.json", { name: "own", implementation: "models.Own" });
  write("lost/model-settings.json", { implementation: "models.Own" });
  write("empty/model-settings.json", { implementation: "mlserver_xgboost.XGBoostModel" });
  write("usual/model-settings.json", { implementation: "mlserver_sklearn.SKLearnModel" });
  write("usual/model.pkl", "");
  write("away/model-settings.json", {
    implementation: "mlserver_xgboost.XGBoostModel",
    parameters: { uri: "s3://bucket/model.json" },
  });
  write("gone/model-settings.json", {
    implementation: "mlserver_lightgbm.LightGBMModel",
    parameters: { uri: "model.bst" },
  });
  write("tracked/model-settings.json", { implementation: "mlserver_mlflow.MLflowRuntime" });
  write("broken/model-settings.json", "{");
  const { text, isReady } = mlserverMigration(folder, foldersWith("model-settings.json", folder), python);
  expect(isReady).toBe(false);
  expect(text.replaceAll(folder, "DIR").replace(/JSON: .*/, "JSON")).toBe(`\
DIR has 11 models for MLServer.

Served as they are:
  iris: mlserver_sklearn.SKLearnModel with the model in iris/model.joblib, version 1
  own: the class models.Own
  packaged: the class package.Own
  usual: mlserver_sklearn.SKLearnModel with the model in usual/model.pkl

Before they can be served, mend:
  away: copy s3://bucket/model.json into its folder, and set parameters.uri to ./FILE
  DIR/broken/model-settings.json is not valid JSON
  empty: DIR/empty has none of model.bst, model.json, model.ubj; add the model, or name its file in parameters.uri
  gone: there is no DIR/gone/model.bst, which parameters.uri names; correct it
  lost: there is no models.py in its folder for models.Own; add it, or the package that has it to a requirements.txt there
  tracked: mlserver_mlflow.MLflowRuntime runs only where MLServer is; add mlserver and mlserver-mlflow to the requirements.txt of its folder, and pass --install-deps
  own: own/v2 and twin have this name; rename one in its settings

Not taken from the settings:
  iris/model-settings.json max_batch_size (requests are not put together)
  iris/model-settings.json parameters.environment_tarball (unpack it, and pass --runtime python=FOLDER)
  settings.json debug (errors never show a traceback to clients; the log has it)
  settings.json kafka_enabled

Serve it with:
  drum server --model-dir DIR
`);
});

it("a wrong port and a folder named from here are told", () => {
  write("own/model-settings.json", { implementation: "mlserver_lightgbm.LightGBMModel" });
  write("own/model.bst", "");
  write("settings.json", { http_port: 99999 });
  const here = path.relative(process.cwd(), folder);
  const { text, isReady } = mlserverMigration(here, foldersWith("model-settings.json", here), python);
  expect(isReady).toBe(false);
  expect(text).toContain("own: mlserver_lightgbm.LightGBMModel with the model in own/model.bst\n");
  expect(text).toContain("settings.json: http_port must be a port, got 99999\n");
});

it("the files of the runtimes are those that their modules look for", () => {
  for (const [name, files] of Object.entries(runtimes)) {
    const module = path.join(import.meta.dirname, "../../../workers/python/site", name.split(".")[0]!);
    expect(readFileSync(path.join(module, "__init__.py"), "utf8")).toContain(
      `FILES = [${files.map((file) => `"${file}"`).join(", ")}]`,
    );
  }
});

it("an address stands in the command line if the settings have none", () => {
  write("own/model-settings.json", { implementation: "models.Own" });
  write("own/models.py", "");
  const { text, isReady } = mlserverMigration(folder, foldersWith("model-settings.json", folder), python);
  expect(isReady).toBe(true);
  expect(text).toContain(`drum server --model-dir ${folder} --address 127.0.0.1:8080\n`);
});

it("models of Triton say what to make of them", () => {
  write(
    "prices/config.pbtxt",
    `
    platform: "onnxruntime_onnx"
    max_batch_size: 8
    input [ { name: "X" data_type: TYPE_FP32 dims: [ 4 ] } ]
    output [ { name: "label" data_type: TYPE_INT64 dims: [ 1 ] }, { name: "probabilities" data_type: TYPE_FP32 dims: [ 3 ] } ]
    instance_group [ { count: 2 kind: KIND_CPU } ]
    dynamic_batching { }
    `,
  );
  write("prices/1/model.onnx", "");
  write("prices/10/model.onnx", "");
  write(
    "words/config.pbtxt",
    `
    name: "words"
    backend: "python"
    max_batch_size: 8
    input { name: "TEXT" data_type: TYPE_STRING dims: -1 }
    output { name: "LENGTH" data_type: TYPE_INT32 dims: 1 }
    `,
  );
  write("bare/1/model.onnx", "");
  write("nothing/config.pbtxt", "max_batch_size: 1");
  write(
    "image/config.pbtxt",
    `
    backend: "onnxruntime" max_batch_size: 4
    input { name: "pixels" data_type: TYPE_FP32 format: FORMAT_NCHW dims: [ 3, 8, 8 ] }
    output { name: "class" data_type: TYPE_FP32 dims: 9 label_filename: "labels.txt" }
    `,
  );
  write("engine/config.pbtxt", 'platform: "tensorrt_plan"');
  write("odd/config.pbtxt", "name: }");
  const { text } = tritonMigration(folder, tritonFolders(folder));
  expect(text.replaceAll(folder, "DIR")).toBe(`\
DIR has 7 models for Triton.

Folders to make:
  models/bare/: copy DIR/bare/1/model.onnx, and write model-metadata.yaml with targetType (regression, binary, multiclass, …) and the labels
    the outputs are called predict and predict_proba there; inputs keep their names
  models/prices/: copy DIR/prices/10/model.onnx, and write model-metadata.yaml with targetType (regression, binary, multiclass, …) and the labels
    the outputs label, probabilities are called predict and predict_proba there; inputs keep their names
  models/words/: model.py with a class Model that extends mlserver.MLModel: initialize of DIR/words/1/model.py becomes load, execute becomes predict,
    and model-settings.json with {"name":"words","implementation":"model.Model","inputs":[{"name":"TEXT","datatype":"BYTES","shape":[-1,-1]}],"outputs":[{"name":"LENGTH","datatype":"INT32","shape":[-1,1]}]}

Not served:
  engine: the backend tensorrt_plan; save the model as ONNX, or write a class for it (docs/mlserver.md)
  image: the rows of pixels have several dimensions, [3,8,8], and an ONNX model takes columns here; write a class for it (docs/mlserver.md)
  nothing: no backend is named, and DIR/nothing/1 has no file of one; name it in config.pbtxt
  DIR/odd/config.pbtxt: line 1: expected a value, got "}"

Not taken from the configurations:
  image: input pixels format
  image: output class label_filename (the labels go into model-metadata.yaml)
  prices: instance_group (give every model so many workers with --max-workers)
  prices: dynamic_batching (requests are not put together)

Serve them with:
  drum server --model-dir models --address 127.0.0.1:8080
`);
});
