"""Returns what the query asks for; e2e/unstructured.test.ts compares the answers of the languages."""

from datarobot_drum import CustomHTTPError


def load_model(code_dir):
    return "model"


def score_unstructured(model, data, mimetype, charset, query, headers):
    what = query.get("do", "describe")
    if what == "raise":
        raise ValueError("no luck with 42")
    if what == "refuse":
        raise CustomHTTPError("no tea", 418)
    if what == "absent":
        return query["absent"]
    returned = {
        "echo": data,
        "bytes": b"\x00\xff\n",
        "nothing": None,
        "named text": ("grüße", {"mimetype": "text/html", "charset": "latin1"}),
        "named bytes": (b"\x00\xff\n", {"mimetype": "image/png"}),
        "charset alone": ("grüße", {"charset": "utf-16le"}),
        "nothing beside": ("text", None),
        "number": 42,
        "number beside": ("text", {"mimetype": 42}),
        "beyond charset": ("日本", {"charset": "latin1"}),
    }
    if what in returned:
        return returned[what]
    kind = "text" if isinstance(data, str) else "bytes"
    asked = headers.get("x-asked", "none")
    return "%s %s of %d, %s %s, a %s, asked %s" % (
        model,
        kind,
        len(data),
        mimetype,
        charset,
        query.get("a", "none"),
        asked,
    )


def transform(data, model):
    raise AssertionError("no hook of unstructured models")
