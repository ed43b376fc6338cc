"""Sparse frames and scipy's matrices to the matrices of protocol/SPEC.md section 8."""

import sys

import numpy as np
import pandas as pd

from .protocol import WorkerError
from .to_wire import check_frame, frame_to_wire

# numpy's kind of the values to the type of the wire and numpy's name for it.
TYPES = {"f": ("float64", "<f8"), "i": ("int64", "<i8"), "u": ("int64", "<i8"), "b": ("int64", "<i8")}


def is_scipy_matrix(data):
    """Whether it is a matrix or a 2-d array of scipy.sparse."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(data) and len(data.shape) == 2


def is_sparse_frame(data):
    """Whether every column is sparse, and what is left out of it is 0."""
    if not isinstance(data, pd.DataFrame) or not len(data.columns):
        return False
    return all(
        isinstance(dtype, pd.SparseDtype) and dtype.kind in TYPES and dtype.fill_value == 0
        for dtype in data.dtypes
    )


def matrix_to_wire(data):
    """A sparse DataFrame, or a matrix with columns named 0 to n-1, as a matrix of section 8.

    None for other data, and for numbers that the section has no type for.
    """
    if is_sparse_frame(data):
        names, matrix = [str(name) for name in data.columns], data.sparse.to_coo()
    elif is_scipy_matrix(data):
        names, matrix = [str(at) for at in range(data.shape[1])], data
    else:
        return None
    matrix = matrix.tocsc(copy=True)
    if matrix.dtype.kind not in TYPES or (
        matrix.dtype.kind == "u" and matrix.nnz and matrix.data.max() > np.iinfo(np.int64).max
    ):
        return None
    matrix.sum_duplicates()  # sorts the rows of a column, too
    kind, dtype = (
        ("float32", "<f4")
        if matrix.dtype.kind == "f" and matrix.dtype.itemsize <= 4
        else TYPES[matrix.dtype.kind]
    )
    return {
        "rows": int(matrix.shape[0]),
        "names": names,
        "type": kind,
        "starts": matrix.indptr.astype("<i4").tobytes(),
        "row_indices": matrix.indices.astype("<i4").tobytes(),
        "values": matrix.data.astype(dtype).tobytes(),
    }


def check_data(hook, result):
    """What the hook returned, when it is a DataFrame or a matrix of scipy. Raises HOOK_RESULT_INVALID."""
    return result if is_scipy_matrix(result) else check_frame(hook, result)


def as_data(who, result):
    """What scikit-learn's transform() returned, an array of 2 dimensions as a DataFrame.

    Raises PREDICTOR_FAILED.
    """
    if isinstance(result, np.ndarray) and result.ndim == 2:
        return pd.DataFrame(result)
    if isinstance(result, pd.DataFrame) or is_scipy_matrix(result):
        return result
    message = (
        "%s transformed the rows to a %s, expected a DataFrame, "
        "a matrix or an array of 2 dimensions; define the hook transform"
    )
    raise WorkerError("PREDICTOR_FAILED", message % (who, type(result).__name__))


def data_to_wire(hook, data, sparse):
    """{"table", "matrix", "index"}: a matrix where the data and the request are `sparse`, else a table.

    Raises HOOK_RESULT_INVALID.
    """
    matrix = matrix_to_wire(data) if sparse else None
    if matrix is not None:
        return {"table": None, "matrix": matrix, "index": None}
    frame = pd.DataFrame.sparse.from_spmatrix(data) if is_scipy_matrix(data) else check_frame(hook, data)
    wire = frame_to_wire(frame, nan_is_missing=True)
    return {"table": wire["predictions"], "matrix": None, "index": wire["index"]}
