"""Names of DRUM that hooks use. The values are those of the arguments and formats themselves."""

import enum
import logging

from drumline.target_types import TargetType

__all__ = [
    "CLASS_LABELS_ARG_KEYWORD",
    "CUSTOM_FILE_NAME",
    "MODEL_CONFIG_FILENAME",
    "URL_PREFIX_ENV_VAR_NAME",
    "LOGGER_NAME_PREFIX",
    "NEGATIVE_CLASS_LABEL_ARG_KEYWORD",
    "POSITIVE_CLASS_LABEL_ARG_KEYWORD",
    "PRED_COLUMN",
    "TARGET_TYPE_ARG_KEYWORD",
    "CustomHooks",
    "LOG_LEVELS",
    "PayloadFormat",
    "PredictionServerMimetypes",
    "PythonArtifacts",
    "RunLanguage",
    "StructuredDtoKeys",
    "TargetType",
    "UnstructuredDtoKeys",
]

LOGGER_NAME_PREFIX = "drum"
PRED_COLUMN = "Predictions"
CUSTOM_FILE_NAME = "custom"
MODEL_CONFIG_FILENAME = "model-metadata.yaml"
URL_PREFIX_ENV_VAR_NAME = "URL_PREFIX"
TARGET_TYPE_ARG_KEYWORD = "target_type"
CLASS_LABELS_ARG_KEYWORD = "class_labels"
POSITIVE_CLASS_LABEL_ARG_KEYWORD = "positive_class_label"
NEGATIVE_CLASS_LABEL_ARG_KEYWORD = "negative_class_label"
LOG_LEVELS = {
    name.lower(): getattr(logging, name)
    for name in ("DEBUG", "INFO", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL")
}


def names_of(kind, words, **others):
    """A class of constants: each word under its own name in capitals."""
    return type(kind, (), {**{word.upper(): word for word in words.split()}, **others})


CustomHooks = names_of(
    "CustomHooks",
    "init read_input_data load_model transform score score_unstructured post_process fit chat",
    GET_SUPPORTED_LLM_MODELS_LIST="get_supported_llm_models",
)
StructuredDtoKeys = names_of(
    "StructuredDtoKeys", "binary_data mimetype sparse_colnames parameters target_binary_data target_mimetype"
)
UnstructuredDtoKeys = names_of("UnstructuredDtoKeys", "data query headers mimetype charset")
PayloadFormat = names_of("PayloadFormat", "csv arrow mtx")


class PredictionServerMimetypes:
    APPLICATION_JSON = "application/json"
    APPLICATION_OCTET_STREAM = "application/octet-stream"
    TEXT_PLAIN = "text/plain"
    TEXT_CSV = "text/csv"
    TEXT_MTX = "text/mtx"
    EMPTY = ""


class PythonArtifacts:
    PKL_EXTENSION = ".pkl"
    JOBLIB_EXTENSION = ".joblib"
    TORCH_EXTENSION = ".pth"
    KERAS_EXTENSION = ".h5"
    ONNX_EXTENSION = ".onnx"


class RunLanguage(enum.Enum):
    PYTHON = "python"
    R = "r"
    JAVA = "java"
    JULIA = "julia"
    OTHER = "other"
