"""Calls a server of the Open Inference Protocol over gRPC with Triton's own client.

Prints a JSON object of what came, by call. Standard input is the FileDescriptorProto of the server's service.
Usage: triton_grpc_calls.py PORT
"""

import json
import queue
import sys

import ml_dtypes
import numpy as np
import tritonclient.grpc as triton
from google.protobuf import descriptor_pb2, json_format
from tritonclient.grpc import model_config_pb2, service_pb2

client = triton.InferenceServerClient("127.0.0.1:" + sys.argv[1])
stub = client._client_stub
told = {}


def refusal(error):
    return {"status": error.status(), "message": error.message()}


def tell(name, call):
    try:
        told[name] = call()
    except triton.InferenceServerException as error:
        told[name] = refusal(error)


def tensor(datatype, array, name="x"):
    made = triton.InferInput(name, list(array.shape), datatype)
    made.set_data_from_numpy(array)
    return made


def outputs(result):
    response = result.get_response()
    return {one.name: result.as_numpy(one.name).tolist() for one in response.outputs}


def texts(result):
    return [cell.decode() for cell in result.as_numpy(result.get_response().outputs[0].name).ravel()]


for name in ("is_server_live", "is_server_ready"):
    tell(name, getattr(client, name))
for name in ("get_server_metadata", "get_inference_statistics"):
    tell(name, lambda name=name: getattr(client, name)(as_json=True))
for name in ("is_model_ready", "get_model_metadata", "get_model_config", "get_inference_statistics"):
    more = {} if name.startswith("is_") else {"as_json": True}
    tell(f"{name} of classes", lambda name=name, more=more: getattr(client, name)("classes", **more))
    tell(f"{name} of nothing", lambda name=name: getattr(client, name)("nothing"))

arrays = {
    "BOOL": np.array([True, False]),
    "INT8": np.array([-128, 127], np.int8),
    "INT16": np.array([-32768, 32767], np.int16),
    "INT32": np.array([-(2**31), 2**31 - 1], np.int32),
    "INT64": np.array([-(2**63), 2**53 + 1], np.int64),
    "UINT8": np.array([0, 255], np.uint8),
    "UINT16": np.array([0, 65535], np.uint16),
    "UINT32": np.array([0, 2**32 - 1], np.uint32),
    "UINT64": np.array([2**53 + 1, 2**63 - 1], np.uint64),
    "FP16": np.array([1.5, -65504], np.float16),
    "BF16": np.array([1.5, -3], ml_dtypes.bfloat16),
    "FP32": np.array([0.1, np.inf], np.float32),
    "FP64": np.array([0.1, -np.inf], np.float64),
    "BYTES": np.array(["a|b", "Zürich"], np.object_),
}
lists = {
    "BOOL": "bool_contents",
    "INT64": "int64_contents",
    "UINT64": "uint64_contents",
    "FP32": "fp32_contents",
    "FP64": "fp64_contents",
    "BYTES": "bytes_contents",
    **{f"INT{bits}": "int_contents" for bits in (8, 16, 32)},
    **{f"UINT{bits}": "uint_contents" for bits in (8, 16, 32)},
}


def typed(model, tensors, **more):
    """The answer to contents in lists, as JSON."""
    request = service_pb2.ModelInferRequest(model_name=model, **more)
    for name, datatype, shape, contents in tensors:
        request.inputs.add(
            name=name,
            datatype=datatype,
            shape=shape,
            contents=service_pb2.InferTensorContents(**contents),
        )
    try:
        return json_format.MessageToDict(stub.ModelInfer(request), preserving_proto_field_name=True)
    except Exception as error:
        return {"status": error.code().name, "message": error.details()}


for datatype, array in arrays.items():
    tell(f"raw {datatype}", lambda d=datatype, a=array: texts(client.infer("cells", [tensor(d, a)])))
    if datatype in lists:
        cells = [cell.encode() for cell in array] if datatype == "BYTES" else array.tolist()
        told[f"typed {datatype}"] = typed("cells", [("x", datatype, [2], {lists[datatype]: cells})])

pair = tensor("FP64", np.array([[1, 2], [3, 4]], np.float64))
columns = [tensor("FP64", np.array([0.25, 1.0]), "a"), tensor("BYTES", np.array(["x", "y"], np.object_), "b")]
tell("matrix", lambda: texts(client.infer("cells", [pair])))
tell("columns", lambda: texts(client.infer("cells", columns)))
tell("gzip", lambda: texts(client.infer("cells", [pair], compression_algorithm="gzip")))
tell("id and version", lambda: client.infer("classes", columns[:1], "1", request_id="7").get_response().id)
tell("classes", lambda: outputs(client.infer("classes", columns[:1])))
wanted = [triton.InferRequestedOutput(name) for name in ("predict", "predict_proba", "yes")]
tell("wanted", lambda: outputs(client.infer("classes", columns[:1], outputs=wanted)))
tell("extra", lambda: outputs(client.infer("extra", columns[:1])))
told["extra typed"] = typed("extra", [("a", "FP64", [1], {"fp64_contents": [1]})], id="7")
base64 = {"content_type": service_pb2.InferParameter(string_param="base64")}
request = service_pb2.ModelInferRequest(model_name="cells")
encoded = request.inputs.add(name="x", datatype="BYTES", shape=[1], parameters=base64)
encoded.contents.bytes_contents.append(b"YWI=")
told["base64"] = json_format.MessageToDict(stub.ModelInfer(request), preserving_proto_field_name=True)

