"""The message of a feedback, read as protobuf does: unknown members are refused, numbers are floats."""

import struct

import numpy as np

from .component_messages import Refusal, from_tftensor

MESSAGE = {
    "status": {"code": None, "info": None, "reason": None, "status": None},
    "meta": {"puid": None, "tags": None, "routing": None, "requestPath": None, "metrics": None},
    "data": {"names": None, "tensor": {"shape": None, "values": None}, "ndarray": None, "tftensor": None},
    "binData": None,
    "strData": None,
    "jsonData": None,
    "customData": None,
}
FEEDBACK = {"request": MESSAGE, "response": MESSAGE, "reward": None, "truth": MESSAGE}


class Feedback:
    """What a method gets of it: `features`, `names`, `reward`, `truth`; and what the answer takes from it."""

    def __init__(self, message):
        message = {} if message == [] else message
        check(message, FEEDBACK, "Feedback")
        request, truth = message.get("request") or {}, message.get("truth") or {}
        self.features, self.form = array_of(request)
        self.names = (request.get("data") or {}).get("names", [])
        self.truth, _ = array_of(truth)
        self.reward = reward_of(message.get("reward") or 0)
        puid = (request.get("meta") or {}).get("puid")
        self.meta = {"puid": puid} if puid else {}
        self.routing = ((message.get("response") or {}).get("meta") or {}).get("routing") or {}

    def routing_of(self, unit):
        """The child that the router of this name has chosen, or None."""
        return self.routing.get(unit)


def check(value, members, where):
    if not isinstance(value, dict):
        raise Refusal("Invalid JSON: %s must be an object" % where)
    for name, item in value.items():
        if name not in members:
            raise Refusal('Invalid JSON: the message %s has no field named "%s"' % (where, name))
        if members[name] is not None and item is not None:
            check(item, members[name], "%s.%s" % (where, name))


def array_of(message):
    data = message.get("data") or {}
    if "tensor" in data:
        tensor = data["tensor"]
        values = np.array(tensor.get("values", []), dtype=float)
        return values.reshape([int(one) for one in tensor.get("shape", [])]), "tensor"
    if "ndarray" in data:
        return np.array(floats(data["ndarray"])), "ndarray"
    if "tftensor" in data:
        return from_tftensor(data["tftensor"]), "tftensor"
    return np.array([]), "ndarray" if "data" in message else None


def as_proto(answer):
    """The answer as protobuf writes it: numbers are floats, and lists that are empty are left out."""
    meta = {name: floats(value) for name, value in answer["meta"].items()}
    # The first word of an enumeration is left out.
    for metric in meta.get("metrics", []):
        if metric["type"] == "COUNTER":
            del metric["type"]
    told = {"meta": meta}
    for name, value in answer.items():
        if name == "data":
            told["data"] = data_as_proto(value)
        elif name != "meta":
            told[name] = floats(value)
    return told


def data_as_proto(data):
    told = {"names": data["names"]} if data["names"] else {}
    if "tensor" in data:
        tensor = {"shape": data["tensor"]["shape"], "values": floats(data["tensor"]["values"])}
        told["tensor"] = {name: value for name, value in tensor.items() if value}
    elif "tftensor" in data:
        told["tftensor"] = data["tftensor"]
    else:
        told.update({name: floats(value) for name, value in data.items() if name != "names"})
    return told


def floats(value):
    """The value with floats in place of whole numbers."""
    if isinstance(value, list):
        return [floats(one) for one in value]
    if isinstance(value, dict):
        return {name: floats(one) for name, one in value.items()}
    return float(value) if type(value) is int else value


def reward_of(value):
    """The reward as a float32. Raises a Refusal."""
    try:
        return struct.unpack("f", struct.pack("f", float(value)))[0]
    except (TypeError, ValueError, OverflowError):
        raise Refusal("Invalid JSON: the reward must be a number, got %r" % (value,)) from None
