"""A wrapper class as Seldon's users write it: loads one, and answers messages with it (SPEC.md, `call`)."""

import os
import sys

from .component_class import (
    attempted,
    class_named,
    failed,
    is_named,
    is_not_implemented,
    message_of,
    takes_meta,
)
from .component_messages import (
    MISSING,
    Payload,
    Refusal,
    error_of,
    merged,
    only_puid,
    packed,
    printed,
    read,
)
from .component_metrics import checked, labelled, metric_to_wire
from .component_whole import BODY, FEEDBACK, JSON, KINDS, PROTOBUF, parsed, whole_answer, whole_methods
from .feedback import Feedback, as_proto
from .hooks import put_first_on_path
from .protocol import take
from .tracebacks import text_of, trace_of, words_of

#: The methods that answer messages, with the label that their metrics get.
METHODS = {
    "predict": "predict",
    "transform_input": "inputtransform",
    "transform_output": "outputtransform",
    "route": "router",
    "aggregate": "aggregate",
    "send_feedback": "feedback",
    "health_status": "health",
}


class Component:
    """An instance of the class, and what its answers say of the node that it is."""

    def __init__(self, params, progress):
        """Makes the instance. Raises HOOK_FILE_BROKEN, PACKAGE_MISSING or HOOK_FAILED."""
        component = take(params, "component", dict)
        self.name = take(component, "name", str)
        self.unit = take(component, "unit", str, optional=True)
        self.image = take(component, "image", str, optional=True)
        self.tells_metrics = component.get("tells_metrics", True)
        put_first_on_path(params["code_directory"])
        # Last, so that seldon-core and Flask themselves count where they are installed.
        sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "wrapper_site"))
        progress("importing %s" % self.name)
        kind = class_named(self.name)
        progress("making %s" % self.name)
        parameters = take(component, "parameters", dict)
        self.user = attempted(self.name, lambda: kind(**parameters))

    def load(self, progress):
        """Runs the method `load` of the class. Raises HOOK_FAILED."""
        if self.method("metrics") is None:
            sys.stdout.write("\x01d%s has no method metrics, so it measures nothing\n" % self.name)
        load = self.method("load")
        if load is None:
            return
        progress("running load")
        try:
            load()
        except (AttributeError, NotImplementedError) as error:
            # Seldon's wrapper goes on without a word.
            sys.stdout.write(
                "\x01w%s.load raised %s; the model is served without it\n" % (self.name, words_of(error))
            )
        except Exception as error:
            raise failed(self.name + ".load", error) from None

    def method(self, name):
        """The method, or None."""
        method = getattr(self.user, name, None)
        return method if callable(method) else None

    def names(self):
        """The methods that the class has of those that answer messages, and what it has beside them.

        Those with `_raw` take protobuf messages.
        """
        names = [name for name in METHODS if self.method(name) or self.method(name + "_raw")]
        names += [name + "_raw" for name in METHODS if whole_methods(self, name, PROTOBUF)]
        return names + ["custom_service"] * (self.method("custom_service") is not None)

    def serve(self):
        """Runs the method `custom_service` of the class. Raises HOOK_FAILED."""
        attempted(self.name + ".custom_service", self.user.custom_service)

    def metadata(self):
        """What the class tells of itself, or None."""
        method = self.method("init_metadata") or self.method("metadata")
        if method is None:
            return None
        try:
            told = method()
        except Exception as error:
            if is_not_implemented(error):
                return None
            raise failed("%s.%s" % (self.name, method.__name__), error) from None
        return told if isinstance(told, dict) else None

    # -- calls -------------------------------------------------------------------------------------

    def call(self, params):
        """Answers a message with a method. What the method raises is an answer too."""
        name = take(params, "method", str)
        form = take(params, "form", str, optional=True) or JSON
        message = (
            params.get("message") if form == BODY else take(params, "message", KINDS[form], optional=True)
        )
        metrics = []  # of this node
        try:
            if form == JSON and name != "health_status":
                message = read(message)
            answered = whole_answer(self, name, message, form, metrics)
            if answered is MISSING:
                answered = 200, self.answer(name, parsed(name, message, form), metrics)
            status, answer = answered
            is_sent = isinstance(answer, bytes) or (form == BODY and isinstance(answer, str))
            return result_of(status, answer if is_sent else printed(answer), metrics)
        except Exception as error:
            return self.refuse(error, metrics)

    def refuse(self, error, metrics):
        try:
            handled = handle(getattr(self.user, "model_error_handler", None), error)
        except Exception as raised:
            handled, error = None, raised  # The handler itself fails.
        if handled is not None:
            status, body, content_type = handled
            return result_of(status, body, metrics, content_type)
        status = getattr(error, "status_code", None)
        if isinstance(error, Refusal) or (is_named(error, "SeldonMicroserviceException") and status):
            reason = getattr(error, "reason", "MICROSERVICE_BAD_DATA")
            return result_of(status, printed(error_of(message_of(error), reason)), metrics)
        told = error_of(text_of(error), "MICROSERVICE_INTERNAL_ERROR")
        return result_of(500, printed(told), metrics, traceback=trace_of(error))

    def answer(self, name, message, metrics):
        """What the methods for parts of messages answer. Adds the metrics of this node to `metrics`."""
        if name == "aggregate":
            return self.aggregate(message, metrics)
        if name == FEEDBACK:
            return self.send_feedback(Feedback(message), metrics)
        if name == "health_status":
            return self.health_status(metrics)
        payload = Payload(message)
        arguments = (payload.value, payload.names)
        returned = self.ask(name, arguments, payload.meta_or_none())
        if name == "route":
            return self.routed(returned, payload, metrics)
        if isinstance(returned, Absence):
            returned = [] if name == "predict" else payload.value
        return self.told(name, Result(returned), payload.form, payload.meta, metrics)

    def ask(self, name, arguments, meta):
        """What the method returns, or an Absence."""
        method = self.method(name)
        if method is None:
            return Absence()
        try:
            if takes_meta(method):
                return method(*arguments, meta=meta)
            return method(*arguments)
        except Exception as error:
            if is_not_implemented(error):
                return Absence(message_of(error))
            raise

    def ask_plainly(self, name):
        """What a method without arguments returns, or an Absence."""
        method = self.method(name)
        if method is None:
            return Absence()
        try:
            return method()
        except Exception as error:
            if is_not_implemented(error):
                return Absence(message_of(error))
            raise

    def routed(self, returned, payload, metrics):
        if isinstance(returned, Absence):
            raise Refusal(returned.words or "Route not defined")
        result = Result(returned)
        if not isinstance(result.data, int):
            raise Refusal("Routing response must be int but got %s" % (result.data,))
        result.data = [[result.data]]
        return self.told("route", result, payload.form, only_puid(payload.meta), metrics)

    def aggregate(self, messages, metrics):
        items = messages.get("seldonMessages") if isinstance(messages, dict) else messages
        if not isinstance(items, list):
            raise Refusal("Invalid request data type: %s" % (messages,))
        payloads = [Payload(item) for item in items]
        metas = [payload.meta for payload in payloads if payload.meta is not MISSING]
        arguments = [payload.value for payload in payloads], [payload.names for payload in payloads]
        returned = self.ask("aggregate", arguments, metas)
        if isinstance(returned, Absence):
            raise Refusal(returned.words or "Aggregate not defined")
        return self.told("aggregate", Result(returned), payloads[0].form, merged(metas), metrics)

    def send_feedback(self, feedback, metrics):
        method, returned = self.method("send_feedback"), []
        if method is not None:
            arguments = (feedback.features, feedback.names, feedback.reward, feedback.truth)
            try:
                returned = method(*arguments, routing=feedback.routing_of(self.unit))
            except Exception as error:
                if not is_not_implemented(error):
                    raise
        result = Result(returned)
        if result.data is None:
            result.data = []
        return as_proto(self.told("send_feedback", result, feedback.form, feedback.meta, metrics))

    def health_status(self, metrics):
        returned = self.ask_plainly("health_status")
        if isinstance(returned, Absence):
            returned = "not implemented - assuming healthy" if returned.words else "healthy"
        return self.told("health_status", Result(returned), None, MISSING, metrics)

    # -- answers -----------------------------------------------------------------------------------

    def told(self, name, result, form, meta, metrics):
        """The whole answer: the result, with tags and metrics of the request, the class and the result."""
        asked = {} if meta is MISSING else meta
        tags = {**(asked.get("tags") or {}), **self.own("tags", {}), **result.tags}
        own = labelled([*checked(self.own("metrics", [])), *result.metrics], METHODS[name])
        metrics.extend(map(metric_to_wire, own))
        listed = [*asked.get("metrics", []), *(own if self.tells_metrics else [])]
        answer = {"puid": asked["puid"]} if "puid" in asked else {}
        if tags:
            answer["tags"] = tags
        if listed:
            answer["metrics"] = listed
        if self.unit is not None:
            answer["requestPath"] = {self.unit: self.image, **asked.get("requestPath", {})}
        return {"meta": answer, **packed(result.data, form, self.class_names)}

    def own(self, name, absent):
        returned = self.ask_plainly(name)
        return absent if isinstance(returned, Absence) else returned

    def class_names(self):
        """The names that the class has for columns, or None."""
        names = getattr(self.user, "class_names", None)
        if not callable(names):
            return names
        return self.own("class_names", None)


class Absence:
    """In place of what a method returns that the class lacks; `words` if it said so itself."""

    def __init__(self, words=None):
        self.words = words


class Result:
    """What a method returned, with the tags and metrics of a SeldonResponse."""

    def __init__(self, returned):
        responds = is_named(returned, "SeldonResponse")
        self.data = returned.data if responds else returned
        self.tags = (responds and returned.tags) or {}
        self.metrics = checked((responds and returned.metrics) or [])


def result_of(status, body, metrics, content_type="application/json", traceback=None):
    return {
        "status": status,
        "type": content_type,
        "message": body,
        "metrics": metrics,
        "traceback": traceback,
    }


def handle(blueprint, error):
    """(status, body, content type) of what the user's own handlers say of an error; None without one."""
    if blueprint is None:
        return None
    from .blueprints import handled_by

    return handled_by(blueprint, error)
