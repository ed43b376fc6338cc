"""Versions of packages, and the error for one that is missing."""

import importlib
import importlib.util
import re
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

# Those that DRUM's own requirements bring along, and hooks of DRUM's templates import.
BROUGHT_BY_DRUM = frozenset(
    """PIL attr certifi datarobot flask jinja2 julia memory_profiler mlpiper numpy openai opentelemetry pandas
    progress psutil py4j pyarrow requests scipy strictyaml termcolor texttable trafaret urllib3 werkzeug
    yaml""".split()
)
VERSION = re.compile(rb"_sklearn_version(?:\x94|q.|r....)?(?:\x8c.|X....|U.)(\d+(?:\.\w+)+)", re.DOTALL)
MOST_SEARCHED = 1 << 28  # bytes
# How joblib's compressed files begin.
COMPRESSIONS = {b"x": "zlib", b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ": "lzma", b"]\0": "lzma"}


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


def package_missing(what, error, line=None, path=None):
    """The error for a ModuleNotFoundError in `what`, with the ways to a package or to another version of it.

    `path` is that of the artifact.
    """
    wanted = error.name or str(error)
    module = wanted.split(".")[0]
    package = DISTRIBUTIONS.get(module, module)
    where = "" if line is None else " (line %d)" % line
    if "." in wanted and is_there(module):
        words = "%s needs the module %s%s, which the %s that is installed lacks"
        remedy = path and versions_in_words(path)
        message = words % (what, wanted, where, package) + (remedy or "; " + ways_to(package + "==VERSION"))
    else:
        brought = "; DRUM brings it along, drum does not" if module in BROUGHT_BY_DRUM else ""
        words = "%s needs the package %s%s, which %s lacks%s; %s"
        message = words % (what, module, where, sys.executable, brought, ways_to(package))
    return WorkerError("PACKAGE_MISSING", message, trace_of(error))


def is_there(module):
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return module in sys.modules


def ways_to(requirement):
    """How to get a package without a change of the environment that other models share."""
    words = (
        "write %s into requirements.txt in the code directory and pass --install-deps, "
        "or pass --runtime python=PATH of an interpreter that has it"
    )
    return words % requirement


def versions_in_words(path):
    """The version of scikit-learn that a pickle was made with, beside the installed one; empty where the file
    does not say, or they are the same.
    """
    saved = saved_version(path)
    here = getattr(sys.modules.get("sklearn"), "__version__", None)
    if saved is None or saved == here:
        return ""
    installed = "%s is installed" % here if here else "none is imported"
    words = "; it was saved with scikit-learn %s, and %s: %s"
    return words % (saved, installed, ways_to("scikit-learn==" + saved))


def saved_version(path):
    """The version that scikit-learn writes into its pickles, also compressed by joblib; None without one."""
    with open(path, "rb") as file:
        data = file.read(MOST_SEARCHED)
    for begin, module in COMPRESSIONS.items():
        if data.startswith(begin):
            try:
                data = importlib.import_module(module).decompress(data)
            except Exception:
                return None  # Broken, or of a Python without this module.
    found = VERSION.search(data)
    return None if found is None else found.group(1).decode()
