"""Calls of users with different roles in a deployment, by DataRobot's own client. Prints one JSON object.

The first argument is JSON: url, model ids, and the tokens of admin, owner, user, consumer and stranger.
"""

import json
import sys
import warnings

import datarobot as dr
import requests
from datarobot.enums import MODEL_REPLACEMENT_REASON
from datarobot.errors import ClientError
from datarobot.models.deployment import DeploymentListFilters
from datarobot.models.deployment.sharing import (
    DeploymentGrantSharedRoleWithId,
    DeploymentGrantSharedRoleWithUsername,
)
from datarobot.models.sharing import SharingRole
from datarobot.utils.waiters import wait_for_async_resolution

warnings.simplefilter("ignore")
given = json.loads(sys.argv[1])
url, tokens = given["url"], given["tokens"]


def act_as(name):
    """From now on the client sends the token of this user."""
    dr.Client(endpoint=f"{url}/api/v2", token=tokens[name])


def outcome(call):
    """What a call returns, or the status and message of its refusal."""
    try:
        return call()
    except ClientError as error:
        message = error.json.get("message", "") if error.json else str(error)
        return {"status": error.status_code, "message": message}


def send(name, path, body, kind):
    """A prediction without the client, which has no call for it."""
    headers = {"Authorization": f"Token {tokens[name]}", "Content-Type": kind}
    return requests.post(url + path, data=body, headers=headers).status_code


CSV = "x\n1\n2\n"
V1 = json.dumps({"instances": [{"x": 1}, {"x": 2}]})
V2 = json.dumps({"inputs": [{"name": "x", "shape": [2], "datatype": "FP64", "data": [1.0, 2.0]}]})


def rights(name, deployment_id):
    """What a user may do with a deployment: "ok", or the status of the refusal."""
    act_as(name)

    def tried(call):
        result = outcome(call)
        return result["status"] if isinstance(result, dict) and "status" in result else "ok"

    # Made without a call, so that each right is asked for alone.
    deployment = dr.Deployment(id=deployment_id)
    path = f"deployments/{deployment_id}/"
    client = dr.client.get_client()
    features = deployment.get_features

    def replace():
        model = given["model"] if name == "admin" else given["other"]
        body = {"modelId": model, "reason": MODEL_REPLACEMENT_REASON.OTHER}
        response = client.patch(f"{path}model/", data=body)
        wait_for_async_resolution(client, response.headers["Location"])

    return {
        "list": deployment_id in [one.id for one in dr.Deployment.list()],
        "see": tried(lambda: dr.Deployment.get(deployment_id)),
        "features": tried(features),
        "see settings": tried(deployment.get_drift_tracking_settings),
        "see roles": tried(deployment.list_shared_roles),
        "see history": tried(lambda: client.get(f"{path}modelHistory/")),
        "predApi": send(name, f"/predApi/v1.0/{path}predictions", CSV, "text/csv"),
        "api/v2": send(name, f"/api/v2/{path}predictions", CSV, "text/csv"),
        "drum": send(name, f"/models/{deployment_id}/predict/", CSV, "text/csv"),
        "v1": send(name, f"/v1/models/{deployment_id}:predict", V1, "application/json"),
        "v2": send(name, f"/v2/models/{deployment_id}/infer", V2, "application/json"),
        "label": tried(lambda: client.patch(path, data={"label": f"named by {name}"})),
        "status": tried(lambda: client.patch(f"{path}status/", data={"status": "active"})),
        "settings": tried(lambda: client.patch(f"{path}settings/", data={"targetDrift": {"enabled": False}})),
        "replace": tried(replace),
        "share": tried(lambda: deployment.share([SharingRole("CONSUMER", "user", username="consumer")])),
        "delete": "not tried" if name in ("owner", "admin") else tried(lambda: client.delete(path)),
    }


told = {}
act_as("owner")
deployment = dr.Deployment.create_from_learning_model(given["model"], label="shared")
told["id"] = deployment.id
told["alone"] = [one.to_dict() for one in deployment.list_shared_roles()]
told["owners alone"] = dr.Deployment.get(deployment.id).owners

