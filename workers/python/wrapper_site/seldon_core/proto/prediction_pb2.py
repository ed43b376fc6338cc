"""The messages of Seldon's wrapper as classes of protobuf, made from a table when the module is imported.

No compiled file would do: what protoc writes works with few versions of protobuf.
"""

import importlib.util

try:
    from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, struct_pb2
    from google.protobuf.internal import builder
except ImportError as error:
    words = "%s: the messages of gRPC need the package protobuf, 3.20 or newer; install it for the model"
    raise ModuleNotFoundError(words % error, name="protobuf") from None

PACKAGE = "seldon.protos"

#: The fields of each message, numbered from 1: name, type, and the group of which one is set.
MESSAGES = {
    "SeldonMessage": [
        ("status", "Status"),
        ("meta", "Meta"),
        ("data", "DefaultData", "data_oneof"),
        ("binData", "bytes", "data_oneof"),
        ("strData", "string", "data_oneof"),
        ("jsonData", "google.protobuf.Value", "data_oneof"),
        ("customData", "google.protobuf.Any", "data_oneof"),
    ],
    "DefaultData": [
        ("names", "repeated string"),
        ("tensor", "Tensor", "data_oneof"),
        ("ndarray", "google.protobuf.ListValue", "data_oneof"),
        ("tftensor", "tensorflow.TensorProto", "data_oneof"),
    ],
    "Tensor": [("shape", "repeated int32"), ("values", "repeated double")],
    "Meta": [
        ("puid", "string"),
        ("tags", "map google.protobuf.Value"),
        ("routing", "map int32"),
        ("requestPath", "map string"),
        ("metrics", "repeated Metric"),
    ],
    "Metric": [
        ("key", "string"),
        ("type", "Metric.MetricType"),
        ("value", "float"),
        ("tags", "map string"),
    ],
    "SeldonMessageList": [("seldonMessages", "repeated SeldonMessage")],
    "Status": [
        ("code", "int32"),
        ("info", "string"),
        ("reason", "string"),
        ("status", "Status.StatusFlag"),
    ],
    "Feedback": [
        ("request", "SeldonMessage"),
        ("response", "SeldonMessage"),
        ("reward", "float"),
        ("truth", "SeldonMessage"),
    ],
    "SeldonModelMetadataRequest": [("name", "string")],
    "SeldonMessageMetadata": [
        ("messagetype", "string"),
        ("schema", "google.protobuf.Value"),
        ("name", "string"),
        ("datatype", "string"),
        ("shape", "repeated int64"),
    ],
    "SeldonModelMetadata": [
        ("name", "string"),
        ("versions", "repeated string"),
        ("platform", "string"),
        ("inputs", "repeated SeldonMessageMetadata"),
        ("outputs", "repeated SeldonMessageMetadata"),
        ("custom", "map string"),
    ],
    "SeldonGraphMetadata": [
        ("name", "string"),
        ("models", "map SeldonModelMetadata"),
        ("inputs", "repeated SeldonMessageMetadata"),
        ("outputs", "repeated SeldonMessageMetadata"),
    ],
}

#: Values from 0, by message.
ENUMS = {
    "Metric": ("MetricType", ["COUNTER", "GAUGE", "TIMER"]),
    "Status": ("StatusFlag", ["SUCCESS", "FAILURE"]),
}

FIELD = descriptor_pb2.FieldDescriptorProto


def tensor_module():
    """The module of TensorFlow with TensorProto, or None: the field is bytes then, which are sent alike."""
    if importlib.util.find_spec("tensorflow") is None:
        return None
    try:
        from tensorflow.core.framework import tensor_pb2
    except Exception:
        return None
    return tensor_pb2


def set_type(field, name):
    """Gives the field the type of this name."""
    if name == "tensorflow.TensorProto" and tensors is None:
        name = "bytes"
    scalar = getattr(FIELD, "TYPE_" + name.upper(), None)
    if scalar is not None:
        field.type = scalar
        return
    field.type_name = ".%s" % name if name.split(".")[0] in ("google", "tensorflow") else of_package(name)
    message, _, nested = name.partition(".")
    is_enum = nested != "" and ENUMS.get(message, ("",))[0] == nested
    field.type = FIELD.TYPE_ENUM if is_enum else FIELD.TYPE_MESSAGE


def of_package(name):
    return ".%s.%s" % (PACKAGE, name)


def add_field(message, number, name, described, group=None):
    field = message.field.add(name=name, number=number, json_name=name)
    kind, _, of = described.rpartition(" ")
    field.label = FIELD.LABEL_REPEATED if kind else FIELD.LABEL_OPTIONAL
    if kind == "map":
        entry = message.nested_type.add(name=name[0].upper() + name[1:] + "Entry")
        entry.options.map_entry = True
        add_field(entry, 1, "key", "string")
        add_field(entry, 2, "value", of)
        set_type(field, "%s.%s" % (message.name, entry.name))
    else:
        set_type(field, of)
    if group is not None:
        if not message.oneof_decl:
            message.oneof_decl.add(name=group)
        field.oneof_index = 0


def described_file():
    """What a compiler would make of the messages."""
    file = descriptor_pb2.FileDescriptorProto(name="drumline/seldon.proto", package=PACKAGE, syntax="proto3")
    for needed in (any_pb2, struct_pb2, tensors):
        if needed is not None:
            file.dependency.append(needed.DESCRIPTOR.name)
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, field in enumerate(fields, 1):
            add_field(message, number, *field)
        if name in ENUMS:
            enum, words = ENUMS[name]
            added = message.enum_type.add(name=enum)
            for value, word in enumerate(words):
                added.value.add(name=word, number=value)
    return file


tensors = tensor_module()
DESCRIPTOR = descriptor_pool.Default().AddSerializedFile(described_file().SerializeToString())
builder.BuildMessageAndEnumDescriptors(DESCRIPTOR, globals())
builder.BuildTopDescriptorsAndMessages(DESCRIPTOR, __name__, globals())
