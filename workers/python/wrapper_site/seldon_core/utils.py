"""Messages between JSON, protobuf and arrays, for classes with methods for whole messages."""

import base64
import json
import os

import numpy as np

from .flask_utils import SeldonMicroserviceException
from .responses import construct_response, construct_response_json  # noqa: F401

# -- JSON and protobuf ---------------------------------------------------------------------------------


def json_to_seldon_message(message_json):
    """A SeldonMessage of what JSON has. Raises SeldonMicroserviceException."""
    return parsed(message_json or {}, "SeldonMessage")


def json_to_seldon_messages(message_json):
    """A SeldonMessageList of what JSON has. Raises SeldonMicroserviceException."""
    return parsed(message_json, "SeldonMessageList")


def json_to_feedback(message_json):
    """A Feedback of what JSON has. Raises SeldonMicroserviceException."""
    return parsed(message_json, "Feedback")


def json_to_seldon_model_metadata(metadata_json):
    """A SeldonModelMetadata of what JSON has, without members that it lacks."""
    return parsed(metadata_json or {}, "SeldonModelMetadata", ignores_unknown=True)


def parsed(value, name, ignores_unknown=False):
    from google.protobuf import json_format

    from .proto import prediction_pb2

    try:
        message = getattr(prediction_pb2, name)()
        return json_format.ParseDict(value, message, ignore_unknown_fields=ignores_unknown)
    except json_format.ParseError as error:
        raise SeldonMicroserviceException("Invalid JSON: %s" % error) from None


def seldon_message_to_json(message_proto):
    """What JSON has for a message; all its numbers are floats."""
    from google.protobuf import json_format

    return json.loads(json_format.MessageToJson(message_proto))


seldon_messages_to_json = feedback_to_json = seldon_message_to_json


# -- arrays --------------------------------------------------------------------------------------------


def get_data_from_proto(request):
    """What a SeldonMessage carries: an array for `data`, else text, bytes, what JSON has, or an Any."""
    group = request.WhichOneof("data_oneof")
    if group is None:
        raise SeldonMicroserviceException("Unknown data in SeldonMessage")
    value = getattr(request, group)
    if group == "data":
        return grpc_datadef_to_array(value)
    return as_dict(value) if group == "jsonData" else value


def get_meta_from_proto(request):
    """The meta of a SeldonMessage as JSON has it."""
    return as_dict(request.meta)


def as_dict(message):
    from google.protobuf import json_format

    return json_format.MessageToDict(message)


def grpc_datadef_to_array(datadef):
    """The array in a DefaultData."""
    form = datadef.WhichOneof("data_oneof")
    if form == "tensor":
        return np.array(datadef.tensor.values, dtype=float).reshape(list(datadef.tensor.shape))
    if form == "ndarray":
        return np.array(as_dict(datadef.ndarray))
    if form == "tftensor":
        import tensorflow as tf

        return tf.make_ndarray(datadef.tftensor)
    return np.array([])


def array_to_list_value(array, lv=None):
    """A ListValue of the array."""
    from google.protobuf import struct_pb2

    lv = struct_pb2.ListValue() if lv is None else lv
    for item in array.tolist():
        add_item(lv, item)
    return lv


def add_item(values, item):
    if isinstance(item, list):
        inner = values.add_list()
        for one in item:
            add_item(inner, one)
    else:
        values.extend([item])


def array_to_grpc_datadef(data_type, array, names=None):
    """A DefaultData of the array in the form `tensor`, `tftensor` or else `ndarray`."""
    from .proto import prediction_pb2

    names = list(names or [])
    if data_type == "tensor":
        tensor = prediction_pb2.Tensor(shape=array.shape, values=array.ravel().tolist())
        return prediction_pb2.DefaultData(names=names, tensor=tensor)
    if data_type == "tftensor":
        import tensorflow as tf

        return prediction_pb2.DefaultData(names=names, tftensor=tf.make_tensor_proto(array))
    return prediction_pb2.DefaultData(names=names, ndarray=array_to_list_value(array))


def array_to_rest_datadef(data_type, array, names=None):
    """The member `data` of a message as JSON has it, in the form `tensor`, `tftensor` or else `ndarray`."""
    data = {"names": list(names or [])}
    if data_type == "tensor":
        data["tensor"] = {"shape": list(array.shape), "values": array.ravel().tolist()}
    elif data_type == "tftensor":
        import tensorflow as tf

        data["tftensor"] = as_dict(tf.make_tensor_proto(array))
    else:
        data["ndarray"] = array.tolist()
    return data


# -- parts of messages ---------------------------------------------------------------------------------


def extract_request_parts(request):
    """(what a SeldonMessage carries, its meta, its data, the name of the member that it has)."""
    return (
        get_data_from_proto(request),
        get_meta_from_proto(request),
        request.data,
        request.WhichOneof("data_oneof"),
    )


def extract_request_parts_json(request):
    """(what a message carries, its meta, its data, the name of the member that it has), of what JSON has."""
    if not isinstance(request, dict):
        raise SeldonMicroserviceException("Invalid request data type: %s" % (request,))
    for name in ("data", "jsonData", "strData", "binData"):
        if name in request:
            value, data = request[name], None
            if name == "data":
                data, value = value, rest_datadef_to_array(value)
            elif name == "binData":
                value = base64.b64decode(value)
            return value, request.get("meta"), data, name
    raise SeldonMicroserviceException("Invalid request data type: %s" % (request,))


def rest_datadef_to_array(data):
    if "tensor" in data:
        return np.array(data["tensor"]["values"]).reshape(data["tensor"]["shape"])
    if "ndarray" in data:
        return np.array(data["ndarray"])
    if "tftensor" in data:
        import tensorflow as tf
        from google.protobuf import json_format

        return tf.make_ndarray(json_format.ParseDict(data["tftensor"], type(tf.make_tensor_proto([]))()))
    return np.array([])


def extract_feedback_request_parts(request):
    """(the data of the request, its array, the array of the truth, the reward) of a Feedback."""
    features = grpc_datadef_to_array(request.request.data)
    return request.request.data, features, grpc_datadef_to_array(request.truth.data), request.reward


# -- variables -----------------------------------------------------------------------------------------


def getenv(*env_vars, default=None):
    """The first of the environment variables that is set."""
    return next((os.environ[name] for name in env_vars if os.environ.get(name) is not None), default)


def getenv_as_bool(*env_vars, default=False):
    """Whether the first of the environment variables that is set says `1`, `t` or `true`."""
    value = getenv(*env_vars)
    return default if value is None else value.lower() in ("1", "t", "true")
