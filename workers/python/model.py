"""One loaded model: load, predict, transform, post_process, straight down."""

import gc
import os
import sys

from . import chat, mlops, unstructured
from .artifacts import choose_artifact, choose_predictor, labels_that_count, load_artifact
from .hooks import Hooks, package_missing
from .protocol import WorkerError, take, take_texts
from .tracebacks import text_of, trace_of

TRANSFORM = "transform"  # the target type and its hook
UNSTRUCTURED_HOOKS = ["init", "load_model", "score_unstructured"]
SHOWN_PACKAGES = [
    "pandas",
    "numpy",
    "sklearn",
    "scipy",
    "xgboost",
    "torch",
    "keras",
    "tensorflow",
    "onnxruntime",
    "joblib",
    "msgpack",
]


class Model:
    """Its public methods are the requests of protocol/SPEC.md section 6: params in, result out."""

    def __init__(self, stream):
        self.stream = stream  # Takes what is told beside the results: progress, chunks, reports.
        self.codecs = None
        self.hooks = None  # as long as nothing is loaded
        self.model = None
        self.predictor = None
        self.target_type = None
        self.mlops = None  # what unstructured hooks report with
        self.score_arguments = {}
        self.requested_labels = []

    def ping(self, _params):
        return {}

    def load(self, params):
        check_load(params)
        give_to_user_code(params)
        is_table = params["target_type"] != "unstructured"
        if params.get("hook_file"):
            self.stream.progress("loading " + os.path.basename(params["hook_file"]))
        hooks = Hooks(params.get("hook_file"), params["code_directory"], used_hooks(params))
        codecs = self.import_codecs(hooks) if is_table else None
        if hooks.get("init"):
            hooks.get("init")(code_dir=params["code_directory"])
        model = load_model(hooks, params, self.stream.progress)
        predictor = (
            find_predictor(model, hooks, params)
            if is_table and not hooks.get(scoring_hook(params["target_type"]))
            else None
        )
        self.codecs, self.hooks, self.model, self.predictor = codecs, hooks, model, predictor
        self.target_type = params["target_type"]
        self.mlops = mlops.MLOps(self.stream.notify) if params.get("reports") else None
        self.score_arguments = score_arguments(params)
        self.requested_labels = requested_labels(params)
        # What was loaded lives as long as the worker: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        return {
            "hooks": hooks.names(),
            "predictor": predictor.name if predictor else None,
            "payload_formats": codecs.payload_formats() if codecs else {},
            "packages": package_versions(),
        }

    def predict(self, params):
        hooks = self.loaded_hooks()
        data, arguments = self.read(hooks, take(params, "payload", dict))
        rows = rows_of(data)
        data = self.transformed(hooks, data)
        score = hooks.get("score")
        if score:
            result = self.codecs.check_frame(
                "score", score(data, self.model, **self.score_arguments, **arguments)
            )
            return {"rows": rows, "labelled": True, **self.codecs.frame_to_wire(result)}
        if self.predictor is None:
            raise WorkerError(
                "ARTIFACT_MISSING", "there is nothing to score with here; ask the worker that scores"
            )
        values, labels = self.apply_predictor(data)
        return {"rows": rows, "labelled": labels is not None, **self.codecs.array_to_wire(values, labels)}

    def transform(self, params):
        hooks = self.loaded_hooks()
        data, _ = self.read(hooks, take(params, "payload", dict))
        rows = rows_of(data)
        target = self.read_target(params, rows)
        data = self.transformed(hooks, data, target)
        wire = self.codecs.data_to_wire(
            "transform" if hooks.get("transform") else "read_input_data", data, params.get("sparse")
        )
        target = (
            None if target is None else self.codecs.frame_to_wire(target, nan_is_missing=True)["predictions"]
        )
        return {"rows": rows_of(data) if rows is None else rows, "target": target, **wire}

    def post_process(self, params):
        post_process = self.loaded_hooks().get("post_process")
        if post_process is None:
            raise WorkerError(
                "METHOD_UNKNOWN",
                "the hook file defines no post_process; ask only models that list it among their hooks",
            )
        predictions = self.codecs.table_to_frame(params.get("predictions"))
        result = self.codecs.check_frame("post_process", post_process(predictions, self.model))
        return {"labelled": True, **self.codecs.frame_to_wire(result)}

    def score_unstructured(self, params):
        score_unstructured = self.loaded_hooks().get("score_unstructured")
        if score_unstructured is None:
            raise WorkerError(
                "METHOD_UNKNOWN",
                "the hook file defines no score_unstructured; ask only models that list it among their hooks",
            )
        data, arguments = unstructured.read(params)
        if self.mlops is not None:
            arguments["mlops"] = self.mlops
        return unstructured.result_to_wire(score_unstructured(self.model, data, **arguments))

    def chat(self, params):
        hook = self.loaded_hooks().get("chat")
        if hook is None:
            raise WorkerError(
                "METHOD_UNKNOWN",
                "the hook file defines no chat; ask only models that list it among their hooks",
            )
        result = hook(
            take(params, "request", dict),
            self.model,
            headers=unstructured.Headers(take(params, "headers", dict)),
        )
        return chat.answer(result, self.stream.chunk)

    def models(self, _params):
        hook = self.loaded_hooks().get("get_supported_llm_models")
        if hook is None:
            raise WorkerError(
                "METHOD_UNKNOWN",
                (
                    "the hook file defines no get_supported_llm_models; "
                    "ask only models that list it among their hooks"
                ),
            )
        return {"models": chat.supported_models(hook(self.model))}

    def fit(self, params):
        from .fitting import fit  # Other requests have no use for it.

        return fit(params, self.stream.progress)

    def transformed(self, hooks, data, target=None):
        """What the hook transform makes of the data, and for the target type transform the predictor where
        there is no hook.
        """
        transform = hooks.get("transform")
        if self.target_type == TRANSFORM:
            if transform is None:
                return (
                    data
                    if self.predictor is None
                    else self.codecs.as_data("the model", self.apply_predictor(data)[0])
                )
            arguments = (data, self.model, target) if transform.positional > 2 else (data, self.model)
            return self.codecs.check_data("transform", transform(*arguments))
        return self.codecs.check_frame("transform", transform(data, self.model)) if transform else data

    def read_target(self, params, rows):
        """What belongs to the rows, as a frame; None where nothing came."""
        payload = take(params, "target", dict, optional=True)
        if payload is None:
            return None
        target = self.codecs.read(payload)
        if rows is not None and len(target) != rows:
            message = "the target has %d rows for %d of input; send one row of it a row"
            raise WorkerError("INPUT_UNREADABLE", message % (len(target), rows))
        return target

    def import_codecs(self, hooks):
        """pandas takes a while, so it is imported when the model is, not before hello.

        None where it is missing and the model may chat alone.
        """
        self.stream.progress("importing pandas")
        try:
            from . import codecs
        except ModuleNotFoundError as error:
            if hooks.get("chat") and not hooks.get("score"):
                return None
            raise package_missing("a structured model", error) from None
        return codecs

    def loaded_hooks(self):
        if self.hooks is None:
            raise WorkerError("NOT_LOADED", "the request came before a load had succeeded; load first")
        return self.hooks

    def read(self, hooks, payload):
        """The data that the next stage gets, and what else the score hook may want to know of it."""
        if self.codecs is None:
            raise WorkerError(
                "ARTIFACT_MISSING", "there is nothing to score with here: the model chats alone"
            )
        reader, score = hooks.get("read_input_data"), hooks.get("score")
        if payload.get("kind") == "table":
            reader = None  # It was read already.
        if payload.get("kind") == "file" and (reader or (score and score.takes("binary_data"))):
            payload = self.codecs.file_as_bytes(payload)
        arguments = {"mimetype": payload.get("mimetype"), "charset": payload.get("charset")}
        if payload.get("kind") == "bytes":
            arguments["binary_data"] = payload.get("data")
        if payload.get("column_names"):
            arguments["sparse_colnames"] = payload["column_names"]
        if reader is None:
            return self.codecs.read(payload), arguments
        data = reader(self.codecs.bytes_of(payload))
        if data is None:
            raise WorkerError(
                "HOOK_RESULT_INVALID",
                "read_input_data returned None, expected the data; return it, e.g. as a DataFrame",
            )
        return data, arguments

    def apply_predictor(self, data):
        if rows_of(data) == 0:
            raise WorkerError(
                "INPUT_EMPTY",
                "the data has columns but no rows, and a built-in predictor needs one at least; send rows",
            )
        try:
            values, labels = self.predictor.predict(self.model, data, self.target_type)
            return values, labels_that_count(labels, self.requested_labels)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            message = "the model could not predict: %s: %s%s" % (
                type(error).__name__,
                text_of(error),
                columns_in_words(data),
            )
            raise WorkerError("PREDICTOR_FAILED", message, trace_of(error)) from None


