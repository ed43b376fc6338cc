"""Makes the message for what a method returned, for classes with methods for whole messages."""

import base64
import os

import numpy as np

from .flask_utils import SeldonMicroserviceException
from .user_model import SeldonNotImplementedError


def construct_response_json(
    user_model,
    is_request,
    client_request_raw,
    client_raw_response,
    meta=None,
    custom_metrics=None,
    runtime_tags=None,
):
    """The message as JSON has it. An array has the form of that in the request if it holds numbers.

    `meta` is that of the request. With `is_request` the columns have the names that they have there, else
    those of the class.
    """
    request, meta = client_request_raw, meta or {}
    tags = {**meta.get("tags", {}), **(told(user_model, "tags") or {}), **(runtime_tags or {})}
    metrics = [*meta.get("metrics", []), *(custom_metrics or [])]
    puid = request.get("meta", {}).get("puid")
    members = {
        "tags": tags,
        "metrics": metrics,
        "puid": puid,
        "requestPath": {**own_path(), **meta.get("requestPath", {})},
    }
    answer = {"meta": {name: value for name, value in members.items() if value}}
    value = client_raw_response
    if isinstance(value, dict):
        answer["jsonData"] = value
    elif isinstance(value, (bytes, bytearray)):
        answer["binData"] = base64.b64encode(value).decode("ascii")
    elif isinstance(value, str):
        answer["strData"] = value
    elif isinstance(value, (list, np.ndarray)):
        given = request.get("data", {}).get("names", [])
        array = np.array(value)
        answer["data"] = data_of(array, value, request.get("data"))
        answer["data"]["names"] = given if is_request else names_of(user_model, array)
    else:
        words = "Unknown data type returned as payload (must be list or np array):%s"
        raise SeldonMicroserviceException(words % (value,))
    return answer


def construct_response(user_model, is_request, client_request, client_raw_response, *meta, **more):
    """The message as construct_response_json makes it, of and as a SeldonMessage."""
    from .utils import as_dict, json_to_seldon_message

    request = as_dict(client_request)
    return json_to_seldon_message(
        construct_response_json(user_model, is_request, request, client_raw_response, *meta, **more)
    )


def data_of(array, value, asked):
    """The member `data` without names; `asked` is that of the request, None if it has none."""
    from .utils import array_to_rest_datadef

    form = "ndarray"
    if np.issubdtype(array.dtype, np.number):
        forms = ("tensor", "tftensor", "ndarray")
        form = "tensor" if asked is None else next((one for one in forms if one in asked), "ndarray")
    if form == "ndarray" and isinstance(value, list):
        return {"ndarray": value}
    return array_to_rest_datadef(form, array)


def names_of(user_model, array):
    if array.ndim < 2:
        return []
    names = told(user_model, "class_names")
    return ["t:%d" % column for column in range(array.shape[1])] if names is None else list(names)


def told(user_model, name):
    """What the method without arguments returns, or the attribute; None without one."""
    found = getattr(user_model, name, None)
    if not callable(found):
        return found
    try:
        return found()
    except SeldonNotImplementedError:
        return None


def own_path():
    unset = "NOT_IMPLEMENTED"
    unit = os.environ.get("PREDICTIVE_UNIT_ID")
    return {unit: os.environ.get("PREDICTIVE_UNIT_IMAGE", "%s:%s" % (unset, unset))} if unit else {}
