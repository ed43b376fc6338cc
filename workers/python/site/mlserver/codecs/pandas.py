"""Data frames: one tensor a column."""

import json

from ..types import Parameters, ResponseOutput, TensorData
from .base import RequestCodec, decoded_of, elements, register_request_codec
from .errors import CodecError
from .numpy import array_of, datatype_of
from .string import decode_str

try:
    import pandas as pd
except ImportError:  # Then there are no data frames to encode, and decoding says what is missing.
    pd = None

JSON = "pd_json"


def series_of(tensor):
    """A column. Raises CodecError for what is not one value a row."""
    content_type = getattr(tensor.parameters, "content_type", None)
    if content_type == JSON:
        return pd.Series([json.loads(element) for element in elements(tensor)])
    rows, rest = (tensor.shape or [1])[0], tensor.shape[1:]
    if any(size != 1 for size in rest):
        words = "%s has the shape %s, and a column has one value a row: [%d] or [%d, 1]"
        raise CodecError(words % (tensor.name, tensor.shape, rows, rows))
    found = decoded_of(tensor)
    if found is None:
        found = array_of(tensor) if tensor.datatype != "BYTES" else list(map(as_text, elements(tensor)))
    if hasattr(found, "ravel"):
        found = found.ravel()
        if found.dtype.kind in "OSU":
            found = found.tolist()
    if len(found) != rows:
        raise CodecError("%s has %d elements, and the shape %s" % (tensor.name, len(found), tensor.shape))
    return pd.Series(found)


def as_text(element):
    """Bytes that are text as text, as JSON has them."""
    try:
        return decode_str(element)
    except CodecError:
        return element


def output_of(name, series, use_bytes):
    if series.dtype.kind == "M":
        texts = [None if pd.isnull(value) else value.isoformat() for value in series]
        return column(name, "BYTES", TensorData(texts), "datetime")
    if is_plain_number(series.dtype):
        return column(name, datatype_of(series.dtype), TensorData(array=series.to_numpy()), None)
    values = [None if is_missing(value) else value for value in series.tolist()]
    if all(value is None or isinstance(value, (str, bytes)) for value in values):
        data = [value.encode("utf-8") if use_bytes and isinstance(value, str) else value for value in values]
        return column(name, "BYTES", TensorData(data), "str")
    if series.dtype.kind in "biuf":
        return nullable(name, series)
    return column(name, "BYTES", TensorData([json.dumps(value, default=plain) for value in values]), JSON)


def nullable(name, series):
    """A column of pandas' own types, which may lack values; of the numbers only floats may."""
    dtype = series.dtype.numpy_dtype
    if not series.isnull().any():
        return column(name, datatype_of(dtype), TensorData(array=series.to_numpy(dtype)), None)
    if dtype.kind == "f":
        array = series.to_numpy(dtype, na_value=float("nan"))
        return column(name, datatype_of(dtype), TensorData(array=array), None)
    raise CodecError("the column %s of %s lacks values, which only floats may" % (name, series.dtype))


def is_plain_number(dtype):
    """Whether the dtype is numpy's own."""
    return getattr(dtype, "kind", "O") in "biuf" and not hasattr(dtype, "numpy_dtype")


def is_missing(value):
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def plain(value):
    return value.tolist() if hasattr(value, "tolist") else str(value)


def column(name, datatype, data, content_type):
    return ResponseOutput(
        name=str(name),
        datatype=datatype,
        shape=[len(data), 1] if data.array is None else [len(data.array), 1],
        data=data,
        parameters=Parameters(content_type=content_type) if content_type else None,
    )


@register_request_codec
class PandasCodec(RequestCodec):
    """A message as a data frame."""

    ContentType = "pd"
    JsonContentType = JSON
    TypeHint = None if pd is None else pd.DataFrame

    @classmethod
    def can_encode(cls, payload):
        """Whether it is a data frame."""
        return pd is not None and isinstance(payload, pd.DataFrame)

    @classmethod
    def encode_outputs(cls, payload, use_bytes=True, prefix=None):
        """One output a column."""
        return [output_of(name, payload[name], use_bytes) for name in payload]

    @classmethod
    def decode_tensors(cls, tensors):
        """One column a tensor. Raises CodecError if they are not of one length."""
        if pd is None:
            raise CodecError(
                "the content type pd needs the package pandas, which the model's environment lacks"
            )
        columns = {tensor.name: series_of(tensor) for tensor in tensors}
        lengths = {name: len(series) for name, series in columns.items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join("%s %d" % item for item in lengths.items())
            raise CodecError("the columns have different numbers of rows: %s" % told)
        return pd.DataFrame(columns)
