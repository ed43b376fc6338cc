"""Calls a wrapper class with Seldon's own client and stubs. Prints a JSON object of what came, by call.

Usage: seldon_calls.py HTTP_PORT GRPC_PORT
"""

import json
import sys

import grpc
import numpy as np
from google.protobuf import empty_pb2, json_format
from seldon_core.proto import prediction_pb2 as messages
from seldon_core.proto import prediction_pb2_grpc as stubs
from seldon_core.seldon_client import SeldonClient

http_port, grpc_port = sys.argv[1:]
channel = grpc.insecure_channel("127.0.0.1:" + grpc_port)
tensor = messages.SeldonMessage(
    data=messages.DefaultData(names=["a", "b"], tensor=messages.Tensor(shape=[1, 2], values=[1, 2]))
)


def parsed(fields):
    return json_format.ParseDict(fields, messages.SeldonMessage())


def told(call):
    try:
        return json_format.MessageToDict(call())
    except grpc.RpcError as error:
        return {"code": error.code().name, "details": error.details()}


model, router = stubs.ModelStub(channel), stubs.RouterStub(channel)
nested = parsed({"meta": {"puid": "p", "tags": {"a": 1}}, "data": {"ndarray": [[1, 2]]}})
calls = {
    "tensor": lambda: model.Predict(tensor),
    "ndarray": lambda: model.Predict(nested),
    "text": lambda: model.Predict(messages.SeldonMessage(strData="x")),
    "bytes": lambda: model.Predict(messages.SeldonMessage(binData=b"abc")),
    "json": lambda: model.Predict(parsed({"jsonData": {"a": [1, {"b": None}, True]}})),
    "nothing": lambda: model.Predict(messages.SeldonMessage()),
    "route": lambda: router.Route(tensor),
    "aggregate": lambda: stubs.CombinerStub(channel).Aggregate(
        messages.SeldonMessageList(seldonMessages=[tensor, tensor])
    ),
    "transform_input": lambda: stubs.TransformerStub(channel).TransformInput(tensor),
    "transform_output": lambda: stubs.OutputTransformerStub(channel).TransformOutput(tensor),
    "generic": lambda: stubs.GenericStub(channel).TransformInput(tensor),
    "feedback": lambda: model.SendFeedback(messages.Feedback(request=tensor, reward=0.5, truth=tensor)),
    "metadata": lambda: model.Metadata(empty_pb2.Empty()),
    "seldon": lambda: stubs.SeldonStub(channel).Predict(tensor),
}
results = {name: told(call) for name, call in calls.items()}

for transport, port in (("rest", http_port), ("grpc", grpc_port)):
    client = SeldonClient(microservice_endpoint="127.0.0.1:" + port)
    for method in ("predict", "transform-input", "route"):
        for payload in ("ndarray", "tensor"):
            answer = client.microservice(
                data=np.array([[1.0, 2.0]]), method=method, transport=transport, payload_type=payload
            )
            response = answer.response
            if not isinstance(response, dict) and response is not None:
                response = json_format.MessageToDict(response)
            results["client %s %s %s" % (transport, method, payload)] = {
                "success": answer.success,
                "data": response and response.get("data"),
            }
print(json.dumps(results))
