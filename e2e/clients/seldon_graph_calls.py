"""Calls a graph with Seldon's own client, over REST and gRPC. Prints a JSON object of what came, by call.

Usage: seldon_graph_calls.py HTTP_PORT GRPC_PORT DEPLOYMENT
"""

import json
import sys

import grpc
import numpy as np
from google.protobuf import empty_pb2, json_format
from seldon_core.proto import prediction_pb2 as messages
from seldon_core.proto import prediction_pb2_grpc as stubs
from seldon_core.seldon_client import SeldonClient

http_port, grpc_port, deployment = sys.argv[1:]


def told(answer):
    return answer if isinstance(answer, dict) else json_format.MessageToDict(answer)


results = {}
for transport, port in (("rest", http_port), ("grpc", grpc_port)):
    client = SeldonClient(
        deployment_name=deployment,
        namespace="default",
        gateway="ambassador",
        gateway_endpoint="127.0.0.1:" + port,
        transport=transport,
        client_return_type="proto",
    )
    for payload in ("ndarray", "tensor"):
        answer = client.predict(data=np.array([[1.0, 2.0]]), payload_type=payload)
        results["%s %s" % (transport, payload)] = {
            "success": answer.success,
            "response": told(answer.response),
        }
    fed = client.feedback(answer.request, answer.response, reward=0.5)
    results[transport + " feedback"] = {"success": fed.success}
    bad = client.predict(data=np.array([[-1.0]]), payload_type="ndarray")
    results[transport + " refused"] = {"success": bad.success, "words": bad.msg}

stub = stubs.SeldonStub(grpc.insecure_channel("127.0.0.1:" + grpc_port))
results["graph metadata"] = told(stub.GraphMetadata(empty_pb2.Empty()))
results["model metadata"] = told(stub.ModelMetadata(messages.SeldonModelMetadataRequest(name="double")))
try:
    stub.ModelMetadata(messages.SeldonModelMetadataRequest(name="nobody"))
except grpc.RpcError as error:
    results["unknown"] = {"code": error.code().name, "details": error.details()}
print(json.dumps(results))