def scoring_hook(target_type):
    """The hook that takes the place of a predictor."""
    return TRANSFORM if target_type == TRANSFORM else "score"


def check_load(params):
    check_model(params)
    take_texts(params, "artifacts")


def check_model(params):
    """The fields that load and fit have in common."""
    for name in ("code_directory", "target_type"):
        take(params, name, str)
    for name in ("hook_file", "positive_class_label", "negative_class_label"):
        take(params, name, str, optional=True)
    take_texts(params, "class_labels", optional=True)
    take_texts(params, "hooks", optional=True)
    for name in ("runtime_parameters", "user_secrets"):
        take(params, name, dict, optional=True)


def give_to_user_code(params):
    # Not at the top: the site folder is on the path by now.
    from drumline import RuntimeParameters, UserSecrets

    RuntimeParameters.given = params.get("runtime_parameters") or {}
    UserSecrets.given = params.get("user_secrets") or {}


def used_hooks(params):
    """Names of the hooks that count, None for all."""
    used = params.get("hooks")
    if params["target_type"] != "unstructured":
        return used
    return [name for name in UNSTRUCTURED_HOOKS if used is None or name in used]


def score_arguments(params):
    """Keyword arguments of the score hook that are the same for every request."""
    arguments = {"target_type": params["target_type"]}
    if params["target_type"] == "binary":
        arguments["positive_class_label"] = params.get("positive_class_label")
        arguments["negative_class_label"] = params.get("negative_class_label")
    elif params.get("class_labels"):
        arguments["class_labels"] = params["class_labels"]
    return arguments


