# Takes and returns whole messages: maps over REST, protobuf over gRPC. Feedback is protobuf over both.

from seldon_core.proto import prediction_pb2
from seldon_core.user_model import SeldonNotImplementedError
from seldon_core.utils import (
    array_to_grpc_datadef,
    construct_response,
    feedback_to_json,
    get_data_from_proto,
    json_to_seldon_message,
    seldon_message_to_json,
)


class Protos:
    def predict_raw(self, message):
        if isinstance(message, dict):
            return {"jsonData": seldon_message_to_json(json_to_seldon_message(message))}
        if message.WhichOneof("data_oneof") == "strData":
            return fails(message.strData)
        doubled = array_to_grpc_datadef("ndarray", get_data_from_proto(message) * 2, ["x", "y"])
        answer = prediction_pb2.SeldonMessage(data=doubled, meta=message.meta)
        answer.meta.metrics.add(key="raw", type=prediction_pb2.Metric.GAUGE, value=2.5)
        return answer

    def transform_input_raw(self, message):
        if isinstance(message, dict):
            raise SeldonNotImplementedError("only gRPC has whole messages")
        return construct_response(self, False, message, get_data_from_proto(message), {"tags": {"a": 1}})

    def transform_input(self, X, names, meta=None):
        return X + 1

    def transform_output_raw(self, message):
        raise SeldonNotImplementedError("it takes parts")

    def transform_output(self, X, names, meta=None):
        return {"shape": list(X.shape), "names": list(names), "meta": meta}

    def route_grpc(self, message):
        return prediction_pb2.SeldonMessage(strData=type(message).__name__)

    def aggregate_raw(self, messages):
        return messages[1] if isinstance(messages, list) else messages.seldonMessages[1]

    def send_feedback_raw(self, feedback):
        assert isinstance(feedback, prediction_pb2.Feedback)
        return json_to_seldon_message({"jsonData": feedback_to_json(feedback)})


def fails(text):
    if text == "nothing":
        return None
    if text == "packed":
        answer = prediction_pb2.SeldonMessage()
        answer.customData.Pack(prediction_pb2.Tensor(shape=[3]))
        return answer
    if text == "status":
        return prediction_pb2.SeldonMessage(strData="s", status=prediction_pb2.Status(code=418))
    raise ValueError("no luck")
