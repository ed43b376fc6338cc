"""load, predict and post_process with hooks: what they are given, and what they must return."""

import os
import sys
import unittest

import pandas as pd
from drumline_worker import from_wire, to_wire
from drumline_worker.model import Model
from drumline_worker.protocol import WorkerError

from .code_directories import Silence, code_directory, csv, load_params, loaded

LOAD = "import pandas as pd\ndef load_model(code_dir): return {'addend': 10}\n"
SCORE = (
    LOAD
    + "def score(data, model, **kwargs): return pd.DataFrame({'p': data.sum(axis=1) + model['addend']})\n"
)


def values_of(result):
    return from_wire.table_to_frame(result["predictions"]).to_dict("list")


class ModelCase(unittest.TestCase):
    def refused(self, action, code, *words):
        with self.assertRaises(WorkerError) as caught:
            action()
        self.assertEqual(caught.exception.code, code)
        for word in words:
            self.assertIn(word, caught.exception.message)
        return caught.exception

    def load(self, custom, target_type="regression", **fields):
        return loaded(code_directory(self, custom), target_type, **fields)[0]


class Hooks(ModelCase):
    def test_the_hooks_run_in_order_each_with_what_the_one_before_returned(self):
        custom = """
import io, pandas as pd
seen = []
def init(code_dir): seen.append(("init", code_dir))
def load_model(code_dir): seen.append(("load_model", code_dir)); return 10
def read_input_data(data): seen.append(("read", type(data))); return pd.read_csv(io.BytesIO(data), sep=";")
def transform(data, model): seen.append(("transform", model)); return data * 2
def score(data, model): seen.append(("score", model)); return pd.DataFrame({"p": data.sum(axis=1) + model})
def post_process(predictions, model): seen.append(("post_process", model)); return predictions + 0.5
"""
        folder = code_directory(self, custom)
        model, result = loaded(folder)
        self.assertEqual(
            result["hooks"], ["init", "load_model", "read_input_data", "transform", "score", "post_process"]
        )
        self.assertIsNone(result["predictor"])
        predicted = model.predict(csv(b"a;b\n1;2\n3;4\n"))
        self.assertEqual((predicted["rows"], predicted["labelled"], predicted["index"]), (2, True, None))
        self.assertEqual(values_of(predicted), {"p": [16, 24]})
        processed = model.post_process({"predictions": predicted["predictions"]})
        self.assertEqual(values_of(processed), {"p": [16.5, 24.5]})
        expected = [
            ("init", folder),
            ("load_model", folder),
            ("read", bytes),
            ("transform", 10),
            ("score", 10),
            ("post_process", 10),
        ]
        self.assertEqual(sys.modules["custom"].seen, expected)

    def test_score_is_given_only_the_keyword_arguments_that_its_signature_takes(self):
        known = {
            "target_type",
            "positive_class_label",
            "negative_class_label",
            "binary_data",
            "mimetype",
            "charset",
            "sparse_colnames",
        }
        labels = {"positive_class_label": "yes", "negative_class_label": "no"}
        for signature, expected in (
            ("data, model, **kwargs", known),
            ("data, model", set()),
            ("data, model, *, charset=None, mine=1", {"charset"}),
        ):
            with self.subTest(signature):
                body = (
                    "    seen.update({k: v for k, v in locals().items() if k not in ('data', "
                    "'model')}); seen.update(seen.pop('kwargs', {}))\n"
                )
                custom = LOAD + "seen = {}\ndef score(%s):\n%s    return pd.DataFrame({'p': data['a']})\n" % (
                    signature,
                    body,
                )
                model = self.load(custom, "binary", **labels)
                model.predict(csv(b"a\n1\n"))
                seen = dict(sys.modules["custom"].seen)
                seen.pop("mine", None)
                self.assertEqual(set(seen), expected)
                everything = {
                    "target_type": "binary",
                    "binary_data": b"a\n1\n",
                    "mimetype": "text/csv",
                    "charset": "utf8",
                    "sparse_colnames": None,
                    **labels,
                }
                self.assertEqual(seen, {name: everything[name] for name in expected})

    def test_the_target_type_is_a_text_and_an_enum_member_as_in_drum(self):
        custom = LOAD + (
            "from datarobot_drum.drum.enum import TargetType\n"
            "def score(data, model, target_type, sparse_colnames, **kwargs):\n"
            "    assert target_type.value == target_type == 'multilabel'\n"
            "    assert str(target_type) == f'{target_type}' == 'multilabel'\n"
            "    assert target_type is TargetType.MULTILABEL and not target_type.is_classification()\n"
            "    assert sparse_colnames is None\n"
            "    return pd.DataFrame({'p': data['a']})\n"
        )
        model = self.load(custom, "multilabel", class_labels=["p"])
        self.assertEqual(values_of(model.predict(csv(b"a\n1\n"))), {"p": [1]})

    def test_every_keyword_argument_is_given_for_each_kind_of_payload(self):
        custom = LOAD + (
            "def score(data, model, **kwargs):\n"
            "    names = ['binary_data', 'charset', 'mimetype', 'sparse_colnames', 'target_type']\n"
            "    assert sorted(kwargs) == names, kwargs\n"
            "    assert kwargs['mimetype'] is None\n"
            "    return pd.DataFrame({'p': [kwargs['binary_data'] == b'a\\n1\\n']})\n"
        )
        folder = code_directory(self, custom, rows__txt=b"a\n1\n")
        model = loaded(folder, artifacts=[])[0]
        table = to_wire.frame_to_wire(sys.modules["pandas"].DataFrame({"a": [1]}))["predictions"]
        for payload, expected in (
            ({"kind": "bytes", "data": b"a\n1\n", "mimetype": None, "charset": None}, True),
            (
                {
                    "kind": "file",
                    "path": os.path.join(folder, "rows.txt"),
                    "mimetype": None,
                    "charset": None,
                },
                True,
            ),
            ({"kind": "table", "table": table}, False),
        ):
            with self.subTest(payload["kind"]):
                self.assertEqual(values_of(model.predict({"payload": payload})), {"p": [expected]})

    def test_score_learns_class_labels_and_names_of_sparse_columns(self):
        custom = LOAD + (
            "seen = {}\n"
            "def score(data, model, **kwargs):\n"
            "    seen.update(kwargs)\n"
            "    return pd.DataFrame({'p': [0.5]})\n"
        )
        model = self.load(custom, "multiclass", class_labels=["a", "b", "c"])
        text = b"%%MatrixMarket matrix coordinate real general\n1 2 1\n1 1 1.5\n"
        result = model.predict(csv(text, mimetype="text/mtx", column_names=["x", "y"]))
        self.assertEqual(result["rows"], 1)
        seen = sys.modules["custom"].seen
        self.assertEqual((seen["class_labels"], seen["sparse_colnames"]), (["a", "b", "c"], ["x", "y"]))
        self.assertNotIn("positive_class_label", seen)

    def test_a_file_and_a_table_are_read_like_bytes(self):
        folder = code_directory(self, SCORE, rows__txt=b"a,b\n1,2\n")
        model = loaded(folder, artifacts=[])[0]
        from_file = model.predict(
            {
                "payload": {
                    "kind": "file",
                    "path": os.path.join(folder, "rows.txt"),
                    "mimetype": None,
                    "charset": None,
                }
            }
        )
        pandas = sys.modules["pandas"]
        table = to_wire.frame_to_wire(pandas.DataFrame({"a": [1], "b": [2]}))["predictions"]
        from_table = model.predict({"payload": {"kind": "table", "table": table}})
        for result in (from_file, from_table):
            self.assertEqual((result["rows"], values_of(result)), (1, {"p": [13]}))

    def test_rows_are_unknown_where_read_input_data_returned_something_without(self):
        for expression, rows in (
            ("data.decode()", None),
            ("[1, 2, 3]", None),
            ("pd.DataFrame({'a': [1, 2]}).to_numpy()", 2),
        ):
            custom = (
                LOAD
                + (
                    "def read_input_data(data): return %s\n"
                    "def score(data, model): return pd.DataFrame({'p': [1.0]})\n"
                )
                % expression
            )
            self.assertEqual(self.load(custom).predict(csv(b"anything"))["rows"], rows)

    def test_modules_beside_the_hook_file_may_be_called_like_the_workers_own(self):
        custom = (
            "import model, protocol, frames, hooks\n"
            + SCORE
            + "assert (model.x, protocol.x, frames.x, hooks.x) == (1, 2, 3, 4)\n"
        )
        for name in ("model", "protocol", "frames", "hooks"):
            self.addCleanup(sys.modules.pop, name, None)
        folder = code_directory(
            self, custom, model__py=b"x = 1", protocol__py=b"x = 2", frames__py=b"x = 3", hooks__py=b"x = 4"
        )
        self.assertEqual(values_of(loaded(folder)[0].predict(csv(b"a\n1\n"))), {"p": [11]})


