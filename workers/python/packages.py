"""Versions of packages, and the error for one that is missing."""

import importlib
import sys

from .protocol import WorkerError
from .tracebacks import trace_of

SHOWN = "pandas numpy sklearn scipy xgboost torch keras tensorflow onnxruntime joblib msgpack".split()

# Packages that are installed under another name than they are imported.
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
    "PIL": "pillow",
    "cv2": "opencv-python",
    "bs4": "beautifulsoup4",
}


def package_versions():
    """Versions by name of those well-known packages that are imported."""
    found = {name: getattr(sys.modules.get(name), "__version__", None) for name in SHOWN}
    if "msgpack" in sys.modules:
        found["msgpack"] = ".".join(map(str, sys.modules["msgpack"].version))
    return {name: str(version) for name, version in found.items() if version is not None}


def import_packages(names, what):
    """Imports the packages, which `what` needs. Raises PACKAGE_MISSING."""
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            raise package_missing(what, error) from None


def package_missing(what, error, line=None):
    """The error for a ModuleNotFoundError in `what`, with the command that installs the package."""
    module = (error.name or str(error)).split(".")[0]
    where = "" if line is None else " (line %d)" % line
    install = "%s -m pip install %s" % (sys.executable, DISTRIBUTIONS.get(module, module))
    words = "%s needs the package %s%s, which %s lacks; add it: %s"
    return WorkerError(
        "PACKAGE_MISSING", words % (what, module, where, sys.executable, install), trace_of(error)
    )