# Wrong requests.
tell("no model", lambda: client.infer("nothing", [pair]))
tell("no version", lambda: client.infer("cells", [pair], "9"))
tell(
    "no output", lambda: client.infer("classes", columns[:1], outputs=[triton.InferRequestedOutput("other")])
)
tell("hook fails", lambda: client.infer("cells", [tensor("FP64", np.array([13.0]))]))
tell("missing in INT64", lambda: client.infer("extra", [tensor("FP64", np.array([-1.0]), "a")]))
told["no inputs"] = typed("cells", [])
told["twice"] = typed("cells", [("x", "BOOL", [1], {"bool_contents": [True]})] * 2)
one = [("x", "FP64", [1], {"fp64_contents": [1]})]
told["no parts"] = typed("cells", one, raw_input_contents=[b"", b""])
told["both forms"] = typed("cells", one, raw_input_contents=[bytes(8)])
told["short raw"] = typed("cells", [("x", "FP64", [1], {})], raw_input_contents=[bytes(4)])
told["cut text"] = typed("cells", [("x", "BYTES", [1], {})], raw_input_contents=[b"\x09\0\0\0a"])
told["other bytes"] = typed("cells", [("x", "BYTES", [1], {"bytes_contents": [b"\xff"]})])
told["boolean 2"] = typed("cells", [("x", "BOOL", [1], {})], raw_input_contents=[b"\x02"])
for name, datatype, shape, contents in (
    ("no name", "FP64", [1], {"fp64_contents": [1]}),
    ("datatype", "fp64", [1], {"fp64_contents": [1]}),
    ("shape", "FP64", [-1], {"fp64_contents": [1]}),
    ("too few", "FP64", [2], {"fp64_contents": [1]}),
    ("other list", "FP64", [1], {"fp32_contents": [1]}),
    ("typed FP16", "FP16", [1], {"fp32_contents": [1]}),
    ("INT8 300", "INT8", [1], {"int_contents": [300]}),
    ("UINT64 2^63", "UINT64", [1], {"uint64_contents": [2**63]}),
):
    told[name] = typed("cells", [("" if name == "no name" else "x", datatype, shape, contents)])

# Several requests over one stream.
answers = queue.Queue()
client.start_stream(lambda result, error: answers.put((result, error)))
for number in range(40):
    model = "nothing" if number == 20 else "cells"
    client.async_stream_infer(model, [tensor("INT64", np.array([number]))], request_id=str(number))
client.async_stream_infer("cells", [pair], request_id="last", enable_empty_final_response=True)
told["stream"] = []
for _ in range(41):
    result, error = answers.get(timeout=60)
    if error:
        told["stream"].append(error.message())
    else:
        answer = result.get_response()
        is_final = answer.parameters["triton_final_response"].bool_param if answer.id == "last" else None
        told["stream"].append([answer.id, texts(result), is_final])
client.stop_stream()


# The repository.
def index():
    return sorted([one.name, one.state, one.version] for one in client.get_model_repository_index().models)


tell("index", index)
tell("unload", lambda: client.unload_model("classes"))
tell("index without", index)
tell("infer without", lambda: client.infer("classes", columns[:1]))
tell("load", lambda: client.load_model("classes"))
tell("index with", index)
tell("infer with", lambda: outputs(client.infer("classes", columns[:1])))
tell("load of nothing", lambda: client.load_model("nothing"))

# Ours are Triton's messages, with some left out.
ours = descriptor_pb2.FileDescriptorProto.FromString(sys.stdin.buffer.read())
theirs = {**service_pb2.DESCRIPTOR.message_types_by_name, **model_config_pb2.DESCRIPTOR.message_types_by_name}
told["differences"] = []


def compare(message, other, place):
    known = {field.name: field for field in other.fields}
    for field in message.field:
        match = known.get(field.name)
        if match is None or (match.number, match.type) != (field.number, field.type):
            told["differences"].append(f"{place}.{field.name}")
    for nested in message.nested_type:
        if nested.name in other.nested_types_by_name:
            compare(nested, other.nested_types_by_name[nested.name], f"{place}.{nested.name}")


for message in ours.message_type:
    compare(message, theirs[message.name], message.name)
service = service_pb2.DESCRIPTOR.services_by_name["GRPCInferenceService"]
for method in ours.service[0].method:
    match = service.methods_by_name[method.name]
    names = [method.input_type.split(".")[-1], method.output_type.split(".")[-1]]
    if names != [match.input_type.name, match.output_type.name]:
        told["differences"].append(method.name)
print(json.dumps(told, default=bytes.decode))
