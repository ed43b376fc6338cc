"""The target type transform: what hooks get and may return, scikit-learn without hooks, and matrices that
stay sparse.
"""

import pickle

import numpy as np
import pandas as pd
import scipy.sparse
from drumline_worker import from_wire, sparse, values
from sklearn.linear_model import Ridge
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from ..vectors import accepted, read_vectors
from .code_directories import code_directory, csv, loaded
from .test_model import ModelCase

LOAD = "import numpy as np, pandas as pd, scipy.sparse as sp\ndef load_model(code_dir): return 10\n"
FRAME = pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": ["x", "y", "x"]})
BODY = FRAME.to_csv(index=False).encode()
TARGET = {"kind": "bytes", "data": b"y\n1\n0\n1\n", "mimetype": "text/csv", "charset": None}


def cells_of(result):
    return from_wire.table_to_frame(result["table"]).to_dict("list")


def dense_of(matrix):
    """The matrix of a result as names and an array."""
    dtype = {"float64": "<f8", "float32": "<f4", "int64": "<i8"}[matrix["type"]]
    parts = (
        np.frombuffer(matrix["values"], dtype),
        np.frombuffer(matrix["row_indices"], "<i4"),
        np.frombuffer(matrix["starts"], "<i4"),
    )
    return scipy.sparse.csc_matrix(parts, shape=(matrix["rows"], len(matrix["names"])))


class HooksOfTransform(ModelCase):
    def transform(self, text, body=BODY, **fields):
        model, result = loaded(code_directory(self, LOAD + text), "transform")
        self.assertIsNone(result["predictor"])
        return model.transform({**csv(body), "sparse": True, **fields})

    def test_a_hook_of_two_or_three_parameters_gets_as_many(self):
        body = (
            "    return data.assign(c=len(rest), t=None if not rest or rest[0] is None else rest[0]['y'])\n"
        )
        for signature, rest in (
            ("data, model", "()"),
            ("data, model, target", "(target,)"),
            ("data, model, y=None, **kwargs", "(y,)"),
        ):
            with self.subTest(signature):
                text = "def transform(%s):\n    rest = %s\n%s" % (signature, rest, body)
                expected = 0 if rest == "()" else 1
                for target, cells in ((None, [None] * 3), (TARGET, [1, 0, 1])):
                    result = self.transform(text, target=target)
                    found = cells_of(result)
                    self.assertEqual(found["c"], [expected] * 3)
                    if expected:
                        self.assertEqual([None if pd.isna(cell) else cell for cell in found["t"]], cells)
                    self.assertEqual(result["rows"], 3)
                    self.assertEqual(result["target"] is None, target is None)
                    if target:
                        self.assertEqual(
                            from_wire.table_to_frame(result["target"]).to_dict("list"), {"y": [1, 0, 1]}
                        )

    def test_the_target_is_never_read_by_read_input_data(self):
        text = (
            "def read_input_data(data): return pd.DataFrame({'n': [len(data)] * 3})\n"
            "def transform(data, model, target): return data.assign(y=target['y'])\n"
        )
        self.assertEqual(
            cells_of(self.transform(text, target=TARGET)), {"n": [len(BODY)] * 3, "y": [1, 0, 1]}
        )

    def test_a_target_of_other_rows_is_refused_before_the_hook_runs(self):
        text = "def transform(data, model, target): raise SystemExit(1)\n"
        short = {**TARGET, "data": b"y\n1\n"}
        self.refused(lambda: self.transform(text, target=short), "INPUT_UNREADABLE", "1 rows for 3 of input")
        self.refused(
            lambda: self.transform(text, target={**TARGET, "data": b"\xff"}), "INPUT_UNREADABLE", "UTF-8"
        )
        self.refused(lambda: self.transform(text, target=5), "PARAMS_INVALID", "target")

    def test_anything_but_a_frame_or_a_matrix_of_scipy_is_refused(self):
        for returned, kind in (
            ("None", "None"),
            ("(data, target)", "tuple"),
            ("data.to_numpy()", "ndarray"),
            ("data['a']", "Series"),
            ("'x'", "str"),
        ):
            with self.subTest(returned):
                text = "def transform(data, model, target): return %s\n" % returned
                self.refused(
                    lambda text=text: self.transform(text),
                    "HOOK_RESULT_INVALID",
                    "transform returned",
                    kind,
                    "DataFrame",
                )

    def test_matrices_of_scipy_and_sparse_frames_stay_sparse(self):
        dense = [[0.0, 1.5], [0.0, 0.0], [-2.0, 0.0]]
        returned = {
            "sp.csr_matrix(dense)": ["0", "1"],
            "sp.coo_matrix(dense)": ["0", "1"],
            "pd.DataFrame.sparse.from_spmatrix(sp.csc_matrix(dense), columns=['u', 'v'])": ["u", "v"],
            (
                "pd.DataFrame({'u': [r[0] for r in dense], "
                "'v': [r[1] for r in dense]}).astype(pd.SparseDtype(float, 0.0))"
            ): [
                "u",
                "v",
            ],
        }
        if hasattr(scipy.sparse, "csr_array"):
            returned["sp.csr_array(dense)"] = ["0", "1"]
        for expression, names in returned.items():
            with self.subTest(expression):
                text = "dense = %r\ndef transform(data, model): return %s\n" % (dense, expression)
                result = self.transform(text)
                self.assertIsNone(result["table"])
                self.assertEqual((result["matrix"]["names"], result["matrix"]["type"]), (names, "float64"))
                np.testing.assert_array_equal(dense_of(result["matrix"]).toarray(), dense)
                # Who does not ask for matrices gets their numbers in a table.
                table = self.transform(text, sparse=None)
                self.assertIsNone(table["matrix"])
                np.testing.assert_array_equal(np.array(list(cells_of(table).values())).T, dense)

    def test_entries_that_come_twice_are_added_and_rows_are_sorted(self):
        text = (
            "def transform(data, model): return sp.coo_matrix(([1.0, "
            "2.0, 4.0], ([2, 0, 2], [0, 0, 0])), shape=(3, 1))\n"
        )
        matrix = self.transform(text)["matrix"]
        self.assertEqual(np.frombuffer(matrix["row_indices"], "<i4").tolist(), [0, 2])
        self.assertEqual(np.frombuffer(matrix["values"], "<f8").tolist(), [2.0, 5.0])

    def test_numbers_keep_their_type_and_truth_values_become_numbers(self):
        for dtype, kind in (
            ("float32", "float32"),
            ("int8", "int64"),
            ("uint64", "int64"),
            ("bool", "int64"),
            ("float64", "float64"),
        ):
            with self.subTest(dtype):
                text = (
                    "def transform(data, model): return sp.csr_matrix(np.array([[0], [1], [1]], dtype=%r))\n"
                    % dtype
                )
                matrix = self.transform(text)["matrix"]
                self.assertEqual(matrix["type"], kind)
                np.testing.assert_array_equal(dense_of(matrix).toarray(), [[0], [1], [1]])

    def test_frames_that_are_sparse_in_part_or_around_another_value_are_tables(self):
        for expression in (
            "pd.DataFrame({'u': pd.arrays.SparseArray([0.0, 1.0, 0.0]), 'v': [1, 2, 3]})",
            "pd.DataFrame({'u': pd.arrays.SparseArray([0.0, 1.0, 0.0], fill_value=1.0)})",
            "pd.DataFrame({'u': pd.arrays.SparseArray([float('nan'), 1.0, 0.0])})",
        ):
            with self.subTest(expression):
                result = self.transform("def transform(data, model): return %s\n" % expression)
                self.assertIsNone(result["matrix"])
                self.assertEqual(cells_of(result)["u"][1], 1.0)

    def test_post_process_and_score_do_not_count(self):
        text = (
            "def score(data, model): return 1 / 0\n"
            "def transform(data, model): return data[['a']]\n"
            "def post_process(p, model): return 1 / 0\n"
        )
        self.assertEqual(cells_of(self.transform(text)), {"a": [1.0, 2.0, 4.0]})


