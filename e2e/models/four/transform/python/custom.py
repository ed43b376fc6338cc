"""Transforms as the data ask for; e2e/transform.test.ts compares the answers of the languages."""

import pandas as pd
import scipy.sparse
from datarobot_drum import CustomHTTPError


def load_model(code_dir):
    return 2


def transform(data, model, target):
    if "what" not in data.columns:
        return data
    what = data["what"].iloc[0]
    if what == "raise":
        raise ValueError("no luck with 42")
    if what == "refuse":
        raise CustomHTTPError("no tea", 418)
    if what == "sparse":
        dense = pd.DataFrame({"a": data["x"], "b": [1.0] + [0.0] * (len(data) - 1)})
        return pd.DataFrame.sparse.from_spmatrix(scipy.sparse.csr_matrix(dense.values), columns=dense.columns)
    returned = {
        "nothing": None,
        "text": "a text",
        "tuple": (data, target),
        "rows": data[:-1],
        "columns": data[[]],
    }
    if what in returned:
        return returned[what]
    result = pd.DataFrame({"what": data["what"], " twice\nx ": data["x"] * model})
    if what == "nameless":
        result.columns = ["what", " "]
    return result if target is None else result.assign(y=target.iloc[:, 0])
