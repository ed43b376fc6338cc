"""Messages of wrapper classes: JSON to what a method gets, and what it returned to JSON."""

import base64
import datetime
import decimal
import json
import uuid
from email.utils import format_datetime

import numpy as np

MISSING = object()


class Refusal(Exception):
    """An error of the message or of what a method returned, with its HTTP status and Seldon's reason."""

    def __init__(self, words, status_code=400, reason="MICROSERVICE_BAD_DATA"):
        super().__init__(words)
        self.status_code = status_code
        self.reason = reason


def read(text):
    """The message in a text. Raises a Refusal for what is no JSON, or null."""
    try:
        message = json.loads(text) if text is not None else None
    except ValueError:
        message = None
    if message is None:
        raise Refusal("Can't find JSON in data")
    return message


class Payload:
    """What a message carries: `value` and `names` for a method; `form` is that of an array, else None."""

    def __init__(self, message):
        if not isinstance(message, dict):
            raise Refusal("Invalid request data type: %s" % (message,))
        self.meta = message.get("meta", MISSING)
        self.names, self.form = [], None
        if "data" in message:
            data = message["data"]
            self.value, self.form = array_of(data)
            self.names = data.get("names", []) if isinstance(data, dict) else []
        elif "jsonData" in message:
            self.value = message["jsonData"]
        elif "strData" in message:
            self.value = message["strData"]
        elif "binData" in message:
            self.value = base64.b64decode(message["binData"])
        else:
            raise Refusal("Invalid request data type: %s" % (message,))

    def meta_or_none(self):
        return None if self.meta is MISSING else self.meta


def array_of(data):
    """The array in the member `data` of a message, and the form that it has there."""
    if "tensor" in data:
        tensor = data["tensor"]
        return np.array(tensor.get("values", [])).reshape(tensor.get("shape", [])), "tensor"
    if "ndarray" in data:
        return np.array(data["ndarray"]), "ndarray"
    if "tftensor" in data:
        # Over gRPC it is serialized, as text in base64.
        form = "serialized tftensor" if isinstance(data["tftensor"], str) else "tftensor"
        return from_tftensor(data["tftensor"]), form
    return np.array([]), "ndarray"


def packed(value, form, class_names):
    """The member of a message for what a method returned.

    `form` is that of the array in the request, None if it had none. Raises a Refusal for a type that no
    message has.
    """
    if isinstance(value, dict):
        return {"jsonData": value}
    if isinstance(value, (bytes, bytearray)):
        return {"binData": base64.b64encode(value).decode("ascii")}
    if isinstance(value, str):
        return {"strData": value}
    if not isinstance(value, (list, np.ndarray)):
        raise Refusal("Unknown data type returned as payload (must be list or np array):%s" % (value,))
    array = np.array(value)
    is_numeric = issubclass(array.dtype.type, np.number)
    names = names_of_columns(array, class_names)
    form = (form or "tensor") if is_numeric else "ndarray"
    if form == "tensor":
        content = {"shape": list(array.shape), "values": array.ravel().tolist()}
    elif form == "serialized tftensor":
        form, content = "tftensor", base64.b64encode(tensor_of(array).SerializeToString()).decode("ascii")
    elif form == "tftensor":
        content = to_tftensor(array)
    else:
        content = value.tolist() if isinstance(value, np.ndarray) else value
    return {"data": {"names": names, form: content}}


def names_of_columns(array, class_names):
    if array.ndim < 2:
        return []
    names = class_names()
    if names is None:
        return ["t:%d" % column for column in range(array.shape[1])]
    return list(names)


def from_tftensor(tensor):
    tf = tensorflow()
    from google.protobuf import json_format

    read = tf.make_tensor_proto([]).__class__()
    if isinstance(tensor, str):
        read.ParseFromString(base64.b64decode(tensor))
    else:
        json_format.ParseDict(tensor, read)
    return tf.make_ndarray(read)


def to_tftensor(array):
    from google.protobuf import json_format

    return json_format.MessageToDict(tensor_of(array))


def tensor_of(array):
    return tensorflow().make_tensor_proto(array)


def tensorflow():
    try:
        import tensorflow as tf
    except ImportError as error:
        words = "a tftensor needs TensorFlow, which the model's environment lacks: %s; send a tensor"
        raise RuntimeError(words % error) from None
    return tf


def printed(answer):
    """JSON with sorted keys and no blanks, which ends its line."""
    return encoder.encode(answer) + "\n"


def plain(value):
    """What Flask writes for values that JSON lacks. Raises TypeError."""
    if isinstance(value, datetime.datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return format_datetime(moment.astimezone(datetime.timezone.utc), usegmt=True)
    if isinstance(value, datetime.date):
        return plain(datetime.datetime(value.year, value.month, value.day))
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=plain)


def error_of(words, reason):
    """The body of an error."""
    return {"status": {"status": 1, "info": words, "code": -1, "reason": reason}}


def only_puid(meta):
    return {"puid": meta["puid"]} if meta is not MISSING and "puid" in meta else {}


def merged(metas):
    """The meta of several messages: later tags and paths win, metrics add up, the first one's puid counts."""
    meta = {"tags": {}, "requestPath": {}, "metrics": []}
    for one in metas:
        meta["tags"].update(one.get("tags", {}))
        meta["requestPath"].update(one.get("requestPath", {}))
        meta["metrics"].extend(one.get("metrics", []))
    if metas and "puid" in metas[0]:
        meta["puid"] = metas[0]["puid"]
    return meta


def status_in(answer):
    """The HTTP status that a whole answer asks for."""
    try:
        return int(answer["status"]["code"])
    except (KeyError, TypeError, ValueError):
        return 200
