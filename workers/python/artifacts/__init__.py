"""One module an artifact type, found by listing this folder.

Each has `rank` (the smaller is asked first), `name` (for /info/), `extensions`, `load(path)`, `fits(model)` and
`predict(model, frame, target_type)`, which returns a 2-d array of one row a row and the class labels, or None for them.
"""

import importlib
import os


def artifact_types():
    here = os.path.dirname(os.path.abspath(__file__))
    names = sorted(file[:-3] for file in os.listdir(here) if file.endswith(".py") and not file.startswith("_"))
    modules = [importlib.import_module("." + name, __name__) for name in names]
    return sorted(modules, key=lambda module: module.rank)
