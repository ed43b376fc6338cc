"""Reads protocol/vectors/*.tsv (SPEC.md section 10) and compares values, which JSON alone cannot."""

import json
import math
import os

from . import WORKER

FOLDER = os.path.join(WORKER, "..", "..", "protocol", "vectors")
FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "-0": -0.0}


class Vector:
    def __init__(self, line):
        self.name, self.verdict, data, canonical, value = line.rstrip("\n").split("\t")
        self.data = bytes_of(data)
        self.canonical = [bytes_of(form) for form in canonical.split("|")] if self.verdict == "ok" else []
        self.value = value_of(json.loads(value)) if self.verdict == "ok" else None


def read_vectors(name):
    """Every case of `name`.tsv."""
    with open(os.path.join(FOLDER, name + ".tsv"), encoding="utf-8") as lines:
        vectors = [Vector(line) for line in lines if line.strip() and not line.startswith("#")]
    assert len(vectors) > 9, "the vectors of %s are gone" % name
    return vectors


def accepted(vectors):
    return [vector for vector in vectors if vector.verdict == "ok"]


def refused(vectors):
    return [vector for vector in vectors if vector.verdict != "ok"]


def bytes_of(text):
    """`c0 00*3` is c0000000."""
    parts = []
    for word in text.split():
        digits, _, times = word.partition("*")
        parts.append(bytes.fromhex(digits) * int(times or 1))
    return b"".join(parts)


def value_of(item):
    """A vector's JSON with the stand-ins for bin, long values and odd floats replaced."""
    if isinstance(item, list):
        return [value_of(one) for one in item]
    if not isinstance(item, dict):
        return item
    if set(item) == {"$bin"}:
        return bytes_of(item["$bin"])
    if set(item) == {"$str"}:
        return bytes_of(item["$str"]).decode("utf-8")
    if set(item) == {"$array"}:
        count, one = item["$array"]
        return [value_of(one)] * count
    if set(item) == {"$float"}:
        return FLOATS[item["$float"]]
    return {name: value_of(one) for name, one in item.items()}


def is_same(one, other):
    """Equal, where NaN equals NaN, -0.0 is not 0.0, and an int equals a float of its value (SPEC.md
    section 3).
    """
    if isinstance(one, list) or isinstance(one, dict):
        if type(one) is not type(other) or len(one) != len(other):
            return False
        if isinstance(one, dict):
            return list(one) == list(other) and all(is_same(one[name], other[name]) for name in one)
        return all(is_same(left, right) for left, right in zip(one, other))
    if is_number(one) and is_number(other):
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    return type(one) is type(other) and one == other


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)
