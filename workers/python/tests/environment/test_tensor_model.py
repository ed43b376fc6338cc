"""Classes written for MLServer: what is refused at load and in answers, and codecs that e2e/mlserver.test.ts
does not reach.
"""

import asyncio
import datetime
import importlib
import importlib.util
import itertools
import json
import unittest

import numpy as np
import pandas as pd
from drumline_worker.protocol import WorkerError
from drumline_worker.tensor_model import TensorModel
from mlserver import MLModel, ModelSettings, types
from mlserver.codecs import (
    Base64Codec,
    CodecError,
    DatetimeCodec,
    InputCodec,
    NumpyCodec,
    NumpyRequestCodec,
    PandasCodec,
    StringCodec,
    StringRequestCodec,
    register_input_codec,
)
from mlserver.errors import InferenceError
from mlserver_lightgbm import LightGBMModel

from ..user_code import UserCode

lightgbm = importlib.import_module("lightgbm") if importlib.util.find_spec("lightgbm") else None
NUMBERS = itertools.count()
HEAD = """
from mlserver import MLModel, types


class Model(MLModel):
"""


def params_of(given, data, **more):
    return {"head": json.dumps({"inputs": [given], **more}), "tensors": [data]}


class Loaded(unittest.TestCase):
    def setUp(self):
        self.code = UserCode()
        self.addCleanup(self.code.__exit__)

    def model(self, methods, **settings):
        """The class `Model` of a module that no other test has imported."""
        module = "modelled%d" % next(NUMBERS)
        methods = "\n".join("    " + line for line in methods.strip("\n").split("\n"))
        self.code.write(module + ".py", HEAD + methods + "\n")
        settings = {"name": "m", "implementation": module + ".Model", **settings}
        component = {"name": module + ".Model", "settings": json.dumps(settings)}
        return TensorModel({"code_directory": self.code.folder, "component": component}, lambda words: None)

    def answering(self, fields):
        """A model that answers one output with these fields."""
        return self.model(
            """
async def predict(self, payload):
    output = types.ResponseOutput(name="out", %s)
    return types.InferenceResponse(model_name=self.name, outputs=[output])
"""
            % fields
        )

    def asked(self, model, stored="INT64", data=b"\1" + bytes(7), **more):
        given = {"name": "a", "shape": [1], "datatype": stored, "stored": stored, "parameters": {}}
        result = model.infer(params_of(given, data, **more), None)
        return json.loads(result["head"]), result["tensors"]

    def refused(self, work):
        with self.assertRaises(WorkerError) as caught:
            work()
        return caught.exception

    def test_settings_reach_the_class(self):
        model = self.model(
            """
async def load(self):
    told = self.settings.parameters
    self.told = [self.name, self.version, told.extra["a"], told.own, self.inputs[0].datatype]
    return True
""",
            parameters={"version": "3", "extra": {"a": 1}, "own": 2},
            inputs=[{"name": "x", "datatype": "FP32", "shape": [-1, 2]}],
        )
        self.assertEqual(model.model.told, ["m", "3", 1, 2, "FP32"])

    def test_metadata_may_be_set_by_load(self):
        model = self.model(
            """
async def load(self):
    self.inputs = [types.MetadataTensor(name="x", datatype="BOOL", shape=[-1])]
    return True
"""
        )
        self.assertEqual(
            model.metadata(),
            {
                "name": "m",
                "platform": "",
                "versions": [],
                "inputs": [{"name": "x", "datatype": "BOOL", "shape": [-1]}],
                "outputs": [],
            },
        )

    def test_methods_need_not_be_coroutines(self):
        model = self.model(
            """
def load(self):
    return True

def predict(self, payload):
    return types.InferenceResponse(model_name="m", outputs=[])
"""
        )
        self.assertEqual(self.asked(model)[0]["outputs"], [])
        self.assertEqual(self.asked(model)[0]["model_name"], "m")

    def test_wrong_settings_are_told(self):
        error = self.refused(lambda: self.model("pass", versions=[1]))
        self.assertIn("ModelSettings.versions: expected a text, got 1", error.message)

    def test_a_load_that_fails_is_told(self):
        error = self.refused(lambda: self.model("async def load(self):\n    return self.nothing"))
        self.assertEqual(error.code, "HOOK_FAILED")
        self.assertIn(".load raised AttributeError", error.message)
        error = self.refused(lambda: self.model("async def load(self):\n    import absent_package"))
        self.assertEqual(error.code, "PACKAGE_MISSING")

    def test_outputs_of_lists_keep_their_values(self):
        cases = [
            ("INT64", [1], [2**62 + 1], np.int64),
            ("UINT64", [1], [2**64 - 1], np.uint64),
            ("INT8", [2], [-128, 127], np.int8),
            ("FP64", [2], [0.1, None], np.float64),
            ("FP32", [2], [[0.5], [1.5]], np.float32),
            ("BOOL", [2], [True, False], np.bool_),
            ("FP16", [0], [], np.float16),
        ]
        for datatype, shape, data, dtype in cases:
            with self.subTest(datatype):
                model = self.answering("shape=%r, datatype=%r, data=%r" % (shape, datatype, data))
                (found,) = self.asked(model)[1]
                expected = np.array(data, dtype=dtype).ravel()
                np.testing.assert_array_equal(np.frombuffer(found, dtype), expected)

    def test_texts_bytes_and_none_are_elements_of_bytes(self):
        model = self.answering('shape=[3], datatype="BYTES", data=["a", b"\\xff", None]')
        self.assertEqual(self.asked(model)[1], [["a", b"\xff", None]])

    def test_outputs_that_contradict_themselves_are_refused(self):
        cases = [
            ('shape=[1], datatype="INT64", data=[2.5]', "of INT64 has other elements: [2.5]"),
            ('shape=[1], datatype="INT8", data=[128]', "of INT8 has other elements"),
            ('shape=[1], datatype="BOOL", data=[2]', "of BOOL has other elements"),
            ('shape=[1], datatype="INT64", data=[True]', "of INT64 has other elements"),
            ('shape=[1], datatype="FP64", data=["a"]', "of FP64 has other elements"),
            ('shape=[1], datatype="BYTES", data=[1]', "has the element 1; return texts"),
            ('shape=[2], datatype="INT64", data=[1]', "has the shape [2], 2 elements, but its data are 1"),
            ('shape=[2], datatype="BYTES", data=["a"]', "has the shape [2], 2 elements, but its data are 1"),
        ]
        for fields, words in cases:
            with self.subTest(fields):
                model = self.answering(fields)
                error = self.refused(lambda: self.asked(model))
                self.assertEqual(error.code, "HOOK_RESULT_INVALID")
                self.assertIn(words, error.message)

    def test_what_is_no_answer_is_refused(self):
        model = self.model("async def predict(self, payload):\n    return [1]")
        self.assertIn(
            "returned a list, expected an InferenceResponse", self.refused(lambda: self.asked(model)).message
        )

    def test_errors_keep_their_status(self):
        model = self.model(
            """
async def predict(self, payload):
    from mlserver.errors import MLServerError
    raise MLServerError("too much", 429)
"""
        )
        error = self.refused(lambda: self.asked(model))
        self.assertEqual((error.http_status, error.message), (429, "too much"))

    def test_a_class_without_predict_says_so(self):
        error = self.refused(lambda: self.asked(self.model("pass")))
        self.assertIn("NotImplementedError('predict() method not implemented')", error.message)

    def streamed(self, model):
        """What the chunks of a stream hold."""
        given = {"name": "a", "shape": [1], "datatype": "INT64", "parameters": {}}
        chunks = []
        result = model.infer({**params_of(given, b"\1" + bytes(7)), "stream": True}, chunks.append)
        self.assertEqual(result, {"head": None, "tensors": []})
        return [[np.frombuffer(data, np.int64).item() for data in chunk["tensors"]] for chunk in chunks]

    def test_a_stream_has_every_answer(self):
        model = self.model(
            """
async def predict_stream(self, payloads):
    async for payload in payloads:
        for number in (1, 2, 3):
            output = types.ResponseOutput(name="out", shape=[1], datatype="INT64", data=[number])
            yield types.InferenceResponse(model_name=self.name, outputs=[output])
"""
        )
        self.assertEqual(model.names(), ["predict_stream"])
        self.assertEqual(self.streamed(model), [[1], [2], [3]])

    def test_a_class_without_a_stream_answers_once(self):
        model = self.answering('shape=[1], datatype="INT64", data=[7]')
        self.assertEqual(model.names(), [])
        self.assertEqual(self.streamed(model), [[7]])

    def test_a_stream_of_something_else_is_refused(self):
        cases = [
            (
                "async def predict_stream(self, payloads):\n    return []",
                "expected an asynchronous generator",
            ),
            (
                "async def predict_stream(self, payloads):\n    yield 7",
                "yielded a int, expected an Inference",
            ),
        ]
        for methods, words in cases:
            with self.subTest(words):
                model = self.model(methods)
                error = self.refused(lambda: self.streamed(model))
                self.assertEqual(error.code, "HOOK_RESULT_INVALID")
                self.assertIn(words, error.message)


