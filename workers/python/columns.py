"""What is said of a model's columns: by its artifact type to signature.py, and in messages."""

import math
import numbers


def column(name, kind=None, levels=None, **more):
    """One column of a signature.

    `kind` is a type of the wire or None; `levels` are texts in the model's order. `strict`: an unknown level
    is refused, else it goes by the library's own rule. `knows_missing`: a missing cell is no unknown level.
    `missing`: what a text column holds in place of a missing cell. `categories`: the levels as the model
    holds them, for pandas' category dtype.
    """
    fields = {"name": name, "type": kind, "levels": levels, "strict": False, "knows_missing": True}
    return {**fields, "missing": float("nan"), "categories": None, **more}


def text_of(cell, levels=None):
    """A cell that is not missing as text: a whole number as whole, a truth value as its level is spelled."""
    if isinstance(cell, str):
        return cell
    text = str(cell)
    if levels is not None and text in levels:
        return text
    if type(cell).__name__ in ("bool", "bool_"):
        return next((level for level in levels or () if level.lower() == text.lower()), text)
    if isinstance(cell, numbers.Real) and abs(cell) < 2**63 and cell == math.floor(cell):
        return str(int(cell))
    return text


def listed(names):
    """Names for a message, of many the first ten."""
    names = list(map(str, names))
    return ", ".join(names[:10]) + (" and %d more" % (len(names) - 10) if len(names) > 10 else "")
