"""One loaded model: load, predict, post_process, straight down."""

import gc
import os
import sys

from .artifacts import artifact_types
from .hooks import Hooks, package_missing, trace_of
from .protocol import WorkerError

SHOWN_PACKAGES = ["pandas", "numpy", "sklearn", "scipy", "xgboost", "joblib", "msgpack"]


class Model:
    """Its public methods are the requests of protocol/SPEC.md section 6: params in, result out."""

    def __init__(self):
        self.hooks = None
        self.model = None
        self.predictor = None
        self.target_type = None
        self.score_arguments = {}
        self.codecs = None

    def ping(self, _params):
        return {}

    def load(self, params):
        self.codecs = import_codecs()
        hooks = Hooks(params["hook_file"], params["code_directory"])
        self.target_type = params["target_type"]
        self.score_arguments = score_arguments(params)
        if hooks.get("init"):
            hooks.get("init")(code_dir=params["code_directory"])
        self.model = load_model(hooks, params)
        if not hooks.get("score"):
            self.predictor = choose_predictor(self.model, self.target_type)
        self.hooks = hooks
        # What was loaded lives as long as the worker: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        return {
            "hooks": hooks.names(),
            "predictor": self.predictor.name if self.predictor else None,
            "payload_formats": self.codecs.payload_formats(),
            "packages": package_versions(),
        }

    def predict(self, params):
        hooks = self.loaded_hooks()
        payload = params.get("payload")
        if not isinstance(payload, dict):
            raise WorkerError("PARAMS_INVALID", "predict needs a payload, a map; got %r" % type(payload).__name__)
        data, extras = self.read(hooks, payload)
        rows = len(data) if hasattr(data, "__len__") else None
        transform = hooks.get("transform")
        if transform:
            data = check_frame("transform", transform(data, self.model))
        score = hooks.get("score")
        if score:
            result = check_frame("score", score(data, self.model, **self.score_arguments, **extras))
            return {"rows": rows, "labelled": True, **self.codecs.frame_to_wire(result)}
        return {"rows": rows, **self.apply_predictor(data)}

    def post_process(self, params):
        post_process = self.loaded_hooks().get("post_process")
        if post_process is None:
            raise WorkerError("METHOD_UNKNOWN", "the hook file defines no post_process")
        predictions = self.codecs.table_to_frame(params["predictions"])
        result = check_frame("post_process", post_process(predictions, self.model))
        return {"labelled": True, **self.codecs.frame_to_wire(result)}

    def loaded_hooks(self):
        if self.hooks is None:
            raise WorkerError("NOT_LOADED", "a prediction came before load had succeeded; load first")
        return self.hooks

    def read(self, hooks, payload):
        """The data that the next stage gets, and what else the score hook may want to know of it."""
        read_input_data = hooks.get("read_input_data")
        if not read_input_data:
            extras = {"mimetype": payload.get("mimetype"), "charset": payload.get("charset")}
            if payload.get("column_names"):
                extras["sparse_colnames"] = payload["column_names"]
            if payload["kind"] == "bytes" and hooks.get("score"):
                extras["binary_data"] = payload["data"]
            return self.codecs.read(payload), extras
        binary = self.codecs.bytes_of(payload)
        data = read_input_data(binary)
        if data is None:
            raise WorkerError("HOOK_RESULT_INVALID", "read_input_data returned None; return the data, e.g. a DataFrame")
        return data, {"binary_data": binary, "mimetype": payload.get("mimetype"), "charset": payload.get("charset")}

    def apply_predictor(self, data):
        try:
            values, labels = self.predictor.predict(self.model, data, self.target_type)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            message = "the model could not predict: %s: %s" % (type(error).__name__, error)
            raise WorkerError("PREDICTOR_FAILED", message, trace_of(error)) from None
        return {"labelled": labels is not None, **self.codecs.array_to_wire(values, labels)}


def import_codecs():
    """pandas takes a while, so it is imported when the model is, not before hello."""
    try:
        from . import codecs
    except ModuleNotFoundError as error:
        raise package_missing("a structured model", error) from None
    return codecs


def score_arguments(params):
    """Keyword arguments of the score hook that are the same for every request."""
    arguments = {"target_type": params["target_type"]}
    if params["target_type"] == "binary":
        arguments["positive_class_label"] = params["positive_class_label"]
        arguments["negative_class_label"] = params["negative_class_label"]
    elif params.get("class_labels"):
        arguments["class_labels"] = params["class_labels"]
    return arguments


def load_model(hooks, params):
    hook = hooks.get("load_model")
    if hook:
        model = hook(params["code_directory"])
        if model is None:
            raise WorkerError("HOOK_RESULT_INVALID", "load_model returned None; return the model")
        return model
    artifacts = params["artifacts"]
    if len(artifacts) == 1:
        return load_artifact(artifacts[0])
    endings = ", ".join("*" + ending for ending in sorted({one for kind in artifact_types() for one in kind.extensions}))
    folder = params["code_directory"]
    if not artifacts:
        message = "%s holds no artifact; expected one of %s at its top level, or a load_model hook; add one" % (folder, endings)
        raise WorkerError("ARTIFACT_MISSING", message)
    names = ", ".join(os.path.basename(path) for path in artifacts)
    message = "%s holds %d artifacts (%s), expected one; remove the others, or define load_model" % (folder, len(artifacts), names)
    raise WorkerError("ARTIFACT_AMBIGUOUS", message)


def load_artifact(path):
    ending = os.path.splitext(path)[1].lower()
    file = os.path.basename(path)
    for kind in artifact_types():
        if ending not in kind.extensions:
            continue
        try:
            return kind.load(path)
        except ModuleNotFoundError as error:
            raise package_missing(file, error) from None
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            message = "%s cannot be read: %s: %s; expected an object that was pickled or dumped by joblib" % (
                file,
                type(error).__name__,
                error,
            )
            raise WorkerError("ARTIFACT_UNREADABLE", message, trace_of(error)) from None
    raise WorkerError("ARTIFACT_UNSUPPORTED", "%s: no predictor reads %s; define load_model" % (file, ending))


def choose_predictor(model, target_type):
    for kind in artifact_types():
        if kind.fits(model):
            return kind
    known = ", ".join(kind.name for kind in artifact_types())
    message = "the model is a %s.%s, expected one of %s; define a score hook for it" % (
        type(model).__module__,
        type(model).__qualname__,
        known,
    )
    raise WorkerError("ARTIFACT_UNSUPPORTED", message)


def check_frame(hook, result):
    pandas = sys.modules["pandas"]
    if isinstance(result, pandas.DataFrame):
        return result
    kind = "None" if result is None else type(result).__name__
    raise WorkerError("HOOK_RESULT_INVALID", "%s returned %s, expected a pandas DataFrame; return one" % (hook, kind))


def package_versions():
    found = {name: getattr(sys.modules.get(name), "__version__", None) for name in SHOWN_PACKAGES}
    found["msgpack"] = ".".join(map(str, sys.modules["msgpack"].version)) if "msgpack" in sys.modules else None
    return {name: str(version) for name, version in found.items() if version is not None}
