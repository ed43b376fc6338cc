"""ONNX graphs as artifacts: what they are given, what is taken from them, what is refused."""

import numpy as np
import onnx
import pandas as pd
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

from ...environment.code_directories import code_directory, csv, loaded
from ..artifact_case import DENSE, SPARSE, ArtifactCase

VALUES = np.array([[1, 2, 3], [4.5, 5, 6], [-1, 0, 0.25]], dtype="float32")
FRAME = pd.DataFrame(np.random.default_rng(7).normal(size=(60, 3)), columns=["a", "b", "c"])
THIRDS = pd.cut(FRAME["a"], [-9, -0.4, 0.4, 9], labels=False).to_numpy()


def graph(nodes, inputs, outputs, constants=()):
    """A model's bytes; inputs and outputs are (name, type, shape)."""
    infos = [[helper.make_tensor_value_info(*one) for one in some] for some in (inputs, outputs)]
    initializers = [numpy_helper.from_array(value, name) for name, value in constants]
    content = helper.make_graph(nodes, "test", *infos, initializers)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(content, opset_imports=opsets, ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def same(kind, width=3):
    """A graph that returns its only input."""
    return graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        [("x", kind, [None, width])],
        [("y", kind, [None, width])],
    )


class OnnxCase(ArtifactCase):
    predictor = "onnx"

    def check(self, data, expected, **more):
        values, labels = self.predicted(code_directory(self, model__onnx=data), **more)
        np.testing.assert_array_equal(values, expected)
        return values, labels


class Input(OnnxCase):
    def test_all_columns_become_one_array_of_floats(self):
        values, labels = self.check(same(TensorProto.FLOAT), VALUES, target_type="multilabel")
        self.assertEqual((values.dtype, labels), (np.dtype("float32"), None))
        self.check(same(TensorProto.FLOAT), DENSE, body=SPARSE, target_type="multilabel")

    def test_other_types_that_the_graph_declares_are_kept(self):
        body = b"a,b,c\n0.1,16777217,3\n"
        values, _ = self.check(
            same(TensorProto.DOUBLE), [[0.1, 16777217, 3]], body=body, target_type="multilabel"
        )
        self.assertEqual(values.dtype, np.dtype("float64"))
        self.check(
            same(TensorProto.INT64),
            [[1, 2, 9007199254740993]],
            body=b"a,b,c\n1,2.0,9007199254740993\n",
            target_type="multilabel",
        )
        self.check(
            same(TensorProto.BOOL),
            [[True, False, True]],
            body=b"a,b,c\nTrue,False,1\n",
            target_type="multilabel",
        )
        self.check(
            same(TensorProto.STRING), [["x", "", "1"]], body=b"a,b,c\nx,,1\n", target_type="multilabel"
        )

    def test_whole_numbers_lose_nothing(self):
        worker, _ = loaded(code_directory(self, model__onnx=same(TensorProto.INT64)), "multilabel")
        for body, word in (
            (b"a,b,c\n1,2.5,3\n", "b is no column of numbers (it has fractions"),
            (b"a,b,c\n1,2,\n4,5,6\n", "(it has missing values"),
        ):
            self.refused(lambda body=body: worker.predict(csv(body)), "PREDICTOR_FAILED", word)

    def test_inputs_of_their_own_take_the_columns_of_their_names(self):
        add = helper.make_node("Add", ["b", "a"], ["y"])
        for shape in ([None, 1], [None]):
            kinds = [(name, TensorProto.FLOAT, shape) for name in "ba"]
            data = graph([add], kinds, [("y", TensorProto.FLOAT, shape)])
            self.check(data, [[3], [9.5], [-1]])
        worker, _ = loaded(code_directory(self, model__onnx=data))
        self.refused(
            lambda: worker.predict(csv(b"a,c\n1,2\n")),
            "PREDICTOR_FAILED",
            "its inputs b, a",
            "the data lacks b",
        )

    def test_other_widths_are_refused(self):
        worker, _ = loaded(code_directory(self, model__onnx=same(TensorProto.FLOAT)), "multilabel")
        self.refused(
            lambda: worker.predict(csv(b"a\n1\n")),
            "PREDICTOR_FAILED",
            "takes 3 columns, the data has 1",
            "the data has 1 column: a",
        )
        self.refused(
            lambda: worker.predict(csv(b"a,b,c\n1,x,3\n")),
            "PREDICTOR_FAILED",
            "the column b is no column of numbers",
            "'x'",
        )

    def test_what_onnx_runtime_says_comes_with_the_columns(self):
        product = helper.make_node("MatMul", ["x", "w"], ["y"])
        kinds = [("x", TensorProto.FLOAT, [None, None])], [("y", TensorProto.FLOAT, [None, 1])]
        data = graph([product], *kinds, [("w", np.ones((3, 1), dtype="float32"))])
        self.check(data, VALUES.sum(1, keepdims=True))
        worker, _ = loaded(code_directory(self, model__onnx=data))
        self.refused(
            lambda: worker.predict(csv(b"a,b\n1,2\n")),
            "PREDICTOR_FAILED",
            "MatMul",
            "the data has 2 columns: a, b",
        )


