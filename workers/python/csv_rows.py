"""Reads small, plainly numeric CSV without pandas' parser, which costs more than the prediction of a row.

The frame of the Numbers equals the one that read_csv makes, dtypes included. Everything else is left to
read_csv.
"""

import io
import re

import numpy as np
import pandas as pd

from .numbers_alone import Numbers

try:
    from pandas.api.internals import create_dataframe_from_blocks
except ImportError:  # pandas before 3
    create_dataframe_from_blocks = None

# Beyond this size read_csv is the faster one.
MOST_BYTES = 16384
MOST_HEADERS = 64
# An int of up to 15 digits, or digits on both sides of a point, 15 at most: with these, one division by a
# power of ten is exact, so float() and read_csv give the same bits.
CELL = rb"-?(?:\d{1,15}(?![\d.])|(?=[\d.]{3,16}(?![\d.]))\d+\.\d+)"

# Among ints it has no sign, among floats it has.
MINUS_ZERO = re.compile(rb"-0+(?![\d.])")


class Header:
    """What is known of one header line: the column names, and the pattern of the rows below it."""

    def __init__(self, line):
        self.columns = pd.read_csv(io.BytesIO(line + b"\n"), nrows=0).columns
        self.names = [str(name) for name in self.columns]
        self.width = len(self.columns)
        row = CELL + (rb"(?:,%b){%d}" % (CELL, self.width - 1))
        self.rows = re.compile(rb"%b(?:\n%b)*\n?\Z" % (row, row))
        self.layouts = {}

    def layout(self, kinds):
        """Positions of the int and of the float columns, for a pattern of float-or-not a column."""
        layout = self.layouts.get(kinds)
        if layout is None:
            layout = [[at for at, kind in enumerate(kinds) if kind is which] for which in (False, True)]
            layout += [np.array(one, dtype=np.intp) for one in layout]
            if len(self.layouts) < MOST_HEADERS:
                self.layouts[kinds] = layout
        return layout


headers = {}


def read_numbers(data):
    """The Numbers, or None when the body is for read_csv."""
    if len(data) > MOST_BYTES:
        return None
    end = data.find(b"\n")
    if end <= 0:
        return None
    line = data[:end]
    body = data[end + 1 :]
    if line.endswith(b"\r"):
        line = line[:-1]
        body = body.replace(b"\r\n", b"\n")
    header = headers.get(line) or read_header(line)
    if header is None or not header.rows.match(body):
        return None
    cells = body.rstrip(b"\n").replace(b"\n", b",").split(b",")
    return Numbers(header.names, array_of(header, cells, body), lambda: make_frame(header, cells))


def array_of(header, cells, body):
    """What to_numpy() gives of the frame: floats as soon as one cell is a float, a column after the other."""
    if b"." not in body:
        array = np.array(list(map(int, cells)), dtype=np.int64)
    elif MINUS_ZERO.search(body):
        return make_frame(header, cells).to_numpy()
    else:
        array = np.array(list(map(float, cells)), dtype=np.float64)
    return np.asfortranarray(array.reshape(-1, header.width))


def read_header(line):
    """None for a header that read_csv has to judge together with what follows."""
    if not line.strip() or b'"' in line or b"\r" in line or line.startswith(b"\xef\xbb\xbf"):
        return None
    try:
        header = Header(line)
    except Exception:
        return None
    if len(headers) >= MOST_HEADERS:
        headers.clear()
    headers[line] = header
    return header


def make_frame(header, cells):
    width = header.width
    count = len(cells) // width
    if count == 1:
        kinds = tuple([b"." in cell for cell in cells])
        columns = [[cell] for cell in cells]
    else:
        columns = [cells[at::width] for at in range(width)]
        kinds = tuple([any(b"." in cell for cell in column) for column in columns])
    ints, floats, int_places, float_places = header.layout(kinds)
    blocks = []
    if ints:
        blocks.append(
            (np.array([[int(cell) for cell in columns[at]] for at in ints], dtype=np.int64), int_places)
        )
    if floats:
        blocks.append(
            (
                np.array([[float(cell) for cell in columns[at]] for at in floats], dtype=np.float64),
                float_places,
            )
        )
    index = pd.RangeIndex.from_range(range(count))
    # A view has a name of its own: what a hook does to its frame must not show in the next one.
    header_columns = header.columns.view()
    if create_dataframe_from_blocks is not None:
        return create_dataframe_from_blocks(blocks, index=index, columns=header_columns)
    arrays = {place: values for block, places in blocks for values, place in zip(block, places)}
    frame = pd.DataFrame({at: arrays[at] for at in range(width)}, index=index)
    frame.columns = header_columns
    return frame