def requested_labels(params):
    names = params.get("class_labels") or [
        params.get("negative_class_label"),
        params.get("positive_class_label"),
    ]
    return [name for name in names if name is not None]


def columns_in_words(data):
    """The columns that a model was given, for its errors: most of them are about these."""
    columns = getattr(data, "columns", ())
    if not hasattr(columns, "__len__") or len(columns) == 0:
        return ""
    count = "1 column" if len(columns) == 1 else "%d columns" % len(columns)
    return "; the data has %s: %s%s" % (
        count,
        ", ".join(map(str, columns[:10])),
        ", and so on" if len(columns) > 10 else "",
    )


def load_model(hooks, params, progress):
    hook = hooks.get("load_model")
    if hook is None:
        if not params["artifacts"] and may_have_no_predictor(hooks, params):
            return None
        artifact = choose_artifact(params["artifacts"], params["code_directory"])
        progress("reading " + os.path.basename(artifact))
        return load_artifact(artifact)
    progress("running load_model")
    model = hook(params["code_directory"])
    if model is None:
        raise WorkerError("HOOK_RESULT_INVALID", "load_model returned None, expected the model; return it")
    return model


def find_predictor(model, hooks, params):
    """None for a model that is for the hooks alone."""
    try:
        return choose_predictor(model, params["target_type"])
    except WorkerError as error:
        if may_have_no_predictor(hooks, params) and error.code == "ARTIFACT_UNSUPPORTED":
            return None
        raise


def may_have_no_predictor(hooks, params):
    """A worker of another language may be the one that scores, or the model just chats."""
    return params.get("partial") or hooks.get("chat") is not None


def rows_of(data):
    """Rows of a frame, an array or a matrix; of anything else that read_input_data may return it is not
    known what a row is.
    """
    shape = getattr(data, "shape", None)
    return int(shape[0]) if isinstance(shape, tuple) and shape else None


def package_versions():
    found = {name: getattr(sys.modules.get(name), "__version__", None) for name in SHOWN_PACKAGES}
    if "msgpack" in sys.modules:
        found["msgpack"] = ".".join(map(str, sys.modules["msgpack"].version))
    return {name: str(version) for name, version in found.items() if version is not None}
