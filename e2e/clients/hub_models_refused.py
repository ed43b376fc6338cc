"""Bad custom models over DataRobot's own client: URL TOKEN SCRATCH.

The last line that it prints says, for each case, the client's exception, its status and the hub's message,
and how many versions and deployments the next calls find.
"""

import json
import os
import sys
import warnings

import datarobot as dr

warnings.simplefilter("ignore")
url, token, scratch = sys.argv[1:]
dr.Client(endpoint=url + "/api/v2", token=token)
file = os.path.join(scratch, "custom.py")
with open(file, "w", encoding="utf-8") as written:
    written.write("def load_model(code_dir):\n    return 1\n")
empty = os.path.join(scratch, "empty.csv")
open(empty, "w", encoding="utf-8").close()
model = dr.CustomInferenceModel.create(name="Good", target_type="Regression", target_name="size")
version = dr.CustomModelVersion.create_clean(model.id, files=[(file, "custom.py")])
nobody = "f0f0f0f0f0f0f0f0f0f0f0f0"
client = dr.client.get_client()


def add(path, **more):
    return lambda: dr.CustomModelVersion.create_clean(model.id, files=[(file, path)], **more)


def post(path, body):
    return lambda: client.post(path, data=body)


inference = {"customModelType": "inference", "name": "x"}
cases = {
    "outside": add("../custom.py"),
    "outside in the middle": add("lib/../../custom.py"),
    "absolute": add("/etc/custom.py"),
    "backslash": add("lib\\custom.py"),
    "twice": lambda: dr.CustomModelVersion.create_clean(model.id, files=[(file, "a"), (file, "a")]),
    "file and folder": lambda: dr.CustomModelVersion.create_clean(
        model.id, files=[(file, "a"), (file, "a/b")]
    ),
    "folder of a kept file": lambda: dr.CustomModelVersion.create_from_previous(
        model.id, files=[(file, "custom.py/b")]
    ),
    "unknown file": lambda: dr.CustomModelVersion.create_from_previous(model.id, files_to_delete=[nobody]),
    "unknown model": lambda: dr.CustomInferenceModel.get(nobody),
    "unknown model of a version": lambda: dr.CustomModelVersion.create_clean(
        nobody, files=[(file, "custom.py")]
    ),
    "unknown version": lambda: dr.CustomModelVersion.get(model.id, nobody),
    "unknown environment": add("custom.py", base_environment_id=nobody),
    "unknown environment version": add("custom.py", base_environment_version_id=nobody),
    "unknown training data": add("custom.py", training_dataset_id=nobody),
    "unknown dataset": lambda: dr.Dataset.get(nobody),
    "unknown version deployed": lambda: dr.Deployment.create_from_custom_model_version(nobody, label="x"),
    "unknown package": lambda: dr.Deployment.create_from_registered_model_version(nobody, label="x"),
    "wrong target type": post("customModels/", {**inference, "targetType": "Sorting", "targetName": "x"}),
    "wrong kind": post(
        "customModels/", {**inference, "customModelType": "training", "targetType": "Anomaly"}
    ),
    "no target": post("customModels/", {**inference, "targetType": "Regression"}),
    "no labels": post("customModels/", {**inference, "targetType": "Binary", "targetName": "x"}),
    "one label": post(
        "customModels/", {**inference, "targetType": "Multiclass", "targetName": "x", "classLabels": ["a"]}
    ),
    "equal labels": post(
        "customModels/",
        {
            **inference,
            "targetType": "Binary",
            "targetName": "x",
            "positiveClassLabel": "a",
            "negativeClassLabel": "a",
        },
    ),
    "name of another type": post("customModels/", {**inference, "name": 7, "targetType": "Anomaly"}),
    "wrong policy": add("custom.py", network_egress_policy="SOME"),
    "wrong order": lambda: dr.CustomInferenceModel.list(order_by="size"),
    "wrong language": lambda: dr.ExecutionEnvironment.create("x", programming_language="cobol"),
    "no form": post(f"customModels/{model.id}/versions/", {"isMajorUpdate": True}),
    "empty dataset": lambda: dr.Dataset.create_from_file(file_path=empty),
    "labels of a version": lambda: client.patch(f"customModels/{model.id}/", data={"targetName": "weight"}),
    "broken model": lambda: dr.Deployment.create_from_custom_model_version(version.id, label="broken"),
    "installed environment": lambda: dr.ExecutionEnvironment.list(is_public=True)[0].delete(),
}
told = {}
for name, call in cases.items():
    try:
        call()
        outcome = ["nothing", None, ""]
    except Exception as error:  # pylint: disable=broad-exception-caught
        said = getattr(error, "json", None)
        outcome = [
            type(error).__name__,
            getattr(error, "status_code", None),
            said["message"] if isinstance(said, dict) else str(error),
        ]
    versions = len(dr.CustomModelVersion.list(model.id))
    told[name] = [*outcome, versions, len(dr.Deployment.list())]
print(json.dumps(told))
