"""Keras models as artifacts: what they are given, what is taken from them, what is refused."""

import io
import os

import joblib
import keras
import numpy as np
import pandas as pd
from drumline_worker import to_wire
from keras import layers
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

from ...environment.code_directories import code_directory, csv, loaded
from ..artifact_case import DENSE, ROWS, SPARSE, ArtifactCase

VALUES = np.array([[1, 2, 3], [4.5, 5, 6], [-1, 0, 0.25]], dtype="float32")


def linear(outputs=1, **options):
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(outputs, kernel_initializer=keras.initializers.GlorotUniform(5), **options),
        ]
    )


class KerasCase(ArtifactCase):
    predictor = "keras"

    def saved(self, model, file="model.keras", **more):
        return self.folder_of(file, model.save, **more)

    def check(self, model, expected, **more):
        values, labels = self.predicted(self.saved(model), **more)
        np.testing.assert_allclose(values, expected, rtol=1e-6)
        return values, labels


class Input(KerasCase):
    def test_all_columns_become_one_array_of_floats(self):
        values, labels = self.check(linear(), linear().predict(VALUES, verbose=0))
        self.assertEqual((values.dtype, labels), (np.dtype("float32"), None))

    def test_sparse_rows_are_made_dense(self):
        self.check(linear(), linear().predict(np.array(DENSE), verbose=0), body=SPARSE)

    def test_more_rows_than_a_batch_give_the_same(self):
        rows = np.random.default_rng(3).normal(size=(1300, 3)).round(3)
        body = "\n".join(["a,b,c", *(",".join(map(str, row)) for row in rows)]).encode()
        self.check(linear(), linear().predict(rows, verbose=0), body=body)

    def test_inputs_of_their_own_take_the_columns_of_their_names(self):
        inputs = [keras.Input((1,), name="b"), keras.Input((1,), name="colour", dtype="string")]
        colour = layers.StringLookup(vocabulary=["red", "blue"], output_mode="one_hot")(inputs[1])
        model = keras.Model(inputs, layers.Concatenate()([inputs[0], colour]))
        expected = [[2, 0, 1, 0], [5, 0, 0, 1], [0, 1, 0, 0]]
        self.check(model, expected, body=b"colour,a,b\nred,1,2\nblue,1,5\n,1,0\n", target_type="multilabel")
        worker, _ = loaded(self.saved(model), "multilabel")
        self.refused(
            lambda: worker.predict(csv(ROWS)),
            "INPUT_INVALID",
            "lacks the column colour",
            "all columns of the model: b, colour",
        )

    def test_a_text_input_gets_numerals_as_they_are_written(self):
        words = ["1", "2", "007", "True"]
        start = [keras.Input((1,), dtype="string", name="code"), keras.Input((1,), name="a")]
        place = layers.StringLookup(vocabulary=words, output_mode="one_hot")(start[0])
        model = keras.Model(start, layers.Concatenate()([place, start[1]]))
        single = keras.Input((2,), dtype="string")
        both = keras.Model(single, layers.StringLookup(vocabulary=words)(single))
        for body, expected in (
            (b"code,a\n1,0\n2,0\n", [1, 2]),
            (b"code,a\n1,0\n,0\n2,0\n", [1, 0, 2]),
            (b"a,code\n0,007\n", [3]),
            (b"code,a\nTrue,0\n", [4]),
        ):
            values, _ = self.predicted(self.saved(model), body, "multilabel")
            np.testing.assert_array_equal(values[:, :5].argmax(1), expected)
        values, _ = self.predicted(self.saved(both), b"x,y\n1,2\n,007\n", "geopoint")
        np.testing.assert_array_equal(values, [[1, 2], [0, 3]])
        frame = pd.DataFrame({"code": [1.0, None, 2.0], "a": [0, 0, 0]})
        table = to_wire.frame_to_wire(frame)["predictions"]
        values, _ = self.predicted(
            self.saved(model), {"payload": {"kind": "table", "table": table}}, "multilabel"
        )
        np.testing.assert_array_equal(values[:, :5].argmax(1), [1, 0, 2])

    def test_text_and_other_widths_are_refused(self):
        worker, _ = loaded(self.saved(linear()))
        self.refused(
            lambda: worker.predict(csv(b"a,b,c\n1,x,3\n")),
            "INPUT_INVALID",
            "the column b has 'x' in row 0",
        )
        for body in (b"a\n1\n", b"a,b,c,d\n1,2,3,4\n"):
            self.refused(
                lambda body=body: worker.predict(csv(body)),
                "INPUT_INVALID",
                "takes 3 columns, the data has %d" % (body.count(b",") // 2 + 1),
            )
        image = keras.Sequential([keras.Input((3, 1)), layers.Flatten(), layers.Dense(1)])
        worker, _ = loaded(self.saved(image))
        self.refused(
            lambda: worker.predict(csv(ROWS)), "PREDICTOR_FAILED", "rows of the shape 3 x 1", "score hook"
        )

    def test_what_keras_says_comes_with_the_columns(self):
        broken = keras.Sequential([keras.Input((None,)), layers.Reshape((2, 2))])
        worker, _ = loaded(self.saved(broken))
        self.refused(
            lambda: worker.predict(csv(b"a,b,c\n1,2,3\n")),
            "PREDICTOR_FAILED",
            "target_shape=(2, 2)\n",
            "the data has 3 columns: a, b, c",
        )


class Output(KerasCase):
    def test_one_column_and_two_are_passed_on_as_they_are(self):
        for outputs, activation in ((1, "sigmoid"), (2, "softmax")):
            model = linear(outputs, activation=activation)
            labels = {"positive_class_label": "y", "negative_class_label": "n"}
            self.assertIsNone(
                self.check(model, model.predict(VALUES, verbose=0), target_type="binary", **labels)[1]
            )

    def test_several_outputs_stand_side_by_side_and_bear_their_names(self):
        start = keras.Input((3,))
        heads = {name: layers.Dense(1, "sigmoid", name=name)(start) for name in ("y", "x")}
        for outputs in (list(heads.values()), heads):
            model = keras.Model(start, outputs)
            got = model.predict(VALUES, verbose=0)
            expected = np.hstack([got["y"], got["x"]] if isinstance(got, dict) else got)
            _, labels = self.check(model, expected, target_type="multilabel")
            self.assertEqual(labels, ["y", "x"] if outputs is heads else None)


class Files(KerasCase):
    def test_hdf5_needs_nothing_that_only_training_does(self):
        model = linear()
        model.compile("adam", loss="mse", metrics=["mae"])
        values, _ = self.predicted(self.saved(model, "model.h5"))
        np.testing.assert_allclose(values, model.predict(VALUES, verbose=0), rtol=1e-6)

    def test_the_ending_may_be_in_capitals(self):
        for file in ("model.h5", "model.keras"):
            folder = self.saved(linear(), file)
            os.rename(os.path.join(folder, file), os.path.join(folder, file.upper()))
            values, _ = self.predicted(folder)
            np.testing.assert_allclose(values, linear().predict(VALUES, verbose=0), rtol=1e-6)

    def test_layers_of_python_code_are_trusted_as_pickles_are(self):
        model = keras.Sequential([keras.Input((3,)), layers.Lambda(lambda x: x[:, :1] * 2)])
        for file in ("model.keras", "model.h5"):
            values, _ = self.predicted(self.saved(model, file))
            np.testing.assert_array_equal(values, VALUES[:, :1] * 2)

    def test_a_pipeline_may_end_in_one(self):
        scaler = MinMaxScaler().fit(pd.DataFrame(VALUES, columns=list("abc")))
        pipeline = Pipeline([("scale", scaler), ("model", linear())])
        buffer = io.BytesIO()
        joblib.dump(pipeline, buffer)
        values, _ = self.predicted(code_directory(self, model__joblib=buffer.getvalue()))
        np.testing.assert_allclose(
            values,
            linear().predict(scaler.transform(pd.DataFrame(VALUES, columns=list("abc"))), verbose=0),
            rtol=1e-5,
        )

    def test_weights_alone_and_broken_files_are_refused(self):
        weights = self.folder_of("model.weights.h5", linear().save_weights)
        self.refused(lambda: loaded(weights), "ARTIFACT_UNREADABLE", "No model config", "model.save(path)")
        for file in ("model__keras", "model__h5"):
            self.refused(
                lambda file=file: loaded(code_directory(self, **{file: b"nothing"})),
                "ARTIFACT_UNREADABLE",
                "model.save(path)",
            )

    def test_a_layer_that_nobody_registers_is_named(self):
        class Lost(layers.Layer):
            def call(self, inputs):
                return inputs

        folder = self.saved(keras.Sequential([keras.Input((3,)), Lost()]))
        self.refused(lambda: loaded(folder), "ARTIFACT_UNREADABLE", "Lost", "register_keras_serializable")

    def test_other_target_types_are_refused(self):
        self.refused(
            lambda: loaded(self.saved(linear()), "textgeneration"),
            "ARTIFACT_UNSUPPORTED",
            "textgeneration",
            "score hook",
        )