def tensor(datatype, shape, data, **parameters):
    return types.RequestInput(name="a", datatype=datatype, shape=shape, data=data, parameters=parameters)


class Codecs(unittest.TestCase):
    def test_objects_come_back_from_inputs_and_outputs(self):
        now = datetime.datetime(2024, 1, 2, 3, 4, 5)
        cases = [
            (StringCodec, ["a", "é"]),
            (Base64Codec, [b"\0\xff", b""]),
            (DatetimeCodec, [now, now + datetime.timedelta(microseconds=1)]),
            (NumpyCodec, np.array([[1, 2], [3, 4]], dtype=np.int16)),
            (NumpyCodec, np.array([["a"], ["é"]])),
            (NumpyCodec, np.array([[True], [False]])),
        ]
        for codec, value in cases:
            for kind in ("input", "output"):
                with self.subTest((codec.__name__, kind)):
                    made = getattr(codec, "encode_" + kind)("a", value)
                    sent = type(made)(**json.loads(json.dumps(made.model_dump(), default=bytes.decode)))
                    np.testing.assert_array_equal(getattr(codec, "decode_" + kind)(sent), value)

    def test_messages_come_back_from_requests_and_answers(self):
        frame = pd.DataFrame({"n": [1, 2], "f": [0.5, np.nan], "t": ["a", "b"], "b": [True, False]})
        cases = [(PandasCodec, frame), (NumpyRequestCodec, np.eye(2)), (StringRequestCodec, ["a"])]
        for codec, value in cases:
            with self.subTest(codec.__name__):
                request = codec.encode_request(value)
                answer = codec.encode_response("m", value, "1")
                self.assertEqual((answer.model_name, answer.model_version), ("m", "1"))
                self.assertEqual(answer.parameters.content_type, codec.ContentType)
                for found in (codec.decode_request(request), codec.decode_response(answer)):
                    if codec is PandasCodec:
                        pd.testing.assert_frame_equal(found, frame)
                    else:
                        np.testing.assert_array_equal(found, value)

    def test_numbers_are_not_changed_by_arrays(self):
        for datatype, data in [
            ("INT64", [2.7]),
            ("INT8", [300]),
            ("UINT8", [-1]),
            ("BOOL", [2]),
            ("FP16", [70000.0]),
            ("INT64", ["1"]),
            ("INT64", [None]),
        ]:
            with self.subTest((datatype, data)), self.assertRaises(CodecError):
                NumpyCodec.decode_input(tensor(datatype, [1], data))
        np.testing.assert_array_equal(NumpyCodec.decode_input(tensor("INT64", [1], [2.0])), [2])
        self.assertTrue(np.isnan(NumpyCodec.decode_input(tensor("FP32", [1], [None])))[0])

    def test_shapes_and_elements_have_to_agree(self):
        with self.assertRaisesRegex(CodecError, "a has 3 elements, which do not fill the shape"):
            NumpyCodec.decode_input(tensor("INT64", [2, 2], [1, 2, 3]))

    def test_an_array_of_objects_is_texts_or_numbers(self):
        texts = NumpyCodec.encode_output("a", np.array(["a", None], dtype=object))
        self.assertEqual((texts.datatype, texts.data.root), ("BYTES", ["a", None]))
        numbers = NumpyCodec.encode_output("a", np.array([1, 2], dtype=object))
        self.assertEqual((numbers.datatype, numbers.data.root), ("INT64", [1, 2]))
        with self.assertRaisesRegex(CodecError, "no datatype holds complex128"):
            NumpyCodec.encode_output("a", np.array([1j]))

    def test_bytes_that_are_text_are_text_in_frames_and_arrays(self):
        given = tensor("BYTES", [2], [b"a", b"b"])
        self.assertEqual(NumpyCodec.decode_input(given).tolist(), ["a", "b"])
        frame = PandasCodec.decode_request(types.InferenceRequest(inputs=[given]))
        self.assertEqual(frame["a"].tolist(), ["a", "b"])
        raw = NumpyCodec.decode_input(tensor("BYTES", [1], [b"\xff"]))
        self.assertEqual(raw.tolist(), [b"\xff"])

    def test_columns_of_every_kind_are_outputs(self):
        frame = pd.DataFrame(
            {
                "text": ["a", None],
                "category": pd.Categorical(["x", "y"]),
                "when": pd.to_datetime(["2024-01-02", None]),
                "whole": pd.array([1, 2], dtype="Int64"),
                "lacking": pd.array([1.5, None], dtype="Float64"),
                "things": [{"a": 1}, [2]],
                7: [1, 2],
            }
        )
        found = {one.name: one for one in PandasCodec.encode_outputs(frame, use_bytes=False)}
        told = {
            name: (one.datatype, getattr(one.parameters, "content_type", None), one.data.root)
            for name, one in found.items()
        }
        self.assertEqual(told["text"], ("BYTES", "str", ["a", None]))
        self.assertEqual(told["category"], ("BYTES", "str", ["x", "y"]))
        self.assertEqual(told["when"], ("BYTES", "datetime", ["2024-01-02T00:00:00", None]))
        self.assertEqual(told["whole"], ("INT64", None, [1, 2]))
        self.assertEqual(told["lacking"][:2], ("FP64", None))
        self.assertEqual(told["things"], ("BYTES", "pd_json", ['{"a": 1}', "[2]"]))
        self.assertEqual(told["7"], ("INT64", None, [1, 2]))
        read = PandasCodec.decode_request(
            types.InferenceRequest(
                inputs=[tensor("BYTES", [2, 1], told["things"][2], content_type="pd_json")]
            )
        )
        self.assertEqual(read["a"].tolist(), [{"a": 1}, [2]])
        with self.assertRaisesRegex(CodecError, "lacks values, which only floats may"):
            PandasCodec.encode_outputs(pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}))

    def test_a_codec_of_ones_own_counts(self):
        @register_input_codec
        class Halves(InputCodec):
            ContentType = "halves"

            @classmethod
            def decode_input(cls, request_input):
                return [one / 2 for one in request_input.data]

        model = MLModel(ModelSettings(name="m"))
        self.assertEqual(model.decode(tensor("INT64", [1], [3], content_type="halves")), [1.5])

    def test_what_no_codec_takes_is_told(self):
        model = MLModel(ModelSettings(name="m"))
        with self.assertRaisesRegex(Exception, "Codec not found for output response with type <class 'set'>"):
            model.encode_response(set())
        with self.assertRaisesRegex(Exception, "Codec not found for output field with name 'a'"):
            model.encode(set(), types.RequestOutput(name="a"))