class Results(ModelCase):
    def test_hooks_that_return_the_wrong_kind_are_named_with_it(self):
        self.refused(
            lambda: self.load("def load_model(d): return None\ndef score(d, m): pass\n"),
            "HOOK_RESULT_INVALID",
            "load_model",
            "None",
        )
        for value, kind in (
            ("None", "None"),
            ("[1]", "list"),
            ("data['a']", "Series"),
            ("data.to_numpy()", "ndarray"),
        ):
            model = self.load(LOAD + "def score(data, model): return %s\n" % value)
            self.refused(lambda: model.predict(csv(b"a\n1\n")), "HOOK_RESULT_INVALID", "score", kind)
        model = self.load(SCORE + "def transform(data, model): return data.to_numpy()\n")
        self.refused(lambda: model.predict(csv(b"a\n1\n")), "HOOK_RESULT_INVALID", "transform", "ndarray")
        model = self.load(SCORE + "def read_input_data(data): pass\n")
        self.refused(lambda: model.predict(csv(b"a\n1\n")), "HOOK_RESULT_INVALID", "read_input_data", "None")
        model = self.load(SCORE + "def post_process(predictions, model): return 5\n")
        predicted = model.predict(csv(b"a\n1\n"))
        self.refused(
            lambda: model.post_process({"predictions": predicted["predictions"]}),
            "HOOK_RESULT_INVALID",
            "post_process",
            "int",
        )

    def test_an_exception_in_a_hook_names_the_hook_and_keeps_only_the_users_frames(self):
        model = self.load(
            LOAD + "def score(data, model):\n    return deeper()\ndef deeper():\n    raise KeyError('spam')\n"
        )
        error = self.refused(
            lambda: model.predict(csv(b"a\n1\n")), "HOOK_FAILED", "score", "KeyError('spam')"
        )
        self.assertIn("custom.py", error.traceback)
        self.assertIn("in deeper", error.traceback)
        self.assertNotIn(os.sep.join(("python", "hooks.py")), error.traceback)

    def test_reading_errors_come_before_any_hook(self):
        model = self.load(SCORE)
        self.refused(lambda: model.predict(csv(b"")), "INPUT_EMPTY")
        self.refused(lambda: model.predict(csv(b"a,b\n1,2\n1,2,3\n")), "INPUT_UNREADABLE")
        self.refused(lambda: model.predict(csv(b"{}", mimetype="application/json")), "INPUT_UNSUPPORTED")

    def test_requests_before_load_and_with_wrong_params_are_refused(self):
        model = Model(Silence())
        self.refused(lambda: model.predict(csv(b"a\n1\n")), "NOT_LOADED")
        self.refused(lambda: model.post_process({}), "NOT_LOADED")
        params = load_params(code_directory(self, SCORE))
        for name, value in (
            ("code_directory", None),
            ("target_type", 3),
            ("artifacts", None),
            ("artifacts", [1]),
            ("hook_file", 5),
        ):
            self.refused(lambda: model.load({**params, name: value}), "PARAMS_INVALID", name)
        model.load(params)
        self.refused(lambda: model.predict({}), "PARAMS_INVALID", "payload")
        self.refused(lambda: model.post_process({}), "METHOD_UNKNOWN", "post_process")

    def test_a_load_that_fails_leaves_the_model_that_was_there(self):
        model = self.load(SCORE)
        self.refused(lambda: model.load(load_params(code_directory(self))), "ARTIFACT_MISSING")
        self.assertEqual(values_of(model.predict(csv(b"a\n1\n"))), {"p": [11]})


