"""Does what the data ask for, so that every language makes the same mistakes; e2e/four.test.ts compares
the answers.
"""

import ctypes
import os
import time

import pandas as pd


def load_model(code_dir):
    return "faults"


def score(data, model, **kwargs):
    what = data["what"].iloc[0]
    rows = len(data)
    if what == "raise":
        raise ValueError("no luck with 42")
    if what == "exit":
        os._exit(7)
    if what == "crash":
        os.abort()
    if what == "sleep":
        time.sleep(60)
    if what == "print":
        print("printed by the hook")
        ctypes.CDLL(None).puts(b"printed by C")
        os.system("echo printed by a child")
        os.write(1, b"written to descriptor 1\n")
    if what == "nothing":
        return None
    if what == "text":
        return "a text"
    if what == "rows":
        rows += 1
    if what == "columns":
        return pd.DataFrame({"no": [0.25] * rows, "maybe": [0.5] * rows})
    if what == "labels":
        return pd.DataFrame({"perhaps": [0.5] * rows, "maybe": [0.5] * rows})
    if what == "sum":
        return pd.DataFrame({"yes": [0.5] * rows, "no": [0.25] * rows})
    if what == "words":
        return pd.DataFrame({"yes": ["much"] * rows, "no": ["little"] * rows})
    return pd.DataFrame({"yes": [0.75] * rows, "no": [0.25] * rows})
