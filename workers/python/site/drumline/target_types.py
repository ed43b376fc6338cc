"""The target type that score hooks are given: a str, and an enum member with a `value` as in DRUM."""

import enum


class TargetType(str, enum.Enum):
    REGRESSION = "regression"
    BINARY = "binary"
    MULTICLASS = "multiclass"
    MULTILABEL = "multilabel"
    ANOMALY = "anomaly"
    TEXT_GENERATION = "textgeneration"
    VECTOR_DATABASE = "vectordatabase"
    AGENTIC_WORKFLOW = "agenticworkflow"
    GEO_POINT = "geopoint"
    TRANSFORM = "transform"
    UNSTRUCTURED = "unstructured"

    def is_classification(self):
        return self in (TargetType.BINARY, TargetType.MULTICLASS)

    def __str__(self):
        return self.value

    __format__ = str.__format__
