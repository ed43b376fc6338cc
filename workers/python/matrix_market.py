"""Matrix Market to sparse DataFrames."""

import pandas as pd

from .protocol import WorkerError, take_texts


def read_matrix(source, payload):
    """A binary file as a sparse DataFrame, its columns named as the payload says or 0 to n-1.

    Raises INPUT_UNREADABLE or PACKAGE_MISSING.
    """
    names = take_texts(payload, "column_names", optional=True)
    try:
        from scipy.io import mmread
        from scipy.sparse import csc_matrix
    except ImportError:
        raise WorkerError(
            "PACKAGE_MISSING", "Matrix Market needs the package scipy; add it: pip install scipy"
        ) from None
    try:
        matrix = csc_matrix(mmread(source))
    except Exception as error:
        raise WorkerError(
            "INPUT_UNREADABLE", "the Matrix Market text cannot be read: %s; correct it" % error
        ) from None
    if names is not None and len(names) != matrix.shape[1]:
        message = "%d column names came for %d columns of the matrix; send one name a column" % (
            len(names),
            matrix.shape[1],
        )
        raise WorkerError("INPUT_UNREADABLE", message)
    return pd.DataFrame.sparse.from_spmatrix(matrix, columns=names)
