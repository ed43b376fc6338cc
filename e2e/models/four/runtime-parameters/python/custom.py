"""Tells what it was given from outside; e2e/parameters.test.ts compares the answers of the languages."""

from datarobot_drum import RuntimeParameters
from drumline import UserSecrets

AT_FIRST = RuntimeParameters.get("USUAL")


def load_model(code_dir):
    return RuntimeParameters.get("USUAL")


def described(value):
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "map " + ", ".join("%s: %s" % (name, described(value[name])) for name in sorted(value))
    kind = {str: "text", bool: "boolean", int: "integer", float: "number"}[type(value)]
    return "%s %s" % (kind, str(value).lower() if kind == "boolean" else value)


def score_unstructured(model, data, query):
    source = UserSecrets if query.get("of") == "secrets" else RuntimeParameters
    what = query["do"]
    if what == "first":
        return "%s, %s" % (AT_FIRST, model)
    if what == "has":
        return described(source.has(data))
    told = described(source.get(data))
    if what == "print":
        print("printed: " + told)
        return "done"
    if what == "raise":
        raise ValueError("cannot log in with " + told)
    return told
