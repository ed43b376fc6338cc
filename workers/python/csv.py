"""CSV to DataFrames by pandas. Small numeric bodies take the shorter way of csv_rows.py.

Python has a module of this name. main.py keeps this folder off the import path, so nobody imports ours by it.
"""

import csv
import io
import sys

import pandas as pd

from .protocol import WorkerError

# The words that pandas reads as missing.
MISSING = frozenset(
    ["", "#N/A N/A"]
    + "#N/A #NA -1.#IND -1.#QNAN -NaN -nan 1.#IND 1.#QNAN <NA> N/A NA NULL NaN None n/a nan null".split()
)


def read_csv(source, texts=()):
    """A binary file as a DataFrame. Raises INPUT_EMPTY or INPUT_UNREADABLE.

    `texts` maps name or position of the columns that are read as they are written to their levels or None.
    """
    try:
        try:
            return read_plain(source, texts)
        except LongRows:
            return read_plain(without_last_commas(source), texts)
    except pd.errors.EmptyDataError:
        raise WorkerError("INPUT_EMPTY", "the CSV holds no columns; send a header line and rows") from None
    except UnicodeDecodeError:
        raise not_utf8(source) from None
    except (pd.errors.ParserError, csv.Error, LongRows, ValueError, OverflowError) as error:
        words = str(error).replace("Error tokenizing data. C error: ", "").strip()
        raise WorkerError("INPUT_UNREADABLE", "the CSV cannot be read: %s; correct it" % words) from None


class LongRows(Exception):
    """Rows have more cells than the header: pandas takes the first ones for row names."""


def read_plain(source, texts):
    options = text_options(source, texts) if texts else {}
    try:
        frame = pd.read_csv(source, **options)
    except pd.errors.ParserError as error:
        if "Expected" in str(error) and "saw" in str(error):
            raise LongRows(str(error)) from None
        raise
    if len(frame) and has_row_names(frame.index, source):
        raise LongRows("rows have more cells than the header")
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
    return pd.read_csv(source, skip_blank_lines=False, **options)


def has_row_names(index, source):
    """Whether pandas took the first cells for row names, which it does silently for longer rows.

    pandas 3 has the same index for the row names 0, 1, 2 as for none: then the first rows tell.
    """
    if not isinstance(index, pd.RangeIndex) or index.start != 0 or index.step != 1:
        return True
    source.seek(0)
    lines = (line for line in source if line.strip(b" \t\r\n\xef\xbb\xbf"))
    header, first = next(lines, b""), next(lines, b"")
    if first.lstrip(b' \t"+-')[:1] != b"0" and b'"' not in header and b"\r" not in header.rstrip():
        return False
    widths = (len(cells) for _, cells in records(source, "strict") if cells)
    return next(widths) < next(widths, 0)


def text_options(source, texts):
    """What keeps columns of text as they are written: a word for missing that is a level is not missing."""
    options = {"dtype": {key: str for key in texts}}
    kept = {key: MISSING.intersection(levels) for key, levels in texts.items() if levels}
    if any(kept.values()):
        names = pd.read_csv(source, nrows=0).columns
        source.seek(0)
        words = {name: MISSING - kept.get(name, kept.get(at, frozenset())) for at, name in enumerate(names)}
        options.update(na_values=words, keep_default_na=False)
    return options


def without_last_commas(source):
    """The file with an empty last cell taken from the rows that have one cell more than the header.

    Raises INPUT_UNREADABLE for longer rows.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    width = None
    for line, cells in records(source, "strict"):
        if width is None and cells:
            width = len(cells)
        elif width is not None and len(cells) > width:
            if len(cells) > width + 1 or cells[-1].strip():
                words = "line %d of the CSV has %d cells, expected %d as in the header; quote commas in cells"
                raise WorkerError("INPUT_UNREADABLE", words % (line, len(cells), width))
            cells = cells[:width]
        writer.writerow(cells)
    return io.BytesIO(written.getvalue().encode("utf-8"))


def records(source, errors):
    """(line, cells) of each record; the line is the one where it begins."""
    source.seek(0)
    text = io.TextIOWrapper(source, encoding="utf-8-sig", errors=errors, newline="")
    most = csv.field_size_limit(sys.maxsize)
    try:
        reader = csv.reader(text)
        line = 1
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(most)
        text.detach()


def not_utf8(source):
    """The error for text in another encoding, with the place of the first byte that is no UTF-8."""
    source.seek(0)
    data = source.read()
    try:
        data.decode("utf-8")
        place = ""
    except UnicodeDecodeError as error:
        words = ": byte %d (counted from 0) is %#04x%s"
        place = words % (error.start, data[error.start], place_of(source))
    words = "the CSV is not UTF-8%s; encode it as UTF-8; a request may name its charset instead"
    return WorkerError("INPUT_UNREADABLE", words % place)


def place_of(source):
    """Row and column of the first cell that is no UTF-8, in words."""
    names, row = None, 0
    try:
        for _, cells in records(source, "surrogateescape"):
            broken = next((at for at, cell in enumerate(cells) if not is_text(cell)), None)
            if names is None:
                if broken is not None:
                    return ", in the header"
                names = cells or None
            elif broken is not None:
                column = "the column %s" % names[broken] if broken < len(names) else "cell %d" % (broken + 1)
                return ", in %s of row %d (counted from 0)" % (column, row)
            elif cells or len(names) == 1:
                row += 1
    except csv.Error:
        pass
    return ""


def is_text(cell):
    try:
        cell.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
