"""ONNX graphs as artifacts: what they are given, what is taken from them, what is refused."""

import contextlib
import io

import numpy as np
import onnx
import pandas as pd
from drumline_worker import to_wire
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

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
            target_type="geopoint",
        )
        self.check(
            same(TensorProto.BOOL),
            [[True, False, True]],
            body=b"a,b,c\nTrue,False,1\n",
            target_type="geopoint",
        )
        self.check(same(TensorProto.STRING), [["x", "", "1"]], body=b"a,b,c\nx,,1\n", target_type="geopoint")

    def test_whole_numbers_lose_nothing(self):
        worker, _ = loaded(code_directory(self, model__onnx=same(TensorProto.INT64)), "geopoint")
        for body, word in (
            (b"a,b,c\n1,2,3\n1,2.5,3\n", "the column b has 2.5 in row 1 (counted from 0)"),
            (b"a,b,c\n1,2,\n4,5,6\n", "the column c is missing in row 0"),
        ):
            self.refused(lambda body=body: worker.predict(csv(body)), "INPUT_INVALID", word)

    def test_inputs_of_their_own_take_the_columns_of_their_names(self):
        add = helper.make_node("Add", ["b", "a"], ["y"])
        for shape in ([None, 1], [None]):
            kinds = [(name, TensorProto.FLOAT, shape) for name in "ba"]
            data = graph([add], kinds, [("y", TensorProto.FLOAT, shape)])
            self.check(data, [[3], [9.5], [-1]])
        worker, _ = loaded(code_directory(self, model__onnx=data))
        self.refused(
            lambda: worker.predict(csv(b"a,c\n1,2\n")),
            "INPUT_INVALID",
            "lacks the column b",
            "all columns of the model: b, a",
        )

    def test_other_widths_are_refused(self):
        worker, _ = loaded(code_directory(self, model__onnx=same(TensorProto.FLOAT)), "multilabel")
        self.refused(
            lambda: worker.predict(csv(b"a\n1\n")),
            "INPUT_INVALID",
            "takes 3 columns, the data has 1",
        )
        self.refused(
            lambda: worker.predict(csv(b"a,b,c\n1,x,3\n")),
            "INPUT_INVALID",
            "the column b has 'x' in row 0",
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

    def test_the_order_of_classes_is_told_where_no_output_names_them(self):
        halves = np.minimum(THIRDS, 1)
        for target, requested, options, count in (
            (np.array(["no", "yes"])[halves], ["no", "yes"], {}, 0),
            (halves, ["0", "1"], {}, 0),
            (halves, ["sick", "well"], {}, 1),
            (halves, ["0", "1"], {"options": {"zipmap": False}}, 1),
        ):
            with self.subTest(requested=requested, **options), contextlib.redirect_stderr(
                io.StringIO()
            ) as told:
                model = LogisticRegression(max_iter=500).fit(FRAME.to_numpy(), target)
                data = to_onnx(
                    model,
                    FRAME.to_numpy(dtype="float32")[:1],
                    target_opset={"": 18, "ai.onnx.ml": 3},
                    **options,
                )
                folder = code_directory(self, model__onnx=data.SerializeToString())
                negative, positive = requested
                loaded(folder, "binary", negative_class_label=negative, positive_class_label=positive)
                self.assertEqual(told.getvalue().count("does not name its classes"), count)

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

    def test_a_column_for_each_class_beside_the_label_gives_the_probabilities(self):
        for target, requested, expected_labels in (
            (np.minimum(THIRDS, 1), ["no", "yes"], ["0", "1"]),
            (np.minimum(THIRDS, 1), ["sick", "well"], None),
            (THIRDS, ["low", "middle", "high"], None),
            (
                np.array(["very good", "1st", "c"])[THIRDS],
                ["very good", "c", "1st"],
                ["1st", "c", "very good"],
            ),
        ):
            with self.subTest(requested):
                values, labels = self.of_columns(target, requested)
                self.assertEqual(labels, expected_labels)
                np.testing.assert_allclose(values, self.probabilities(target), atol=1e-6)

    def of_columns(self, target, requested):
        model = LogisticRegression(max_iter=500).fit(FRAME.to_numpy(), target)
        data = to_onnx(
            model,
            FRAME.to_numpy(dtype="float32")[:1],
            target_opset={"": 18, "ai.onnx.ml": 3},
            options={id(model): {"zipmap": "columns"}},
        ).SerializeToString()
        folder = code_directory(self, model__onnx=data)
        if len(requested) > 2:
            return self.predicted(folder, target_type="multiclass", class_labels=requested)
        named = {"negative_class_label": requested[0], "positive_class_label": requested[1]}
        return self.predicted(folder, target_type="binary", **named)

    def probabilities(self, target):
        return LogisticRegression(max_iter=500).fit(FRAME.to_numpy(), target).predict_proba(VALUES)

    def test_labels_that_the_columns_do_not_bear_are_refused_while_loading(self):
        texts = np.array(["x", "y", "z"])[THIRDS]
        self.refused(
            lambda: self.of_columns(texts, ["x", "y", "other"]),
            "ARTIFACT_UNSUPPORTED",
            '"x", "y", "z"',
            "other",
        )
        self.refused(lambda: self.of_columns(THIRDS, ["no", "yes"]), "ARTIFACT_UNSUPPORTED", '"0", "1", "2"')

    def test_a_label_alone_is_no_probability_and_a_text_no_number(self):
        for kind in (TensorProto.INT64, TensorProto.STRING):
            folder = code_directory(self, model__onnx=same(kind, 1))
            self.refused(
                lambda folder=folder: loaded(folder, "binary"),
                "ARTIFACT_UNSUPPORTED",
                "no output of probabilities",
            )
        self.refused(lambda: loaded(folder), "ARTIFACT_UNSUPPORTED", "no numbers", "y of type tensor(string)")

    def test_scores_of_one_array_beside_the_label_are_found_whatever_their_name(self):
        nodes = [
            helper.make_node("Cast", ["x"], ["label"], to=TensorProto.INT64),
            helper.make_node("Identity", ["x"], ["scores"]),
        ]
        outputs = [("label", TensorProto.INT64, [None, 3]), ("scores", TensorProto.FLOAT, [None, 3])]
        data = graph(nodes, [("x", TensorProto.FLOAT, [None, 3])], outputs)
        self.check(data, VALUES, target_type="multiclass", **self.LABELS)


class Columns(OnnxCase):
    """Inputs of a column each, as skl2onnx makes them of frames."""

    COLOURS = pd.DataFrame({"colour": ["1", "2", "3"] * 4, "size (cm)": np.arange(12.0)})

    def model(self):
        encode = make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), ["colour"]), remainder="passthrough"
        )
        model = make_pipeline(encode, LinearRegression(fit_intercept=False))
        model.fit(self.COLOURS, [10.0, 20.0, 30.0] * 4)
        kinds = [("colour", StringTensorType([None, 1])), ("size (cm)", FloatTensorType([None, 1]))]
        return to_onnx(model, initial_types=kinds, target_opset={"": 18, "ai.onnx.ml": 3}).SerializeToString()

    def values(self, body):
        return (
            self.predicted(code_directory(self, model__onnx=self.model()), body)[0].ravel().round(3).tolist()
        )

    def test_names_that_skl2onnx_changed_are_found(self):
        session = InferenceSession(self.model())
        self.assertEqual([one.name for one in session.get_inputs()], ["colour", "size__cm_"])
        self.assertEqual(self.values(b"colour,size (cm)\n1,0\n2,0\n"), [10, 20])
        self.assertEqual(self.values(b"size__cm_,colour\n0,3\n"), [30])
        worker, _ = loaded(code_directory(self, model__onnx=self.model()))
        self.refused(
            lambda: worker.predict(csv(b"colour,size (cm),size [cm]\n1,0,0\n")),
            "INPUT_INVALID",
            "more than one",
        )

    def test_a_gap_changes_no_level(self):
        self.assertEqual(self.values(b"colour,size (cm)\n1,0\n,0\n2,0\n"), [10, 0, 20])
        self.assertEqual(self.values(b"colour,size (cm)\n1,0\n"), [10])
        self.assertEqual(self.values(b"colour,size (cm)\n1,0\nx,0\n"), [10, 0])

    def test_a_table_of_numbers_is_written_as_whole_numbers(self):
        frame = pd.DataFrame({"colour": [1.0, np.nan, 3.0], "size (cm)": [0, 0, 0]})
        table = to_wire.frame_to_wire(frame)["predictions"]
        self.assertEqual(self.values({"payload": {"kind": "table", "table": table}}), [10, 0, 30])

    def test_a_hook_between_gives_numbers_that_are_whole(self):
        hooks = "def transform(data, model): return data.assign(colour=data['colour'] * 1.0)\n"
        folder = code_directory(self, hooks, model__onnx=self.model())
        values, _ = self.predicted(folder, b"colour,size (cm)\n1,0\n,0\n2,0\n")
        self.assertEqual(values.ravel().round(3).tolist(), [10, 0, 20])

    def test_one_input_of_texts_takes_cells_as_they_are_written(self):
        data = same(TensorProto.STRING, 3)
        for body, expected in (
            (b"a,b,c\n1,007,T\n,x,\n", [["1", "007", "T"], ["", "x", ""]]),
            (b"a,b,c\n1.0,1e3,True\n", [["1.0", "1e3", "True"]]),
        ):
            self.check(data, expected, body=body, target_type="geopoint")


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
