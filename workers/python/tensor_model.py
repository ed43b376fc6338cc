"""A model class as MLServer's users write it: loads one, and answers requests (SPEC.md, `infer`)."""

import asyncio
import atexit
import json
import sys
import threading

from .component_class import attempted, class_named, failed
from .hooks import put_first_on_path
from .packages import package_missing
from .protocol import WorkerError, take
from .tensor_values import answer_to_wire, inputs_from_wire
from .tracebacks import text_of, trace_of, words_of

#: What MLServer calls its runtimes begins so.
RUNTIME = "mlserver_"


class TensorModel:
    """An instance of the class, and the event loop that its coroutines run in."""

    def __init__(self, params, progress):
        """Makes the instance and runs its `load`. Raises HOOK_FILE_BROKEN, PACKAGE_MISSING or HOOK_FAILED."""
        component = take(params, "component", dict)
        self.name = take(component, "name", str)
        put_first_on_path(params["code_directory"])
        self.loop = Loop()
        progress("importing %s" % self.name)
        kind = runtime_named(self.name)
        # After the class, so that it says what is missing.
        import mlserver

        self.mlserver = mlserver
        given = json.loads(take(component, "settings", str))
        settings = attempted("model-settings.json", lambda: mlserver.ModelSettings.model_validate(given))
        self.model = attempted(self.name, lambda: kind(settings))
        progress("loading %s" % self.name)
        self.load()
        atexit.register(self.unload)

    def load(self):
        try:
            loaded = self.loop.run(self.model.load())
        except ModuleNotFoundError as error:
            raise package_missing(self.name, error) from None
        except Exception as error:
            raise failed(self.name + ".load", error) from None
        if not loaded:
            words = "%s.load returned %r, so the model is not ready; return True once it can be used"
            raise WorkerError("HOOK_RESULT_INVALID", words % (self.name, loaded))
        self.model.ready = True

    def unload(self):
        try:
            self.loop.run(self.model.unload())
        except Exception as error:
            sys.stdout.write("\x01w%s.unload raised %s\n" % (self.name, words_of(error)))

    def metadata(self):
        """What the model tells of itself."""
        try:
            return self.loop.run(self.model.metadata()).model_dump()
        except Exception as error:
            raise failed(self.name + ".metadata", error) from None

    def names(self):
        """The optional method that the class has."""
        own, given = type(self.model).predict_stream, self.mlserver.MLModel.predict_stream
        return [] if own is given else ["predict_stream"]

    def infer(self, params, send):
        """The answer to a request; with `stream`, none after `send` has had every answer.

        Raises HOOK_FAILED, with the status of errors that have one, and CANCELLED.
        """
        head = json.loads(take(params, "head", str))
        streams = take(params, "stream", bool, optional=True)
        try:
            head["inputs"] = inputs_from_wire(head["inputs"], take(params, "tensors", list), self.mlserver)
            request = self.mlserver.types.InferenceRequest(**head)
            if not streams:
                return answer_to_wire(self.loop.run(self.model.predict(request)))
            self.stream(request, send)
            return {"head": None, "tensors": []}
        except WorkerError:
            raise
        except Exception as error:
            status = getattr(error, "status_code", None)
            if isinstance(status, int) and 400 <= status < 600:
                raise WorkerError("HOOK_FAILED", text_of(error), trace_of(error), status) from None
            raise failed(self.name + (".predict_stream" if streams else ".predict"), error) from None

    def stream(self, request, send):
        """Sends each answer of predict_stream. Steps from this thread, whose request it is."""
        answers = self.model.predict_stream(alone(request))
        if not hasattr(answers, "__anext__"):
            words = "predict_stream returned a %s, expected an asynchronous generator; yield the answers"
            raise WorkerError("HOOK_RESULT_INVALID", words % type(answers).__name__)
        try:
            while True:
                answer = self.loop.run(next_of(answers))
                if answer is END:
                    return
                send(answer_to_wire(answer, "predict_stream yielded"))
        finally:
            if hasattr(answers, "aclose"):
                self.loop.run(closed(answers))


END = object()


async def alone(request):
    """The requests of a stream: one."""
    yield request


async def next_of(answers):
    try:
        return await answers.__anext__()
    except StopAsyncIteration:
        return END


async def closed(answers):
    await answers.aclose()


class Loop:
    """Runs coroutines of all threads in one event loop: what one of them makes, others may use."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.owner = threading.current_thread()
        self.lock = threading.Lock()
        self.thread = None
        asyncio.set_event_loop(self.loop)

    def run(self, work):
        """The result of a coroutine, or what a method that is none returned."""
        if not asyncio.iscoroutine(work):
            return work
        if self.thread is None and threading.current_thread() is self.owner:
            return self.loop.run_until_complete(work)
        with self.lock:
            if self.thread is None:
                self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
                self.thread.start()
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


def runtime_named(name):
    """The class. Raises HOOK_FILE_BROKEN and PACKAGE_MISSING, with the remedy for MLServer's own runtimes."""
    try:
        return class_named(name)
    except WorkerError as error:
        if error.code != "HOOK_FILE_BROKEN" or not name.startswith(RUNTIME):
            raise
        words = (
            "the implementation %s of model-settings.json is not served by itself: drum has SKLearnModel, "
            "XGBoostModel and LightGBMModel; add mlserver and %s to the requirements.txt of the folder and "
            "pass --install-deps, or name a class of your own"
        )
        package = name.split(".")[0].replace("_", "-")
        raise WorkerError("HOOK_FILE_BROKEN", words % (name, package), error.traceback) from None