class ModelsWithoutAHook(ModelCase):
    def loaded(self, model):
        return loaded(code_directory(self, model__pkl=pickle.dumps(model)), "transform")

    def test_scikit_learn_transforms_and_a_sparse_result_stays_sparse(self):
        encoder = OneHotEncoder().fit(FRAME[["b"]])
        model, result = self.loaded(encoder)
        self.assertEqual(result["predictor"], "scikit-learn")
        matrix = model.transform({**csv(FRAME[["b"]].to_csv(index=False).encode()), "sparse": True})["matrix"]
        self.assertEqual(matrix["names"], ["0", "1"])
        np.testing.assert_array_equal(dense_of(matrix).toarray(), [[1, 0], [0, 1], [1, 0]])

    def test_an_array_becomes_columns_by_number(self):
        scaler = StandardScaler().fit(FRAME[["a"]])
        model, _ = self.loaded(scaler)
        result = model.transform({**csv(FRAME[["a"]].to_csv(index=False).encode()), "sparse": True})
        self.assertEqual(cells_of(result), {"0": scaler.transform(FRAME[["a"]])[:, 0].tolist()})

    def test_what_cannot_transform_is_refused_when_it_is_loaded(self):
        self.refused(
            lambda: self.loaded(Ridge()),
            "ARTIFACT_UNSUPPORTED",
            "has no transform",
            "define a transform hook",
        )
        self.refused(
            lambda: self.loaded({"a": 1}), "ARTIFACT_UNSUPPORTED", "builtins.dict", "define a transform hook"
        )
        self.refused(
            lambda: loaded(code_directory(self, "def transform(data, model): return data\n"), "transform"),
            "ARTIFACT_MISSING",
        )
        custom = LOAD + "def score(data, model): return data\n"
        self.refused(
            lambda: loaded(code_directory(self, custom), "transform"),
            "ARTIFACT_UNSUPPORTED",
            "define a transform hook",
        )

    def test_no_rows_and_other_columns_are_refused(self):
        model, _ = self.loaded(StandardScaler().fit(FRAME[["a"]]))
        self.refused(lambda: model.transform(csv(b"a\n")), "INPUT_EMPTY", "no rows")
        self.refused(lambda: model.transform(csv(b"z\n1\n")), "INPUT_INVALID", "lacks the column")


class MatricesOfTheVectors(ModelCase):
    def test_sparse_frames_become_the_canonical_matrices_again(self):
        vectors = accepted(read_vectors("matrices"))
        self.assertGreater(len(vectors), 5)
        for vector in vectors:
            with self.subTest(vector.name):
                sent = values.decode(memoryview(vector.data))
                frame = pd.DataFrame.sparse.from_spmatrix(dense_of(sent))
                frame.columns = sent["names"]
                self.assertTrue(values.encode(sparse.matrix_to_wire(frame)) in vector.canonical)
