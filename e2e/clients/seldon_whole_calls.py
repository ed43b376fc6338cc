"""Calls methods for whole messages with Seldon's own stubs. Prints a JSON object of what came, by call.

Usage: seldon_whole_calls.py GRPC_PORT
"""

import json
import sys

import grpc
from google.protobuf import json_format
from seldon_core.proto import prediction_pb2 as messages
from seldon_core.proto import prediction_pb2_grpc as stubs

channel = grpc.insecure_channel("127.0.0.1:" + sys.argv[1])
tensor = messages.SeldonMessage(
    data=messages.DefaultData(names=["a", "b"], tensor=messages.Tensor(shape=[1, 2], values=[1, 2.5])),
    meta=messages.Meta(puid="p"),
)
text = messages.SeldonMessage(strData="second")


def told(call):
    try:
        return json_format.MessageToDict(call())
    except grpc.RpcError as error:
        return {"code": error.code().name, "details": error.details()}


model = stubs.ModelStub(channel)
calls = {
    "predict": lambda: model.Predict(tensor),
    "transform_input": lambda: stubs.TransformerStub(channel).TransformInput(tensor),
    "transform_output": lambda: stubs.OutputTransformerStub(channel).TransformOutput(tensor),
    "route": lambda: stubs.RouterStub(channel).Route(tensor),
    "aggregate": lambda: stubs.CombinerStub(channel).Aggregate(
        messages.SeldonMessageList(seldonMessages=[tensor, text])
    ),
    "feedback": lambda: model.SendFeedback(messages.Feedback(request=text, reward=0.5)),
}
for word in ("nothing", "packed", "status", "raises"):
    calls[word] = lambda word=word: model.Predict(messages.SeldonMessage(strData=word))
print(json.dumps({name: told(call) for name, call in calls.items()}))
