"""The loaded model, and the methods load, predict, transform and post_process."""

import gc
import os

from .artifacts import choose_artifact, choose_predictor, load_artifact
from .hooks import Hooks, hook_missing
from .mlops import MLOps
from .packages import package_missing, package_versions
from .parameters import give_to_user_code, target_type_for_hooks
from .predictor import rows_of
from .protocol import WorkerError, take, take_texts

TRANSFORM = "transform"  # the target type and its hook
UNSTRUCTURED_HOOKS = ["init", "load_model", "score_unstructured"]


class Model:
    """What load has loaded. The methods of SPEC.md section 6 take params and return a result."""

    def __init__(self, channel):
        self.channel = channel  # takes progress, chunks and reports
        self.dataframes = None  # the module, when the model may take tables
        self.hooks = None  # until a model is loaded
        self.loaded = None  # what load_model returned, or the artifact held
        self.predictor = None
        self.target_type = None
        self.mlops = None  # what unstructured hooks report with
        self.score_arguments = {}
        self.texts = {}  # columns that are read as they are written
        self.is_predictor_alone = False  # so that no hook sees the data
        self.component = None  # a wrapper class in place of all of these
        self.tensor_model = None  # or a model class that answers tensors

    def load(self, params):
        """Loads the hook file and the model; says what there is to serve requests with."""
        check_model(params)
        take_texts(params, "artifacts")
        give_to_user_code(params)
        if take(params, "component", dict, optional=True) is not None:
            return self.load_component(params)
        target_type = params["target_type"]
        takes_tables = target_type != "unstructured"
        if params.get("hook_file"):
            self.channel.progress("loading " + os.path.basename(params["hook_file"]))
        hooks = Hooks(params.get("hook_file"), params["code_directory"], used_hooks(params))
        dataframes = self.import_dataframes(hooks) if takes_tables else None
        init = hooks.hook_for("init")
        if init is not None:
            init(code_dir=params["code_directory"])
        loaded = load_model(hooks, params, self.channel.progress)
        scores_itself = hooks.hook_for(TRANSFORM if target_type == TRANSFORM else "score") is not None
        predictor = find_predictor(loaded, hooks, params) if takes_tables and not scores_itself else None
        self.dataframes, self.hooks, self.loaded, self.predictor = dataframes, hooks, loaded, predictor
        self.target_type = target_type
        self.mlops = MLOps(self.channel.notify) if params.get("reports") else None
        self.score_arguments = score_arguments(params)
        signature = predictor.signature if predictor else None
        transforms = hooks.hook_for("read_input_data") or hooks.hook_for(TRANSFORM)
        self.texts = signature.texts() if signature and not transforms else {}
        self.is_predictor_alone = predictor is not None and not transforms and target_type != TRANSFORM
        # What was loaded lives as long as the worker: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        return {
            "hooks": hooks.names(),
            "predictor": predictor.name if predictor else None,
            "signature": signature.to_wire() if signature else None,
            "payload_formats": dataframes.payload_formats() if dataframes else {},
            "packages": package_versions(),
        }

    def load_component(self, params):
        """Makes the instance of a wrapper class or model class, and runs its `load`."""
        if params["component"].get("settings") is not None:
            self.tensor_model = self.made_tensor_model(params)
            hooks, metadata = self.tensor_model.names(), self.tensor_model.metadata()
        else:
            self.component = self.made_component(params)
            self.component.load(self.channel.progress)
            hooks, metadata = self.component.names(), self.component.metadata()
        gc.collect()
        gc.freeze()
        return {
            "hooks": hooks,
            "predictor": None,
            "payload_formats": {},
            "packages": package_versions(),
            "metadata": metadata,
        }

    def made_tensor_model(self, params):
        try:
            from .tensor_model import TensorModel
        except ModuleNotFoundError as error:
            raise package_missing("a model class", error) from None
        return TensorModel(params, self.channel.progress)

    def made_component(self, params):
        try:
            from .component import Component
        except ModuleNotFoundError as error:
            raise package_missing("a wrapper class", error) from None
        return Component(params, self.channel.progress)

    def serve(self, params):
        """Runs the service of a wrapper class, which may never end."""
        check_model(params)
        give_to_user_code(params)
        take(params, "component", dict)
        self.made_component(params).serve()
        return {}

    def call(self, params):
        """The answer of the wrapper class to a message. Raises NOT_LOADED."""
        if self.component is None:
            raise WorkerError("NOT_LOADED", "the request came before a wrapper class was loaded; load first")
        return self.component.call(params)

    def infer(self, params):
        """The tensors with which the model class answers a request. Raises NOT_LOADED."""
        if self.tensor_model is None:
            raise WorkerError("NOT_LOADED", "the request came before a model class was loaded; load first")
        return self.tensor_model.infer(params, self.channel.chunk)

    def predict(self, params):
        """Predictions of the rows of a payload, by the hook score or the predictor."""
        score = self.hook_for("score")
        data, arguments = self.read(take(params, "payload", dict), bare=self.is_predictor_alone)
        rows = rows_of(data)
        data = self.transformed(data)
        if score is not None:
            result = score(data, self.loaded, **self.score_arguments, **arguments)
            result = self.dataframes.check_frame("score", result)
            return {"rows": rows, "labelled": True, **self.dataframes.frame_to_wire(result)}
        if self.predictor is None:
            words = "there is nothing to score with here; ask the worker that scores"
            raise WorkerError("ARTIFACT_MISSING", words)
        values, labels = self.predictor.predict(data)
        return {"rows": rows, "labelled": labels is not None, **self.dataframes.array_to_wire(values, labels)}

    def transform(self, params):
        """The rows of a payload, transformed, as a table or a matrix."""
        hook = self.hook_for("transform")
        data, _ = self.read(take(params, "payload", dict))
        rows = rows_of(data)
        target = self.read_target(params, rows)
        data = self.transformed(data, target)
        source = "read_input_data" if hook is None else "transform"
        wire = self.dataframes.data_to_wire(source, data, params.get("sparse"))
        if target is not None:
            target = self.dataframes.frame_to_wire(target, nan_is_missing=True)["predictions"]
        return {"rows": rows_of(data) if rows is None else rows, "target": target, **wire}

    def post_process(self, params):
        """What the hook post_process makes of checked predictions."""
        hook = self.hook_for("post_process")
        if hook is None:
            raise hook_missing("post_process")
        predictions = self.dataframes.table_to_frame(params.get("predictions"))
        result = self.dataframes.check_frame("post_process", hook(predictions, self.loaded))
        return {"labelled": True, **self.dataframes.frame_to_wire(result)}

    def hook_for(self, name):
        """The hook, or None. Raises NOT_LOADED."""
        if self.hooks is None:
            raise WorkerError("NOT_LOADED", "the request came before a load had succeeded; load first")
        return self.hooks.hook_for(name)

    def import_dataframes(self, hooks):
        """The module, which imports pandas; None where pandas is missing and the model may chat alone.

        pandas takes a while, so it is imported with the model and not before hello.
        """
        self.channel.progress("importing pandas")
        try:
            from . import dataframes
        except ModuleNotFoundError as error:
            if hooks.hook_for("chat") is not None and hooks.hook_for("score") is None:
                return None
            raise package_missing("a structured model", error) from None
        return dataframes

    def read(self, payload, bare=False):
        """The data of a payload, `bare` as Numbers perhaps, and the keyword arguments that the hook score may
        take beside it.
        """
        if self.dataframes is None:
            raise WorkerError(
                "ARTIFACT_MISSING", "there is nothing to score with here: the model chats alone"
            )
        reader, score = self.hook_for("read_input_data"), self.hook_for("score")
        if payload.get("kind") == "table":
            reader = None  # Another worker has read it.
        if payload.get("kind") == "file" and (reader or (score and score.takes("binary_data"))):
            payload = self.dataframes.file_as_bytes(payload)
        arguments = {"mimetype": payload.get("mimetype"), "charset": payload.get("charset")}
        arguments["binary_data"] = payload.get("data")  # None of a table
        arguments["sparse_colnames"] = payload.get("column_names")
        if reader is None:
            return self.dataframes.read(payload, self.texts, bare), arguments
        data = reader(self.dataframes.bytes_of(payload))
        if data is None:
            words = "read_input_data returned None, expected the data; return it, e.g. as a DataFrame"
            raise WorkerError("HOOK_RESULT_INVALID", words)
        return data, arguments

    def read_target(self, params, rows):
        """What belongs to the rows, as a frame; None where nothing came."""
        payload = take(params, "target", dict, optional=True)
        if payload is None:
            return None
        target = self.dataframes.read(payload)
        if rows is not None and len(target) != rows:
            words = "the target has %d rows for %d of input; send one row of it a row"
            raise WorkerError("INPUT_UNREADABLE", words % (len(target), rows))
        return target

    def transformed(self, data, target=None):
        """What the hook transform makes of the data, or the predictor for the target type transform."""
        hook = self.hook_for("transform")
        if self.target_type != TRANSFORM:
            if hook is None:
                return data
            return self.dataframes.check_frame("transform", hook(data, self.loaded))
        if hook is not None:
            arguments = (data, self.loaded, target) if hook.positional > 2 else (data, self.loaded)
            return self.dataframes.check_data("transform", hook(*arguments))
        if self.predictor is None:
            return data
        return self.dataframes.as_data("the model", self.predictor.predict(data)[0])


