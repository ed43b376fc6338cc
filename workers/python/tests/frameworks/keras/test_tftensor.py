"""Messages of wrapper classes with a TensorProto of TensorFlow: in JSON, made of those of gRPC, and whole."""

import base64
import json

import numpy as np
import tensorflow as tf
from google.protobuf import json_format

from ...environment.test_component import Case

ECHO = """
class Model:
    def predict(self, X, names):
        return X * 2

    def send_feedback(self, X, names, reward, truth, routing=None):
        return [float(X.sum()), float(truth.sum())]
"""
ARRAY = np.array([[1.5, 2], [3, 4]])


class TensorProtos(Case):
    def array_in(self, tensor):
        read = tf.make_tensor_proto([]).__class__()
        if isinstance(tensor, dict):
            json_format.ParseDict(tensor, read)
        else:
            read.ParseFromString(base64.b64decode(tensor))
        return tf.make_ndarray(read)

    def test_an_array_in_json_is_answered_in_its_form_and_type(self):
        for array in (ARRAY, ARRAY.astype("float32"), np.array([1, 2]), np.array([], dtype="int32")):
            tensor = json_format.MessageToDict(tf.make_tensor_proto(array))
            status, answer = self.asked(self.component(ECHO), "predict", {"data": {"tftensor": tensor}})
            told = self.array_in(answer["data"]["tftensor"])
            self.assertEqual((status, told.dtype, told.tolist()), (200, array.dtype, (array * 2).tolist()))

    def test_an_array_from_grpc_is_answered_serialized(self):
        tensor = base64.b64encode(tf.make_tensor_proto(ARRAY).SerializeToString()).decode()
        answer = self.asked(self.component(ECHO), "predict", {"data": {"tftensor": tensor}})[1]
        self.assertEqual(self.array_in(answer["data"]["tftensor"]).tolist(), (ARRAY * 2).tolist())

    def test_feedback_may_have_them(self):
        data = {"data": {"tftensor": json_format.MessageToDict(tf.make_tensor_proto(ARRAY))}}
        answer = self.asked(self.component(ECHO), "send_feedback", {"request": data, "truth": data})[1]
        self.assertEqual(self.array_in(answer["data"]["tftensor"]).tolist(), [10.5, 10.5])

    def test_what_is_no_tensor_is_refused_and_the_next_one_answered(self):
        component = self.component(ECHO)
        for tensor in ({"dtype": "DT_NOPE"}, {"nope": 1}, "####", 3):
            status, answer = self.asked(component, "predict", {"data": {"tftensor": tensor}})
            self.assertEqual((status, answer["status"]["reason"]), (500, "MICROSERVICE_INTERNAL_ERROR"))
        self.assertEqual(self.asked(component, "predict", {"data": {"ndarray": [1]}})[0], 200)

    def test_a_class_for_whole_messages_gets_the_tensor_itself(self):
        component = self.component(
            """
            import tensorflow as tf
            from seldon_core.proto import prediction_pb2
            from seldon_core.utils import array_to_grpc_datadef, get_data_from_proto

            class Model:
                def predict_raw(self, message):
                    tensor = message.data.tftensor
                    assert tf.make_ndarray(tensor).tolist() == get_data_from_proto(message).tolist()
                    return prediction_pb2.SeldonMessage(
                        data=array_to_grpc_datadef("tftensor", get_data_from_proto(message) * 2, ["a"])
                    )
            """
        )
        from seldon_core.proto import prediction_pb2

        message = prediction_pb2.SeldonMessage()
        message.data.tftensor.CopyFrom(tf.make_tensor_proto(ARRAY))
        result = component.call(
            {"method": "predict", "form": "protobuf", "message": message.SerializeToString()}
        )
        self.assertEqual(result["status"], 200, json.dumps(result, default=str))
        answer = prediction_pb2.SeldonMessage.FromString(result["message"])
        self.assertEqual(tf.make_ndarray(answer.data.tftensor).tolist(), (ARRAY * 2).tolist())
        self.assertEqual(list(answer.data.names), ["a"])
