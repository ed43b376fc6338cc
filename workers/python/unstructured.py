"""The method score_unstructured: what its hook gets beside the data, and what it may return."""

from .hooks import hook_missing
from .protocol import WorkerError, take

EXPECTED = "return text or bytes, or a tuple of it and {'mimetype': …, 'charset': …}"


class QueryKeyError(KeyError):
    """The query lacks a parameter that the hook needs: the caller is at fault."""

    status_code = 400

    def __str__(self):
        return "the query has no parameter %s; add it to the URL" % self.args


class Query(dict):
    """The query parameters of a URL: the first value of each name."""

    def __init__(self, values):
        super().__init__({name: several[0] for name, several in values.items()})
        self.values_by_name = values

    def __missing__(self, name):
        raise QueryKeyError(name)

    def getlist(self, name):
        """All values of the name, in the order in which they came."""
        return list(self.values_by_name.get(name, []))


class Headers(dict):
    """HTTP headers by name; upper and lower case are the same."""

    def __init__(self, headers):
        super().__init__({name.lower(): value for name, value in headers.items()})

    def __getitem__(self, name):
        return super().__getitem__(name.lower())

    def __contains__(self, name):
        return super().__contains__(name.lower())

    def get(self, name, default=None):
        return super().get(name.lower(), default)


def score_unstructured(model, params):
    """Calls the hook with the loaded model. Raises METHOD_UNKNOWN, HOOK_FAILED or HOOK_RESULT_INVALID."""
    hook = model.hook_for("score_unstructured")
    if hook is None:
        raise hook_missing("score_unstructured")
    data, arguments = read(params)
    if model.mlops is not None:
        arguments["mlops"] = model.mlops
    return result_to_wire(hook(model.loaded, data, **arguments))


def read(params):
    """The data as str or bytes, and the keyword arguments that the request has for the hook.

    Raises PARAMS_INVALID.
    """
    data = params.get("data")
    if not isinstance(data, (str, bytes)):
        raise WorkerError(
            "PARAMS_INVALID", "the field data must be a str or bin, got %s" % type(data).__name__
        )
    return data, {
        "mimetype": take(params, "mimetype", str),
        "charset": take(params, "charset", str),
        "query": Query(take(params, "query", dict)),
        "headers": Headers(take(params, "headers", dict)),
    }


def result_to_wire(result):
    """Raises HOOK_RESULT_INVALID for what is neither text nor bytes nor None, alone or with mimetype and
    charset.
    """
    data, named = result if isinstance(result, tuple) and len(result) == 2 else (result, None)
    if not isinstance(data, (str, bytes, bytearray, type(None))):
        raise invalid("score_unstructured returned %s" % described(result))
    if not isinstance(named, (dict, type(None))):
        raise invalid(
            "score_unstructured returned %s beside its data, expected a dict" % type(named).__name__
        )
    return {
        "data": bytes(data) if isinstance(data, bytearray) else data,
        **{name: text_in(named or {}, name) for name in ("mimetype", "charset")},
    }


def text_in(named, name):
    value = named.get(name)
    if value is None or isinstance(value, str):
        return value
    raise invalid("score_unstructured returned %s as %s, expected text" % (type(value).__name__, name))


def described(result):
    if isinstance(result, tuple):
        return "a tuple of %s" % (", ".join(type(one).__name__ for one in result) or "nothing")
    return "%s" % type(result).__name__


def invalid(what):
    return WorkerError("HOOK_RESULT_INVALID", "%s; %s" % (what, EXPECTED))
