"""Code directories that a test writes, and the load request for one."""

import os
import shutil
import tempfile

from drumline_worker.model import Model


class Silence:
    """A stream to which a model tells what nobody listens to."""

    def progress(self, _text):
        pass

    def chunk(self, _data):
        pass

    def notify(self, _method, _params):
        pass


def code_directory(test, custom=None, **files):
    """A folder with custom.py and further files (name with __ for the dot: bytes), gone after the test."""
    folder = tempfile.mkdtemp()
    test.addCleanup(shutil.rmtree, folder)
    if custom is not None:
        files["custom__py"] = custom.encode()
    for name, data in files.items():
        with open(os.path.join(folder, name.replace("__", ".")), "wb") as file:
            file.write(data)
    return folder


def load_params(folder, target_type="regression", **fields):
    names = sorted(os.listdir(folder))
    return {
        "code_directory": folder,
        "hook_file": os.path.join(folder, "custom.py") if "custom.py" in names else None,
        "artifacts": [
            os.path.join(folder, name) for name in names if not name.endswith((".py", "__pycache__"))
        ],
        "target_type": target_type,
        "positive_class_label": None,
        "negative_class_label": None,
        "class_labels": None,
        **fields,
    }


def loaded(folder, target_type="regression", **fields):
    """(the model, the result of load)."""
    model = Model(Silence())
    return model, model.load(load_params(folder, target_type, **fields))


def csv(data, **fields):
    return {"payload": {"kind": "bytes", "data": data, "mimetype": "text/csv", "charset": "utf8", **fields}}
