"""Custom models of a hub over DataRobot's own client: URL TOKEN FOLDER-IN-PYTHON FOLDER-IN-R SCRATCH.

The last line that it prints is what came of it, in JSON.
"""

import json
import os
import sys
import warnings
import zipfile

import datarobot as dr
import pandas as pd
import requests
from datarobot.enums import MODEL_REPLACEMENT_REASON
from datarobot.models.runtime_parameters import RuntimeParameterValue

warnings.simplefilter("ignore")
url, token, python_folder, r_folder, scratch = sys.argv[1:]
dr.Client(endpoint=url + "/api/v2", token=token)
told = {}


def file(name, content):
    path = os.path.join(scratch, name)
    with open(path, "w", encoding="utf-8") as written:
        written.write(content)
    return path


def text_of(name):
    with open(os.path.join(scratch, name), encoding="utf-8") as opened:
        return opened.read()


rows = "age,bmi,smoker,region,visits\n23,21.5,FALSE,north,1\n41,,TRUE,south,\n"


def described(one):
    return [
        f"{one.version_major}.{one.version_minor}",
        one.label,
        sorted(item.file_path for item in one.items),
        one.base_environment_id == sklearn.id,
        one.training_data.dataset_id == training.id,
        one.maximum_memory,
    ]


def predict(deployment):
    answer = requests.post(
        f"{url}/predApi/v1.0/deployments/{deployment.id}/predictions",
        data=rows,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "text/csv"},
        timeout=60,
    )
    return [answer.status_code, answer.json()]


# Execution environments: the installed ones, and one of the user.
listed = dr.ExecutionEnvironment.list()
sklearn = next(one for one in listed if one.name == "python3_sklearn")
own = dr.ExecutionEnvironment.create(
    name="Mine", description="of a test", programming_language="python", use_cases=["customModel"]
)
context = os.path.join(scratch, "context")
os.mkdir(context)
file("context/Dockerfile", "FROM scratch\n")
built = dr.ExecutionEnvironmentVersion.create(own.id, context, label="one", description="first")
named = dr.ExecutionEnvironmentVersion.create(own.id, docker_image_uri="registry/image:1", label="two")
built.download(os.path.join(scratch, "context.zip"))
own.update(name="Mine, renamed")
told["environments"] = {
    "installed": [sklearn.is_public, sklearn.programming_language, sklearn.latest_version.build_status],
    "own": [own.name, own.description, own.programming_language, own.is_public, own.use_cases],
    "found": [one.name for one in dr.ExecutionEnvironment.list(search_for="RENAMED")],
    "versions": [
        [one.label, one.build_status, one.docker_image_uri]
        for one in dr.ExecutionEnvironmentVersion.list(own.id)
    ],
    "size": [built.docker_context_size == os.path.getsize(os.path.join(scratch, "context.zip"))],
    "context": zipfile.ZipFile(os.path.join(scratch, "context.zip")).namelist(),
    "logs": [built.get_build_log(), named.get_build_log(), sklearn.latest_version.get_build_log()],
    "latest": dr.ExecutionEnvironment.get(own.id).latest_successful_version.id == named.id,
}

# Training data.
training = dr.Dataset.create_from_file(file_path=file("training.csv", "age,ill\n1,yes\n2,no\n"))
frame = dr.Dataset.create_from_in_memory_data(data_frame=pd.DataFrame({"a": [1, 2]}))
training.get_file(file_path=os.path.join(scratch, "again.csv"))
told["datasets"] = {
    "made": [training.name, training.processing_state, training.size],
    "listed": [one.id for one in dr.Dataset.list()] == [frame.id, training.id],
    "same": text_of("again.csv") == text_of("training.csv"),
}

# A custom model, and its versions.
model = dr.CustomInferenceModel.create(
    name="Risk",
    target_type=dr.TARGET_TYPE.BINARY,
    target_name="ill",
    description="of a test",
    language="python",
    positive_class_label="yes",
    negative_class_label="no",
    prediction_threshold=0.4,
)
first = dr.CustomModelVersion.create_clean(
    custom_model_id=model.id,
    base_environment_id=sklearn.id,
    folder_path=python_folder,
    training_dataset_id=training.id,
    maximum_memory=512 * 1024 * 1024,
)
second = dr.CustomModelVersion.create_from_previous(
    custom_model_id=model.id,
    is_major_update=False,
    files=[(file("notes.txt", "first\n"), "docs/nötes.txt"), (file("b.txt", "b\n"), "b.txt")],
)
notes = next(item for item in second.items if item.file_path == "docs/nötes.txt")
third = dr.CustomModelVersion.create_from_previous(
    custom_model_id=model.id,
    files=[(file("b2.txt", "replaced\n"), "b.txt")],
    files_to_delete=[notes.id],
)
third.update(description="the third")
third.download(os.path.join(scratch, "third.zip"))
archive = zipfile.ZipFile(os.path.join(scratch, "third.zip"))
model.refresh()
told["versions"] = {
    "made": [described(one) for one in (first, second, third)],
    "listed": [one.label for one in dr.CustomModelVersion.list(model.id)],
    "description": dr.CustomModelVersion.get(model.id, third.id).description,
    "archive": {name: archive.read(name).decode() for name in ("b.txt", "model-metadata.yaml")},
    "names": sorted(archive.namelist()),
    "latest": model.latest_version.id == third.id,
}
model.update(name="Risk of illness", description="")
told["model"] = [
    model.name,
    model.description,
    model.target_type,
    model.target_name,
    model.positive_class_label,
    model.negative_class_label,
    model.prediction_threshold,
    model.deployments_count,
    model.training_dataset_id == training.id,
]