class OtherLanguages(ModelCase):
    """A model whose hooks are spread over languages: this worker has some of them."""

    def test_transform_reads_and_transforms_and_stops_there(self):
        custom = LOAD + (
            "def transform(data, model): return data.assign(b=data['a'] * 2, c=['x', None])\n"
            "def score(data, model): 1 / 0\n"
        )
        result = self.load(custom).transform(csv(b"a\n1\n2\n"))
        self.assertEqual((result["rows"], result["index"]), (2, None))
        self.assertEqual(
            [column["type"] for column in result["table"]["columns"]], ["int64", "int64", "utf8"]
        )
        self.assertEqual(from_wire.table_to_frame(result["table"])["b"].tolist(), [2, 4])

    def test_without_a_transform_hook_the_data_are_handed_on_as_read(self):
        result = self.load(SCORE).transform(csv(b"a,b\n1,x\n,y\n"))
        self.assertEqual([column["name"] for column in result["table"]["columns"]], ["a", "b"])

    def test_what_is_missing_is_missing_in_the_table(self):
        text = b"f,i,b,t\n1.5,1,True,x\n,,,\n"
        columns = self.load(SCORE).transform(csv(text))["table"]["columns"]
        self.assertEqual(
            [(column["type"], column["validity"]) for column in columns],
            [("float64", b"\x01")] * 2 + [("bool", b"\x01"), ("utf8", b"\x01")],
        )

    def test_a_table_is_not_read_again(self):
        custom = SCORE + "def read_input_data(data): raise ValueError('again')\n"
        table = to_wire.frame_to_wire(pd.DataFrame({"a": [1.0, 2.0]}))["predictions"]
        payload = {"payload": {"kind": "table", "table": table}}
        model = self.load(custom)
        self.assertEqual(values_of(model.predict(payload)), {"p": [11.0, 12.0]})
        self.assertEqual(model.transform(payload)["table"], table)

    def test_hooks_that_belong_to_another_language_count_as_absent(self):
        custom = SCORE + "def transform(data, model): 1 / 0\n"
        model, result = loaded(code_directory(self, custom), hooks=["init", "load_model", "score"])
        self.assertEqual(result["hooks"], ["load_model", "score"])
        self.assertEqual(values_of(model.predict(csv(b"a\n1\n"))), {"p": [11]})

    def test_a_part_needs_no_way_to_score(self):
        custom = "def transform(data, model): return data.assign(m=str(model))\n"
        model, result = loaded(code_directory(self, custom), partial=True)
        self.assertEqual((result["hooks"], result["predictor"]), (["transform"], None))
        self.assertEqual(
            from_wire.table_to_frame(model.transform(csv(b"a\n1\n"))["table"])["m"].tolist(), ["None"]
        )
        self.refused(lambda: model.predict(csv(b"a\n1\n")), "ARTIFACT_MISSING", "nothing to score with")
        self.refused(lambda: loaded(code_directory(self, custom)), "ARTIFACT_MISSING")

    def test_a_part_keeps_a_model_that_no_predictor_knows_for_its_hooks(self):
        custom = LOAD + "def transform(data, model): return data + model['addend']\n"
        model, result = loaded(code_directory(self, custom), partial=True)
        self.assertIsNone(result["predictor"])
        self.assertEqual(
            from_wire.table_to_frame(model.transform(csv(b"a\n1\n"))["table"])["a"].tolist(), [11]
        )
        self.refused(lambda: loaded(code_directory(self, custom)), "ARTIFACT_UNSUPPORTED")
