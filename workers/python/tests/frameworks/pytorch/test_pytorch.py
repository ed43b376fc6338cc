"""PyTorch modules as artifacts: what they are given, what is taken from them, what is refused."""

import pickle
import sys
import types

import numpy as np
import torch
from torch import nn

from ...environment.code_directories import code_directory, csv, loaded
from ..artifact_case import DENSE, ROWS, SPARSE, ArtifactCase

VALUES = torch.tensor([[1, 2, 3], [4.5, 5, 6], [-1, 0, 0.25]])
OWN = """
import torch
class Own(torch.nn.Module):
    def forward(self, features):
        %s
"""


def linear(outputs=1, **options):
    torch.manual_seed(5)
    return nn.Linear(3, outputs, **options)


class PytorchCase(ArtifactCase):
    predictor = "torch"

    def saved(self, module, file="model.pth", **more):
        return self.folder_of(file, lambda path: torch.save(module, path), **more)

    def own(self, forward):
        """A code directory whose module has this `forward`; its class is in custom.py alone."""
        custom = sys.modules["custom"] = types.ModuleType("custom")
        exec(OWN % forward, vars(custom))
        return self.saved(custom.Own(), custom=OWN % forward)


class Input(PytorchCase):
    def test_all_columns_become_one_float_tensor(self):
        values, labels = self.predicted(self.saved(linear()))
        np.testing.assert_array_equal(values, linear()(VALUES).detach().numpy())
        self.assertEqual((values.dtype, labels), (np.dtype("float32"), None))

    def test_a_module_in_double_precision_is_given_doubles(self):
        values, _ = self.predicted(self.saved(linear(dtype=torch.float64)))
        np.testing.assert_array_equal(values, linear(dtype=torch.float64)(VALUES.double()).detach().numpy())
        self.assertEqual(values.dtype, np.dtype("float64"))

    def test_a_module_in_half_precision_answers_in_single(self):
        values, _ = self.predicted(self.saved(linear(dtype=torch.bfloat16)))
        np.testing.assert_array_equal(
            values, linear(dtype=torch.bfloat16)(VALUES.bfloat16()).float().detach().numpy()
        )

    def test_sparse_rows_are_made_dense(self):
        values, _ = self.predicted(self.saved(linear()), SPARSE)
        np.testing.assert_array_equal(values, linear()(torch.tensor(DENSE)).detach().numpy())

    def test_missing_cells_are_nan_and_truth_values_numbers(self):
        values, _ = self.predicted(self.saved(nn.Identity()), b"a,b\nTrue,1\nFalse,\n", "multilabel")
        np.testing.assert_array_equal(values, [[1, 1], [0, np.nan]])
        values, _ = self.predicted(self.saved(nn.Identity()), b"a,b\nTrue,1\n,2\n", "multilabel")
        np.testing.assert_array_equal(values, [[1, 1], [np.nan, 2]])

    def test_text_is_refused_with_its_column(self):
        worker, _ = loaded(self.saved(linear()))
        self.refused(
            lambda: worker.predict(csv(b"a,b,c\n1,x,3\n")),
            "INPUT_INVALID",
            "the column b has 'x' in row 0",
        )

    def test_other_columns_are_told_in_torchs_words_and_ours(self):
        worker, _ = loaded(self.saved(linear()))
        self.refused(
            lambda: worker.predict(csv(b"a,b\n1,2\n")),
            "PREDICTOR_FAILED",
            "mat1 and mat2",
            "the data has 2 columns: a, b",
        )


class Output(PytorchCase):
    def test_one_column_and_two_are_passed_on_as_they_are(self):
        for outputs in (1, 2):
            module = nn.Sequential(linear(outputs), nn.Sigmoid())
            values, labels = self.predicted(
                self.saved(module), target_type="binary", positive_class_label="y", negative_class_label="n"
            )
            np.testing.assert_array_equal(values, module(VALUES).detach().numpy())
            self.assertIsNone(labels)

    def test_a_vector_is_a_column(self):
        values, _ = self.predicted(self.own("return features.sum(1)"))
        np.testing.assert_array_equal(values[:, 0], VALUES.sum(1).numpy())

    def test_several_outputs_stand_side_by_side(self):
        values, labels = self.predicted(
            self.own("return features[:, 0], features[:, 1:2]"), target_type="multilabel"
        )
        np.testing.assert_array_equal(values, VALUES[:, :2].numpy())
        self.assertIsNone(labels)

    def test_outputs_by_name_are_labelled(self):
        values, labels = self.predicted(
            self.own("return {'x': features[:, 1], 'y': features[:, 0]}"), target_type="multilabel"
        )
        np.testing.assert_array_equal(values, VALUES[:, [1, 0]].numpy())
        self.assertEqual(labels, ["x", "y"])

    def test_more_dimensions_are_refused(self):
        worker, _ = loaded(self.own("return features.reshape(-1, 1, 3, 1)"))
        self.refused(lambda: worker.predict(csv(ROWS)), "PREDICTOR_FAILED", "array of 4 dimensions")


class Files(PytorchCase):
    def test_a_module_saved_in_training_predicts_without_dropout(self):
        module = nn.Sequential(linear(), nn.Dropout(0.9)).train()
        values, _ = self.predicted(self.saved(module))
        np.testing.assert_array_equal(values, linear()(VALUES).detach().numpy())

    def test_torchscript_is_known_by_its_content(self):
        for script in (torch.jit.script(linear()), torch.jit.trace(linear(), VALUES)):
            values, _ = self.predicted(self.folder_of("MODEL.PTH", script.save))
            np.testing.assert_array_equal(values, linear()(VALUES).detach().numpy())

    def test_a_pickled_module_is_one_too(self):
        values, _ = self.predicted(code_directory(self, model__pkl=pickle.dumps(linear())))
        np.testing.assert_array_equal(values, linear()(VALUES).detach().numpy())

    def test_a_state_dict_is_refused_unless_hooks_use_it(self):
        for content in (linear().state_dict(), {"epoch": 3, "model": linear().state_dict()}):
            folder = self.saved(content)
            self.refused(
                lambda folder=folder: loaded(folder),
                "ARTIFACT_UNSUPPORTED",
                "2 tensors without their module",
                "load_model",
            )
        hooks = (
            "import pandas as pd\n"
            "def score(data, model):\n"
            "    return pd.DataFrame({'Predictions': data['a'] * model['weight'][0, 0].item()})\n"
        )
        worker, _ = loaded(self.saved(linear().state_dict(), custom=hooks))
        first = worker.predict(csv(ROWS))["predictions"]["columns"][0]
        np.testing.assert_allclose(
            np.frombuffer(first["data"]), VALUES[:, 0].numpy() * linear().weight[0, 0].item()
        )

    def test_a_class_that_is_nowhere_is_named(self):
        self.refused(
            lambda: loaded(code_directory(self, model__pth=b"nothing")),
            "ARTIFACT_UNREADABLE",
            "model.pth",
            "torch.save(module, path)",
        )
        script = linear()
        script.__class__ = type("Lost", (nn.Linear,), {"__module__": "__main__"})
        import __main__

        __main__.Lost = type(script)
        folder = self.saved(script)
        del __main__.Lost
        self.refused(lambda: loaded(folder), "ARTIFACT_UNREADABLE", "Lost", "custom.py")

    def test_other_target_types_are_refused(self):
        self.refused(
            lambda: loaded(self.saved(linear()), "textgeneration"),
            "ARTIFACT_UNSUPPORTED",
            "textgeneration",
            "score hook",
        )
