"""What fitted estimators know of their columns: scikit-learn's encoders and pipelines, and LightGBM.

Only names that scikit-learn itself would insist on are told, so that a model refuses no data that it takes.
"""

import numbers
import re

from ..columns import column, text_of

_TEXT = frozenset("CountVectorizer TfidfVectorizer HashingVectorizer".split())


def signature_of(model):
    """A signature, or None where the model knows no names."""
    if type(model).__module__.startswith("lightgbm"):
        return _of_lightgbm(model.booster_)
    first = _first(model)
    names = [str(name) for name in getattr(first, "feature_names_in_", ())]
    if not names or type(first).__name__ == "FunctionTransformer":
        return None
    if type(first).__module__.startswith("lightgbm"):
        return _of_lightgbm(first.booster_)
    asked = _asked_by(first, range(len(names)))
    if _is(first, "ColumnTransformer"):
        names = {at: name for at, name in enumerate(names) if at in asked}
    else:
        names = dict(enumerate(names))
    return {"columns": [column(name, **(asked.get(at) or {})) for at, name in names.items()], "by": "name"}


def _first(model):
    """The step that the data reach first."""
    while True:
        inner = getattr(model, "best_estimator_", None)  # of a search
        if inner is None and isinstance(getattr(model, "steps", None), list):
            steps = [step for _, step in model.steps if step not in (None, "passthrough")]
            inner = steps[0] if steps else None
        if inner is None:
            return model
        model = inner


def _is(step, name):
    """Whether its class is scikit-learn's class of this name, or made from it."""
    return any(
        kind.__name__ == name and kind.__module__.startswith("sklearn.") for kind in type(step).__mro__
    )


def _asked_by(step, places):
    """{place: fields of column()} of the columns that the step takes, which lie at these places."""
    places = list(places)
    step = _first(step)
    if _is(step, "ColumnTransformer"):
        return _asked_by_each(step)
    if type(step).__name__ in _TEXT and type(step).__module__.startswith("sklearn."):
        return {at: {"kind": "utf8"} for at in places}
    if not type(step).__module__.startswith("sklearn."):
        return dict.fromkeys(places)
    categories = getattr(step, "categories_", None)
    if isinstance(categories, list) and len(categories) == len(places):
        strict = getattr(step, "handle_unknown", None) == "error"
        return {at: _of_categories(some, strict) for at, some in zip(places, categories)}
    if _is(step, "BaseHistGradientBoosting"):
        return dict(zip(places, _of_gradient_boosting(step, len(places))))
    return dict.fromkeys(places, {"kind": "float64"} if _takes_numbers(step) else None)


def _asked_by_each(transformer):
    """Of a ColumnTransformer: columns that it drops are not asked for."""
    asked = {}
    indices = getattr(transformer, "_transformer_to_input_indices", None)
    for name, step, _ in transformer.transformers_:
        if step == "drop":
            continue
        places = list((indices or {}).get(name, ()))
        found = dict.fromkeys(places) if step == "passthrough" else _asked_by(step, places)
        for at, fields in found.items():
            asked[at] = asked.get(at) or fields
    return asked if indices is not None else dict.fromkeys(range(len(transformer.feature_names_in_)))


def _takes_numbers(step):
    from ._twin import POSITIONAL

    if type(step).__name__ not in POSITIONAL:
        return False
    fitted = getattr(step, "_fit_dtype", None)  # of SimpleImputer, which takes texts too
    return type(step).__name__ != "SimpleImputer" or getattr(fitted, "kind", "O") in "iufb"


def _of_categories(categories, strict):
    """Fields of a column that an encoder knows the categories of; None where they are of several kinds."""
    held = [one for one in categories if one is not None and one == one]
    kind = _kind_of(held)
    if kind is None:
        return None
    gaps = [one for one in categories if one is None or one != one]
    return {
        "kind": kind,
        "levels": [text_of(one) for one in held],
        "strict": strict,
        "knows_missing": bool(gaps) or not strict,
        "missing": None if gaps == [None] else float("nan"),
    }


def _kind_of(values):
    """The wire's type of levels, or None for several."""
    if values and all(isinstance(one, str) for one in values):
        return "utf8"
    if values and all(type(one).__name__ in ("bool", "bool_") for one in values):
        return "bool"
    if values and all(isinstance(one, numbers.Real) and not isinstance(one, bool) for one in values):
        return "float64"
    return None


def _of_gradient_boosting(step, count):
    """Of scikit-learn's HistGradientBoosting, which encodes the columns of its categories itself."""
    mask, inner = getattr(step, "is_categorical_", None), getattr(step, "_preprocessor", None)
    if mask is None:
        return [{"kind": "float64"}] * count
    encoder = getattr(inner, "named_transformers_", {}).get("encoder")
    if encoder is None:
        return [None] * count
    categories = iter(encoder.categories_)
    return [_of_categories(next(categories), False) if is_one else {"kind": "float64"} for is_one in mask]


def as_category(categories):
    """Fields of a column of pandas' category dtype: frameworks code its levels by their places."""
    held = [one for one in categories if one is not None and one == one]
    return {"kind": _kind_of(held), "levels": [text_of(one) for one in held], "categories": held}


def _of_lightgbm(booster):
    """By name, since LightGBM itself takes columns by position and would mistake one for another."""
    names = booster.feature_name()
    text = booster.model_to_string(num_iteration=1)
    listed = re.search(r"^\[categorical_feature: ([\d,]+)\]", text, re.MULTILINE)
    places = [int(at) for at in listed.group(1).split(",")] if listed else []
    infos = re.search(r"^feature_infos=(.*)$", text, re.MULTILINE).group(1).split(" ")
    known = booster.pandas_categorical or []
    fits = len(known) == len(places) and all(map(_codes_fit, [infos[at] for at in places], known))
    asked = {at: as_category(some) for at, some in zip(places, known)} if fits else {}
    # Where it is not said which columns have which categories, LightGBM itself judges what it is given.
    other = {} if not fits and (known or places) else {"kind": "float64"}
    columns = [column(name, **asked.get(at, other)) for at, name in enumerate(names)]
    nameless = names == ["Column_%d" % at for at in range(len(names))]
    spelling = lambda name: re.sub(r"\s", "_", name)  # noqa: E731
    return {"columns": columns, "by": "position" if nameless else "name", "spelling": spelling}


def _codes_fit(info, categories):
    """Whether the codes that LightGBM saw in a column are places among the categories."""
    return info == "none" or all(int(code) < len(categories) for code in info.split(":"))
