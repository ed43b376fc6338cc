"""CSV to DataFrames by pandas. Small numeric bodies take the shorter way of csv_rows.py.

Python has a module of this name. main.py keeps this folder off the import path, so nobody imports ours by it.
"""

import pandas as pd

from .protocol import WorkerError


def read_csv(source, _payload):
    """A binary file as a DataFrame. Raises INPUT_EMPTY or INPUT_UNREADABLE."""
    try:
        frame = pd.read_csv(source)
        if len(frame.columns) != 1:
            return frame
        # In a single column a blank line is a missing value. Above the header it still counts for nothing.
        source.seek(0)
        start = 0
        for line in source:
            if line.strip(b" \t\r\n\xef\xbb\xbf"):
                break
            start += len(line)
        source.seek(start)
        return pd.read_csv(source, skip_blank_lines=False)
    except pd.errors.EmptyDataError:
        raise WorkerError("INPUT_EMPTY", "the CSV holds no columns; send a header line and rows") from None
    except UnicodeDecodeError as error:
        message = "the CSV is not UTF-8: %s at byte %d; encode it as UTF-8" % (error.reason, error.start)
        raise WorkerError("INPUT_UNREADABLE", message) from None
    except (pd.errors.ParserError, ValueError, OverflowError) as error:
        words = str(error).replace("Error tokenizing data. C error: ", "").strip()
        raise WorkerError("INPUT_UNREADABLE", "the CSV cannot be read: %s; correct it" % words) from None
