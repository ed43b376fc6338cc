"""The methods of wrapper classes for whole messages: they get maps over REST, protobuf messages over gRPC.

`send_feedback_raw` gets and returns protobuf messages over REST too, as in Seldon's wrapper.
"""

import json

from .component_class import is_not_implemented
from .component_messages import MISSING, Refusal, read, status_in
from .component_metrics import metric_to_wire

JSON, PROTOBUF, BODY = "json", "protobuf", "body"
KINDS = {JSON: str, PROTOBUF: bytes}
FEEDBACK = "send_feedback"


def whole_methods(component, name, form):
    """(ending, method) of those that the class has for messages of this form, in the order of their rank."""
    if name == FEEDBACK:
        endings = ("_rest", "_grpc", "_raw")
    else:
        endings = ("_grpc" if form == PROTOBUF else "_rest", "_raw")
    found = [(ending, component.method(name + ending)) for ending in endings]
    return [(ending, method) for ending, method in found if method is not None and not is_inherited(method)]


def is_inherited(method):
    """Whether it only says that the class does not have it."""
    return getattr(method, "__module__", None) == "seldon_core.user_model"


def whole_answer(component, name, message, form, metrics):
    """(HTTP status, answer) of the method for whole messages, or MISSING if there is none.

    The answer is what JSON has for it or, for the form `protobuf`, bytes. Adds the metrics of the answer to
    `metrics`.
    """
    for ending, method in whole_methods(component, name, form):
        try:
            if name == "health_status":
                return 200, method()
            if form == PROTOBUF or name == FEEDBACK:
                message = as_proto(name, message)
            # The oldest form of feedback is the text of its JSON.
            is_text = name == FEEDBACK and ending == "_rest"
            returned = method(as_text(message) if is_text else message)
        except Exception as error:
            if not is_not_implemented(error):
                raise
            continue
        if ending == "_raw":
            keep_metrics(returned, component.tells_metrics, metrics)
        if form == PROTOBUF or name == FEEDBACK:
            returned = checked_message(returned, name + ending)
        if form == PROTOBUF:
            return 200, returned.SerializeToString()
        if is_message(returned):
            returned = as_map(returned)
        if form == BODY and returned is None:
            returned = ""
        return (status_in(returned) if name == "predict" else 200), returned
    return MISSING


def keep_metrics(returned, tells_metrics, metrics):
    """Adds the metrics of a whole answer, and takes them out of it if answers do not tell them."""
    if is_message(returned):
        metrics.extend(map(metric_to_wire, as_map(returned.meta).get("metrics", [])))
        if returned.meta.metrics and not tells_metrics:
            del returned.meta.metrics[:]
    elif isinstance(returned, dict):
        found = returned.get("meta", {}).get("metrics", [])
        metrics.extend(map(metric_to_wire, found))
        if found and not tells_metrics:
            del returned["meta"]["metrics"]


# -- protobuf ------------------------------------------------------------------------------------------


def kind_of(name):
    """The class of the messages of a method."""
    from seldon_core.proto import prediction_pb2

    kinds = {"aggregate": prediction_pb2.SeldonMessageList, FEEDBACK: prediction_pb2.Feedback}
    return kinds.get(name, prediction_pb2.SeldonMessage)


def as_proto(name, message):
    """The message, bytes or what JSON has, as protobuf. Raises a Refusal."""
    kind = kind_of(name)
    from google.protobuf import json_format
    from google.protobuf.message import DecodeError

    if is_message(message):
        return message
    try:
        if isinstance(message, bytes):
            return kind.FromString(message)
        return json_format.ParseDict({} if message == [] else message, kind())
    except (json_format.ParseError, DecodeError) as error:
        raise Refusal("Invalid JSON: %s" % error) from None


def as_map(message):
    """What JSON has for a protobuf message."""
    return json.loads(as_text(message))


def as_text(message):
    """The JSON of a protobuf message."""
    from google.protobuf import json_format

    return json_format.MessageToJson(message)


def parsed(name, message, form):
    """What the methods for parts of messages read. Over gRPC, `meta` is always there."""
    if form == BODY:
        return read(message)
    if form == JSON:
        return message
    message = as_map(as_proto(name, message))
    if name == "aggregate":
        return [{"meta": {}, **one} for one in message.get("seldonMessages", [])]
    return message if name == FEEDBACK else {"meta": {}, **message}


def is_message(value):
    return hasattr(value, "SerializeToString") and hasattr(value, "DESCRIPTOR")


def checked_message(returned, method):
    """The answer as a protobuf message. Raises a Refusal for what is none."""
    if isinstance(returned, dict):
        return as_proto("predict", returned)
    if is_message(returned):
        return returned
    words = "%s must return a SeldonMessage, got %s; make one with seldon_core.proto.prediction_pb2"
    raise Refusal(words % (method, type(returned).__name__), 500, "MICROSERVICE_INTERNAL_ERROR")
