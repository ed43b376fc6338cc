"""What error handlers of wrapper classes import of Flask, for environments without it."""

import datetime
import decimal
import json
import uuid


class Response:
    """The answer of a handler."""

    def __init__(self, response="", status=200, headers=None, mimetype="text/html", content_type=None):
        self.data = response if isinstance(response, str) else bytes(response).decode("utf-8")
        self.status_code = int(str(status).split()[0])
        self.headers = dict(headers or {})
        self.content_type = content_type or mimetype


def jsonify(*args, **kwargs):
    """A response whose body is the value as JSON, with sorted keys."""
    value = kwargs or (args[0] if len(args) == 1 else list(args))
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=plain)
    return Response(text + "\n", mimetype="application/json")


def plain(value):
    """The text of a value that JSON lacks. Raises TypeError."""
    if isinstance(value, (datetime.date, decimal.Decimal, uuid.UUID)):
        return str(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def make_response(*args):
    """A response of what a handler may return: a body, with a status and headers if it is a tuple."""
    value = args[0] if len(args) == 1 else args
    body, *more = value if isinstance(value, tuple) else (value,)
    response = (
        body
        if isinstance(body, Response)
        else jsonify(body)
        if isinstance(body, (dict, list))
        else Response(body)
    )
    for one in more:
        if isinstance(one, dict):
            response.headers.update(one)
        else:
            response.status_code = int(str(one).split()[0])
    return response


class Blueprint:
    """Keeps error handlers by the exception that they are for."""

    def __init__(self, name, import_name, **_options):
        self.name = name
        self.handlers = {}

    def app_errorhandler(self, kind):
        """Decorates the handler of exceptions of this kind."""

        def register(handler):
            self.handlers[kind] = handler
            return handler

        return register

    errorhandler = app_errorhandler

    def drumline_handler(self, error):
        """(status, body, content type) of the handler that is closest to the error; None without one."""
        for kind in type(error).__mro__:
            if kind in self.handlers:
                response = make_response(self.handlers[kind](error))
                return response.status_code, response.data, response.content_type
        return None
