"""The calls on management, replacement and settings of users of DataRobot's deployments, by its client.

Arguments: the hub's URL and a token. Prints what came as JSON.
"""

import json
import sys
import warnings
from functools import partial

import datarobot as dr
from datarobot.enums import DEPLOYMENT_ACCURACY_HEALTH_STATUS, MODEL_REPLACEMENT_REASON
from datarobot.models.deployment import DeploymentListFilters

warnings.simplefilter("ignore")
url, token = sys.argv[1:]
dr.Client(endpoint=url + "/api/v2", token=token)

told = {}


def tell(name, value):
    told[name] = value


def refused(name, call):
    try:
        call()
    except Exception as error:
        told[name] = [type(error).__name__, str(error)]
    else:
        told[name] = "no error"


def labels(deployments):
    return [deployment.label for deployment in deployments]


# Create a deployment
project = dr.Project.get("5506fcd38bd88f5953219da0")
model = project.get_models()[0]
prediction_server = dr.PredictionServer.list()[0]
deployment = dr.Deployment.create_from_learning_model(
    model.id,
    label="New Deployment",
    description="A new deployment",
    default_prediction_server_id=prediction_server.id,
)
tell("created", repr(deployment))
tell("projects", sorted(one.project_name for one in dr.Project.list()))
tell("model", dr.Model.get(project.id, model.id).model_type)
tell("server", prediction_server.url)

# List deployments
tell("list", labels(dr.Deployment.list()))
tell("list by time", labels(dr.Deployment.list(order_by="-createdAtTimestamp")))
tell("search", labels(dr.Deployment.list(search="pREV")))
for status in ("FAILING", "UNAVAILABLE"):
    filters = DeploymentListFilters(
        role="OWNER", accuracy_health=getattr(DEPLOYMENT_ACCURACY_HEALTH_STATUS, status)
    )
    tell("accuracy " + status, labels(dr.Deployment.list(filters=filters)))
tell("important", labels(dr.Deployment.list(filters=DeploymentListFilters(importance=["CRITICAL", "HIGH"]))))

# Retrieve, update
deployment = dr.Deployment.get(deployment_id="5c939e08962d741e34f609f0")
tell("got", [deployment.id, deployment.label, deployment.status, deployment.model["type"]])
deployment.update(label="new label")
tell("updated", dr.Deployment.get(deployment.id).label)
tell("features", [one["name"] for one in deployment.get_features()])

# Model replacement
project = dr.Project.get("5cc899abc191a20104ff446a")
model = project.get_models()[0]
status, message, checks = deployment.validate_replacement_model(new_model_id=model.id)
tell("validation", [status, message, checks["target"], checks["permission"]])
tell("before", [deployment.model["id"], deployment.model["type"]])
deployment.replace_model("5c0a969859b00004ba52e41b", MODEL_REPLACEMENT_REASON.ACCURACY)
tell("after", [deployment.model["id"], deployment.model["type"]])
status, message, checks = deployment.validate_replacement_model(new_model_id=model.id)
tell("itself", [status, checks["not_current_model"]["status"]])
models = {one.model_type: one.id for one in dr.Project.get("5cc899abc191a20104ff446b").get_models()}
for other in ("wide", "regression", "broken"):
    status, message, checks = deployment.validate_replacement_model(new_model_id=models[other])
    tell("validation of " + other, sorted(name for name, one in checks.items() if one["status"] == "failing"))
    refused(
        "replacement by " + other,
        partial(deployment.replace_model, models[other], MODEL_REPLACEMENT_REASON.OTHER),
    )
refused("another reason", lambda: deployment.replace_model(models["wide"], "BOREDOM"))

# Settings
tell("drift", deployment.get_drift_tracking_settings())
deployment.update_drift_tracking_settings(target_drift_enabled=False, feature_drift_enabled=True)
tell("drift then", deployment.get_drift_tracking_settings())
deployment.update_association_id_settings(
    column_names=["application_id"], required_in_prediction_requests=True
)
tell("association", deployment.get_association_id_settings())
deployment.update_predictions_data_collection_settings(enabled=True)
tell("collection", deployment.get_predictions_data_collection_settings())
deployment.update_prediction_warning_settings(
    prediction_warning_enabled=True, use_default_boundaries=False, lower_boundary=1337, upper_boundary=2000
)
tell("warning", deployment.get_prediction_warning_settings())
deployment.update_prediction_warning_settings(prediction_warning_enabled=True, use_default_boundaries=True)
tell("warning then", deployment.get_prediction_warning_settings())
refused(
    "inverted boundaries",
    lambda: deployment.update_prediction_warning_settings(
        prediction_warning_enabled=True, use_default_boundaries=False, lower_boundary=2, upper_boundary=1
    ),
)
tell("secondary", deployment.update_secondary_dataset_config("5f48cb94408673683eca0fab"))
tell("secondary then", deployment.get_secondary_dataset_config())

# Tags, capabilities
tag = deployment.create_tag("team", "pricing")
deployment.update_tag(tag["id"], "team", "risk")
deployment.create_tag("region", "north")
for filters in (
    {"tag_keys": ["team", "nobody"]},
    {"tag_values": ["risk"]},
    {"tag_values": ["pricing"]},
    {"execution_environment_type": ["external"]},
):
    found = dr.Deployment.list(filters=DeploymentListFilters(**filters))
    tell(json.dumps(filters), labels(found))
tell("tags", sorted((one["name"], one["value"]) for one in dr.Deployment.get(deployment.id).tags))
deployment.delete_tag(tag["id"])
tell("tags then", [one["name"] for one in dr.Deployment.get(deployment.id).tags])
refused("unknown tag", lambda: deployment.delete_tag("0" * 24))
tell("capabilities", {one["name"]: one["supported"] for one in deployment.get_capabilities()})

# Activation, deletion
other = dr.Deployment.list(search="New Deployment")[0]
other.deactivate()
tell("inactive", other.status)
other.activate()
tell("active", other.status)
other.delete()
refused("deleted", lambda: dr.Deployment.get(other.id))
tell("left", labels(dr.Deployment.list()))
refused("unknown", lambda: dr.Deployment.get("5c939e08962d741e34f609ff"))
refused("unknown model", lambda: dr.Deployment.create_from_learning_model("0" * 24, label="nothing"))
refused("broken model", lambda: dr.Deployment.create_from_learning_model(models["broken"], label="broken"))
refused("wrong token", lambda: dr.Client(endpoint=url + "/api/v2", token="nobody's token here"))
print(json.dumps(told, default=str))