# The same in R.
in_r = dr.CustomInferenceModel.create(
    name="Risk in R",
    target_type=dr.TARGET_TYPE.BINARY,
    target_name="ill",
    positive_class_label="yes",
    negative_class_label="no",
)
r_version = dr.CustomModelVersion.create_clean(custom_model_id=in_r.id, folder_path=r_folder)

# Deployed, asked, replaced.
server = dr.PredictionServer.list()[0]
deployment = dr.Deployment.create_from_custom_model_version(
    third.id, label="Risk", description="of a test", default_prediction_server_id=server.id, importance="HIGH"
)
again = dr.Deployment.create_from_custom_model_version(third.id, label="Risk again")
of_r = dr.Deployment.create_from_custom_model_version(r_version.id, label="Risk in R")
told["deployed"] = {
    "model": [deployment.model["id"] == third.id, deployment.model["type"], deployment.model["target_name"]],
    "rest": [deployment.label, deployment.description, deployment.importance, deployment.status],
    "python": predict(deployment),
    "again": predict(again) == predict(deployment),
    "r": predict(of_r),
}
model.refresh()
packages = requests.get(
    f"{url}/api/v2/modelPackages/",
    params={"modelId": third.id},
    headers={"Authorization": f"Token {token}"},
    timeout=60,
).json()["data"]
told["packages"] = [
    len(packages),
    packages[0]["modelId"] == third.id,
    packages[0]["target"],
    model.deployments_count,
]
validation = deployment.validate_replacement_model(new_model_id=r_version.id)
deployment.replace_model(r_version.id, MODEL_REPLACEMENT_REASON.ACCURACY)
told["replaced"] = {
    "validation": validation,
    "model": [deployment.model["id"] == r_version.id, deployment.model["type"]],
    "answer": predict(deployment),
    "back": None,
}
deployment.replace_model(first.id, MODEL_REPLACEMENT_REASON.OTHER)
told["replaced"]["back"] = [deployment.model["type"], predict(deployment)[0]]
registered = dr.RegisteredModelVersion.create_for_custom_model_version(second.id, name="Registered")
package = dr.Deployment.create_from_registered_model_version(registered.id, label="Of a package")
told["registered"] = [registered.name, registered.model_id == second.id, package.model["id"] == second.id]

# Runtime parameters, and their change by a replacement.
parameters = dr.CustomInferenceModel.create(
    name="Factor", target_type=dr.TARGET_TYPE.REGRESSION, target_name="size"
)
code = """
import pandas as pd
from datarobot_drum import RuntimeParameters

def load_model(code_dir):
    return RuntimeParameters.get("FACTOR")

def score(data, model, **kwargs):
    return pd.DataFrame({"Predictions": data["age"] * model})
"""
metadata = """name: factor
type: inference
targetType: regression
runtimeParameterDefinitions:
  - fieldName: FACTOR
    type: numeric
    defaultValue: 2
    maxValue: 10
"""
usual = dr.CustomModelVersion.create_clean(
    custom_model_id=parameters.id,
    files=[
        (file("custom.py", code), "custom.py"),
        (file("model-metadata.yaml", metadata), "model-metadata.yaml"),
    ],
)
tenfold = dr.CustomModelVersion.create_from_previous(
    custom_model_id=parameters.id,
    runtime_parameter_values=[RuntimeParameterValue(field_name="FACTOR", type="numeric", value=10)],
)
factor = dr.Deployment.create_from_custom_model_version(tenfold.id, label="Factor")
told["parameters"] = {
    "shown": [
        [one.field_name, one.type, one.default_value, one.override_value, one.current_value]
        for one in tenfold.runtime_parameters
    ],
    "tenfold": [row["prediction"] for row in predict(factor)[1]["data"]],
}
factor.replace_model(usual.id, MODEL_REPLACEMENT_REASON.OTHER)
told["parameters"]["usual"] = [row["prediction"] for row in predict(factor)[1]["data"]]
refused = []
for wrong in (
    RuntimeParameterValue(field_name="FACTOR", type="numeric", value=11),
    RuntimeParameterValue(field_name="FACTOR", type="string", value="x"),
    RuntimeParameterValue(field_name="OTHER", type="numeric", value=1),
):
    try:
        dr.CustomModelVersion.create_from_previous(
            custom_model_id=parameters.id, runtime_parameter_values=[wrong]
        )
    except dr.errors.ClientError as error:
        refused.append([error.status_code, error.json["message"]])
told["parameters"]["refused"] = refused
told["parameters"]["versions"] = len(dr.CustomModelVersion.list(parameters.id))

# Lists, and deletion.
told["listed"] = {
    "deployed": [one.name for one in dr.CustomInferenceModel.list(is_deployed=True, order_by="created")],
    "found": [one.name for one in dr.CustomInferenceModel.list(search_for="in r")],
    "projects": dr.Project.list(),
}
kept = []
for delete in (model.delete, own.delete, lambda: dr.Dataset.delete(training.id)):
    try:
        delete()
        kept.append("deleted")
    except dr.errors.ClientError as error:
        kept.append([error.status_code, error.json["message"]])
for one in (deployment, again, package):
    one.delete()
model.delete()
dr.Dataset.delete(training.id)
dr.Dataset.delete(frame.id)
try:
    dr.CustomInferenceModel.get(model.id)
except dr.errors.ClientError as error:
    kept.append(error.status_code)
try:
    dr.Deployment.create_from_custom_model_version(third.id, label="gone")
except dr.errors.ClientError as error:
    kept.append(error.status_code)
told["kept"] = kept
told["left"] = [one.name for one in dr.CustomInferenceModel.list()]
told["ids"] = {"r": r_version.id, "deployment": of_r.id, "model": in_r.id, "sklearn": sklearn.id}
print(json.dumps(told, default=str))
