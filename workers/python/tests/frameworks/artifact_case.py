"""What the tests of all frameworks need: predictions of an artifact as an array, and refusals."""

import os
import tempfile
import unittest

from drumline_worker import from_wire
from drumline_worker.protocol import WorkerError

from ..environment.code_directories import code_directory, csv, loaded

ROWS = b"a,b,c\n1,2,3\n4.5,5,6\n-1,0,0.25\n"


class ArtifactCase(unittest.TestCase):
    predictor = None  # Its name in /info/.

    def folder_of(self, file, save, custom=None, **files):
        """A code directory with what `save` writes to the path that it is given."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, file)
            save(path)
            with open(path, "rb") as saved:
                return code_directory(self, custom, **{file.replace(".", "__"): saved.read()}, **files)

    def predicted(self, folder, body=ROWS, target_type="regression", **fields):
        """(array, names of the columns or None) of the code directory's model."""
        worker, result = loaded(folder, target_type, **fields)
        self.assertEqual(result["predictor"], self.predictor)
        answer = worker.predict(body if isinstance(body, dict) else csv(body))
        frame = from_wire.table_to_frame(answer["predictions"])
        return frame.to_numpy(), list(frame.columns) if answer["labelled"] else None

    def refused(self, action, code, *words):
        with self.assertRaises(WorkerError) as caught:
            action()
        self.assertEqual(caught.exception.code, code, caught.exception.message)
        for word in words:
            self.assertIn(word, caught.exception.message)


def matrix(text):
    """A Matrix Market payload."""
    return {"payload": {"kind": "bytes", "data": text, "mimetype": "text/mtx", "charset": "utf8"}}


SPARSE = matrix(b"%%MatrixMarket matrix coordinate real general\n2 3 3\n1 1 1.5\n1 3 2\n2 2 4\n")
DENSE = [[1.5, 0, 2], [0, 4, 0]]
