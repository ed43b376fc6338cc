"""Prints as JSON what the functions of `seldon_core.utils` return, and the fields of the messages of gRPC.

It is run with seldon-core's own module and with drumline's, which have to agree.
"""

import copy
import json

import numpy as np
from google.protobuf import json_format
from seldon_core import utils
from seldon_core.flask_utils import SeldonMicroserviceException
from seldon_core.proto import prediction_pb2


class Node:
    def class_names(self):
        return ["low", "high"]

    def tags(self):
        return {"from": "class"}


def plain(value):
    """The value with what JSON has."""
    if hasattr(value, "DESCRIPTOR"):
        return json_format.MessageToDict(value)
    if isinstance(value, np.ndarray):
        return [str(value.dtype.kind), value.tolist()]
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return value.decode() if isinstance(value, bytes) else value


def told(name, *arguments, **more):
    try:
        return plain(getattr(utils, name)(*arguments, **more))
    except SeldonMicroserviceException as error:
        return {"refused": error.message.split(":")[0]}


meta = {"puid": "p", "tags": {"a": 1}, "metrics": [{"key": "k", "value": 1}], "requestPath": {"n": "i"}}
requests = [
    {"data": {"names": ["x", "y"], "tensor": {"shape": [1, 2], "values": [1, 2.5]}}, "meta": meta},
    {"data": {"ndarray": [[1, 2], [3, 4]]}},
    {"data": {"ndarray": [["a", "b"]]}},
    {"data": {}},
    {"jsonData": {"a": [1, None, True]}},
    {"strData": "text"},
    {"binData": "YWJj"},
    {"meta": meta},
    {"nope": 1},
]
answers = [np.array([[1, 2]]), [[1.5, 2.5]], [["a", "b"]], "text", b"bytes", {"a": [1]}, np.array([1, 2])]
results = {}
for at, request in enumerate(requests):
    results["parts %d" % at] = told("extract_request_parts_json", request)
    message = None
    try:
        message = utils.json_to_seldon_message(request)
    except SeldonMicroserviceException:
        results["message %d" % at] = "refused"
        continue
    results["message %d" % at] = told("seldon_message_to_json", message)
    results["data %d" % at] = told("get_data_from_proto", message)
    results["meta %d" % at] = told("get_meta_from_proto", message)
    results["proto parts %d" % at] = told("extract_request_parts", message)
    for index, answer in enumerate(answers):
        name = "of %d and %d" % (at, index)
        for is_request in (False, True):
            if is_request and not request.get("data", {}).get("names"):
                continue
            # Both are changed by the original.
            copied, read = copy.deepcopy(request.get("meta")), utils.get_meta_from_proto(message)
            asked = {"custom_metrics": [{"key": "c", "value": 2}], "runtime_tags": {"r": 1}}
            results["json %s %s" % (name, is_request)] = told(
                "construct_response_json", Node(), is_request, request, answer, copied, **asked
            )
            results["proto %s %s" % (name, is_request)] = told(
                "construct_response", Node(), is_request, message, answer, read, **asked
            )
for form in ("tensor", "ndarray", "other"):
    for array in (np.array([[1, 2], [3, 4]]), np.array([1.5]), np.array([["a"]])):
        name = "%s %s" % (form, array.tolist())
        results["rest " + name] = told("array_to_rest_datadef", form, array, ["n"])
        if form != "tensor" or array.dtype.kind != "U":
            results["grpc " + name] = told("array_to_grpc_datadef", form, array, ["n"])
feedback = utils.json_to_feedback({"request": requests[0], "reward": 0.5, "truth": requests[1]})
results["feedback"] = told("feedback_to_json", feedback)
results["feedback parts"] = told("extract_feedback_request_parts", feedback)
results["wrong feedback"] = told("json_to_feedback", {"nope": 1})
several = {"seldonMessages": requests[:2]}
results["messages"] = told("seldon_messages_to_json", utils.json_to_seldon_messages(several))
results["metadata"] = told("json_to_seldon_model_metadata", {"name": "m", "nope": 1})

descriptors = prediction_pb2.DESCRIPTOR.message_types_by_name
fields = {
    name: {field.name: field.number for field in message.fields}
    for name, message in sorted(descriptors.items())
}
print(json.dumps({"results": results, "fields": fields}))