class Output(OnnxCase):
    LABELS = {"class_labels": ["low", "middle", "high"]}

    def classes(self, target, labels, **options):
        """(values, labels) of a classifier that was trained with these classes, and what ONNX Runtime
        itself says of it.
        """
        model = LogisticRegression(max_iter=500).fit(FRAME.to_numpy(), target)
        data = to_onnx(
            model, FRAME.to_numpy(dtype="float32")[:1], target_opset={"": 18, "ai.onnx.ml": 3}, **options
        ).SerializeToString()
        got = self.predicted(
            code_directory(self, model__onnx=data), target_type="multiclass", class_labels=labels
        )
        return (*got, InferenceSession(data).run(None, {"X": VALUES})[1])

    def test_a_map_of_texts_is_labelled_by_them(self):
        values, labels, rows = self.classes(np.array(["z", "y", "x"])[THIRDS], ["z", "y", "x"])
        self.assertEqual(labels, ["x", "y", "z"])
        np.testing.assert_array_equal(values, [[row[label] for label in labels] for row in rows])

    def test_a_map_of_class_numbers_is_labelled_where_numbers_are_requested(self):
        for requested in (["2", "1", "0"], ["2.0", "1.0", "0.0"]):
            self.assertEqual(self.classes(THIRDS, requested)[1], ["0", "1", "2"])
        self.assertEqual(self.classes(np.minimum(THIRDS, 1), ["no", "yes"])[1], ["0", "1"])
        self.assertEqual(self.classes(THIRDS + 5, ["low", "middle", "high"])[1], ["5", "6", "7"])

    def test_a_map_of_class_numbers_goes_by_the_order_of_names(self):
        values, labels, rows = self.classes(THIRDS, ["low", "middle", "high"])
        self.assertIsNone(labels)
        np.testing.assert_array_equal(values, [[row[0], row[1], row[2]] for row in rows])

    def test_of_several_outputs_classes_come_from_the_one_of_probabilities_and_numbers_from_the_first(self):
        values, labels, expected = self.classes(THIRDS, ["low", "middle", "high"], options={"zipmap": False})
        self.assertIsNone(labels)
        np.testing.assert_array_equal(values, expected)
        nodes = [
            helper.make_node("Neg", ["x"], ["first"]),
            helper.make_node("Identity", ["x"], ["Probability"]),
        ]
        data = graph(
            nodes,
            [("x", TensorProto.FLOAT, [None, 3])],
            [(name, TensorProto.FLOAT, [None, 3]) for name in ("first", "Probability")],
        )
        self.check(data, VALUES, target_type="multiclass", **self.LABELS)
        self.check(data, -VALUES, target_type="anomaly")


class Files(OnnxCase):
    def test_the_ending_may_be_in_capitals(self):
        values, _ = self.predicted(
            code_directory(self, MODEL__ONNX=same(TensorProto.FLOAT)), target_type="multilabel"
        )
        np.testing.assert_array_equal(values, VALUES)

    def test_a_session_of_load_model_is_scored_too(self):
        hooks = (
            "import onnxruntime\n"
            "def load_model(code_dir): return onnxruntime.InferenceSession(code_dir + '/inner.bin')\n"
        )
        folder = code_directory(self, hooks, inner__bin=same(TensorProto.FLOAT))
        values, _ = self.predicted(folder, target_type="multilabel", artifacts=[])
        np.testing.assert_array_equal(values, VALUES)

    def test_broken_files_and_other_target_types_are_refused(self):
        self.refused(
            lambda: loaded(code_directory(self, model__onnx=b"nothing")),
            "ARTIFACT_UNREADABLE",
            "model.onnx",
            "an ONNX model",
        )
        text = code_directory(self, model__onnx=same(TensorProto.STRING))
        self.refused(
            lambda: loaded(text, "textgeneration"), "ARTIFACT_UNSUPPORTED", "textgeneration", "score hook"
        )