# The three ways of the client to name a role, and a plain dict.
owner = deployment.list_shared_roles()[0]
told["last owner"] = outcome(
    lambda: deployment.update_shared_roles([DeploymentGrantSharedRoleWithId(owner.id, "NO_ROLE")])
)
told["last owner by less"] = outcome(
    lambda: deployment.update_shared_roles([DeploymentGrantSharedRoleWithId(owner.id, "USER")])
)
told["unknown user"] = outcome(
    lambda: deployment.update_shared_roles(
        [
            DeploymentGrantSharedRoleWithUsername("USER", "consumer"),
            DeploymentGrantSharedRoleWithUsername("USER", "nobody"),
        ]
    )
)
told["after a refusal"] = len(deployment.list_shared_roles())
told["unknown role"] = outcome(
    lambda: deployment.update_shared_roles([DeploymentGrantSharedRoleWithUsername("KING", "user")])
)
told["group"] = outcome(
    lambda: deployment.update_shared_roles(
        [{"role": "USER", "id": owner.id, "share_recipient_type": "group"}]
    )
)
told["can share"] = outcome(
    lambda: deployment.share([SharingRole("USER", "user", username="user", can_share=True)])
)
told["none"] = outcome(lambda: deployment.update_shared_roles([]))
told["too many"] = outcome(
    lambda: deployment.update_shared_roles([DeploymentGrantSharedRoleWithId(owner.id, "USER")] * 101)
)
deployment.update_shared_roles(
    [
        DeploymentGrantSharedRoleWithUsername("USER", "user"),
        {"role": "CONSUMER", "username": "consumer", "share_recipient_type": "user"},
    ]
)
deployment.share([SharingRole("OWNER", "user", username="second", can_share=True)])
told["roles"] = {one.name: one.role for one in deployment.list_shared_roles()}
told["roles by page"] = [
    [one.name for one in deployment.list_shared_roles(limit=2, offset=offset)] for offset in (0, 2)
]
told["roles without limit"] = len(deployment.list_shared_roles(limit=0))
told["by name"] = [one.role for one in deployment.list_shared_roles(name="user")]
told["by id"] = [one.name for one in deployment.list_shared_roles(id=owner.id)]
told["groups"] = deployment.list_shared_roles(share_recipient_type="group")
told["owners"] = dr.Deployment.get(deployment.id).owners
told["listed owners"] = [one.owners["count"] for one in dr.Deployment.list() if one.id == deployment.id]

told["rights"] = {
    name: rights(name, deployment.id) for name in ("stranger", "consumer", "user", "owner", "admin")
}
told["permissions"] = {}
for name in ("user", "second", "admin"):
    act_as(name)
    told["permissions"][name] = sorted(
        dr.Deployment.get(given["id"] if name == "admin" else deployment.id).permissions
    )
told["rights of the one"] = rights("admin", given["id"])["see"]

# What the filters of lists tell.
told["filters"] = {}
for name in ("user", "consumer", "second", "admin"):
    act_as(name)
    told["filters"][name] = {
        role: deployment.id
        in [one.id for one in dr.Deployment.list(filters=DeploymentListFilters(role=role))]
        for role in ("OWNER", "USER")
    }
act_as("admin")
client = dr.client.get_client()
told["created by"] = {
    kind: [one["label"] for one in client.get(f"deployments/?createdBy={id}").json()["data"]]
    for kind, id in (("owner", owner.id), ("nobody", "0" * 24))
}

# A user leaves, and an owner who is not the last one.
for name in ("user", "owner"):
    act_as(name)
    own = dr.Deployment(id=deployment.id)
    own.update_shared_roles([DeploymentGrantSharedRoleWithUsername("NO_ROLE", name)])
    told[f"{name} left"] = outcome(lambda: dr.Deployment.get(deployment.id))
act_as("second")
told["left"] = {one.name: one.role for one in dr.Deployment(id=deployment.id).list_shared_roles()}
told["deleted"] = outcome(dr.Deployment(id=deployment.id).delete)
print(json.dumps(told))
