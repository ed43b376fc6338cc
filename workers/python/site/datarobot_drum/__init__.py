"""What user code imports from datarobot_drum. A really installed datarobot_drum comes before this one."""

import json
import os

__all__ = ["CustomHTTPError", "RuntimeParameters"]


class CustomHTTPError(Exception):
    """Raised in a hook, it chooses the HTTP status and the words of the answer."""

    def __init__(self, message="the model refused the request", status_code=400):
        super().__init__(message)
        self.status_code = status_code


class RuntimeParameters:
    """Values that are given to the model from outside, in variables MLOPS_RUNTIME_PARAM_<key>: {"type": ..., "payload": ...}."""

    PREFIX = "MLOPS_RUNTIME_PARAM_"

    @classmethod
    def has(cls, key):
        return cls.PREFIX + key in os.environ

    @classmethod
    def get(cls, key):
        """The value. ValueError when it is not set, or is not what its type says."""
        text = os.environ.get(cls.PREFIX + key)
        if text is None:
            raise ValueError("the runtime parameter %r is not set; define it, or ask has() first" % key)
        try:
            definition = json.loads(text)
            kind, payload = definition["type"], definition["payload"]
        except (ValueError, TypeError, KeyError):
            raise ValueError("the runtime parameter %r must be JSON of the form {type, payload}" % key) from None
        if set(definition) != {"type", "payload"} or not cls._suits(kind, payload):
            raise ValueError("the runtime parameter %r has a payload that is no %s" % (key, kind))
        return payload

    @staticmethod
    def _suits(kind, payload):
        if kind not in ("string", "boolean", "numeric", "credential", "deployment"):
            return False
        if payload is None:
            return True
        if kind == "string":
            return isinstance(payload, str) and payload != ""
        if kind == "boolean":
            return isinstance(payload, bool)
        if kind == "numeric":
            return isinstance(payload, (int, float)) and not isinstance(payload, bool)
        if kind == "credential":
            return isinstance(payload, dict) and isinstance(payload.get("credentialType"), str)
        return isinstance(payload, str)
