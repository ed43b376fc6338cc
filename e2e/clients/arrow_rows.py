"""Writes the rows of a CSV file as pyarrow and pandas do, in many ways, and columns of every kind.

python arrow_rows.py CSV FOLDER
"""

import datetime
import decimal
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet


def write(path, table, compression=None):
    open_writer = pa.ipc.new_file if path.suffix == ".arrow" else pa.ipc.new_stream
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with open_writer(str(path), table.schema, options=options) as writer:
        writer.write_table(table)


def same_rows(frame, folder):
    """The rows of the CSV, each file in another way."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for compression in ("lz4", "zstd"):
        write(folder / (compression + ".arrow"), table, compression)
        write(folder / (compression + "-stream.arrows"), table, compression)
    labelled = frame.set_index(pd.Index([row * 3 + 1 for row in range(len(frame))]))
    write(folder / "filtered.arrows", pa.Table.from_pandas(labelled))
    labelled.to_parquet(folder / "filtered.parquet")
    coded = table
    for name in ("age", "smoker"):
        at = table.column_names.index(name)
        coded = coded.set_column(at, name, table[name].dictionary_encode())
    write(folder / "coded.arrows", coded)


def kinds():
    """One column of each kind that is more than numbers and texts."""
    return pa.table(
        {
            "level": pa.DictionaryArray.from_arrays([1, 0], ["low", "high", "top"]),
            "price": pa.array([decimal.Decimal("12345678901234567890.10"), decimal.Decimal("-0.50")]),
            "at": pa.array([datetime.time(12, 30), datetime.time(0, 0, 1, 5)]),
            "span": pa.array(
                [datetime.timedelta(seconds=90), datetime.timedelta(days=-1)], pa.duration("ms")
            ),
        }
    )


def refused(folder):
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([1, 2], pa.int32()), pa.array([1.5, 2.5]))
    write(folder / "runs.arrows", pa.table({"age": runs}))
    months = pd.DataFrame({"age": pd.period_range("2020-01", periods=2, freq="M")})
    write(folder / "months.arrows", pa.Table.from_pandas(months))
    write(folder / "nanoseconds.arrows", pa.table({"age": pa.array([1], pa.timestamp("ns"))}))
    zeros = pa.table({"age": pa.array([0.0] * 1_000_000)})
    for compression in ("lz4", "zstd"):
        write(folder / ("large-%s.arrows" % compression), zeros, compression)
    pa.parquet.write_table(zeros, folder / "large.parquet", use_dictionary=False, compression="zstd")


if __name__ == "__main__":
    csv, folder = sys.argv[1], Path(sys.argv[2])
    same_rows(pd.read_csv(csv), folder)
    write(folder / "kinds.arrows", kinds())
    kinds_frame = kinds().to_pandas().set_index(pd.Index(["u", "w"], name="key"))
    write(folder / "kinds-labelled.arrows", pa.Table.from_pandas(kinds_frame, schema=None))
    refused(folder)