def check_model(params):
    """Checks the fields that load and fit have in common. Raises PARAMS_INVALID."""
    for name in ("code_directory", "target_type"):
        take(params, name, str)
    for name in ("hook_file", "positive_class_label", "negative_class_label"):
        take(params, name, str, optional=True)
    take_texts(params, "class_labels", optional=True)
    take_texts(params, "hooks", optional=True)
    for name in ("runtime_parameters", "user_secrets"):
        take(params, name, dict, optional=True)


def used_hooks(params):
    """Names of the hooks that count, None for all."""
    used = params.get("hooks")
    if params["target_type"] != "unstructured":
        return used
    return [name for name in UNSTRUCTURED_HOOKS if used is None or name in used]


def score_arguments(params):
    """Keyword arguments of the score hook that are the same for every request."""
    arguments = {"target_type": target_type_for_hooks(params["target_type"])}
    if params["target_type"] == "binary":
        arguments["positive_class_label"] = params.get("positive_class_label")
        arguments["negative_class_label"] = params.get("negative_class_label")
    elif params.get("class_labels"):
        arguments["class_labels"] = params["class_labels"]
    return arguments


def requested_labels(params):
    """The class labels of a load, of two the negative one first; empty where none came."""
    names = params.get("class_labels") or [
        params.get("negative_class_label"),
        params.get("positive_class_label"),
    ]
    return [name for name in names if name is not None]


def load_model(hooks, params, progress):
    """What the hook load_model returns, else what the artifact holds; None where no model is needed."""
    hook = hooks.hook_for("load_model")
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
    """None for a model that only hooks use."""
    try:
        return choose_predictor(model, params["target_type"], requested_labels(params))
    except WorkerError as error:
        if may_have_no_predictor(hooks, params) and error.code == "ARTIFACT_UNSUPPORTED":
            return None
        raise


def may_have_no_predictor(hooks, params):
    """Whether a worker of another language may score, or the model just chats."""
    return params.get("partial") or hooks.hook_for("chat") is not None