class Messages(unittest.TestCase):
    def test_they_are_made_of_dictionaries_and_json(self):
        given = {
            "id": "1",
            "inputs": [
                {"name": "a", "shape": [1], "datatype": "INT64", "data": [1], "parameters": {"own": 2}}
            ],
        }
        for made in (
            types.InferenceRequest(**given),
            types.InferenceRequest.model_validate(given),
            types.InferenceRequest.model_validate_json(json.dumps(given)),
        ):
            self.assertEqual(made.inputs[0].parameters.own, 2)
            self.assertEqual(made.model_dump(), given)
            self.assertEqual(json.loads(made.model_dump_json()), given)

    def test_wrong_fields_are_told(self):
        for fields, words in [
            ({"name": "a"}, "RequestInput needs the field datatype"),
            ({"name": 1}, "RequestInput.name: expected a text, got 1"),
            ({"name": "a", "datatype": "FP65"}, "'FP65' is not a valid Datatype"),
            ({"name": "a", "datatype": "BOOL", "shape": ["1"]}, "expected whole numbers"),
        ]:
            with self.subTest(words), self.assertRaisesRegex(ValueError, words):
                types.RequestInput(**fields)


class LightGBMCases:
    def test_a_booster_predicts(self):
        rows = np.random.default_rng(3).normal(size=(60, 3))
        booster = lightgbm.train({"verbose": -1}, lightgbm.Dataset(rows, rows[:, 0]), 3)
        settings = ModelSettings(name="m", parameters={"uri": self.code.folder})
        booster.save_model(self.code.path("model.bst"))
        model = LightGBMModel(settings)
        self.assertTrue(asyncio.run(model.load()))
        answer = asyncio.run(model.predict(NumpyRequestCodec.encode_request(rows)))
        np.testing.assert_array_equal(
            NumpyCodec.decode_output(answer.outputs[0]).ravel(), booster.predict(rows)
        )
        with self.assertRaisesRegex(InferenceError, "number of features"):
            asyncio.run(model.predict(NumpyRequestCodec.encode_request(rows[:, :2])))


if lightgbm is not None:

    class LightGBM(LightGBMCases, unittest.TestCase):
        def setUp(self):
            self.code = UserCode()
            self.addCleanup(self.code.__exit__)
