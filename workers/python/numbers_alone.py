"""Plainly numeric tables without a DataFrame, which costs more than the prediction of a row."""

#: Of each type that is plain: its dtype, and the bytes of an element.
DTYPES = {"float64": ("<f8", 8), "float32": ("<f4", 4), "int64": ("<i8", 8)}


class Numbers:
    """Numbers of one type with named columns, of which none is missing.

    `array` is what the frame's `to_numpy()` gives, dtype and layout included; the frame itself is made when
    it is asked for.
    """

    def __init__(self, names, array, make_frame):
        self.names = names  # a list of str
        self.array = array  # a row a row
        self.make_frame = make_frame

    @property
    def shape(self):
        return self.array.shape

    def frame(self):
        return self.make_frame()


def framed(data):
    """The data, a frame in place of bare numbers."""
    return data.frame() if isinstance(data, Numbers) else data


def numbers_of(table, make_frame):
    """The Numbers of a table of SPEC.md section 8; None for others, also those outside the section."""
    rows, columns = table.get("rows"), table.get("columns")
    if (
        type(rows) is not int
        or rows < 1
        or not isinstance(columns, list)
        or not columns
        or table.get("index")
    ):
        return None
    first = columns[0].get("type") if isinstance(columns[0], dict) else None
    if not isinstance(first, str) or first not in DTYPES:
        return None
    dtype, width = DTYPES[first]
    size = rows * width
    names, buffers = [], []
    for column in columns:
        if not isinstance(column, dict) or not is_plain(column, first, size):
            return None
        names.append(column.get("name"))
        buffers.append(column["data"])
    if not all([isinstance(name, str) for name in names]):
        return None
    # Not at the top: every worker imports this module, and some environments have no numpy.
    import numpy as np

    # A bytearray, since the models may write into what they are given.
    block = np.frombuffer(bytearray().join(buffers), dtype=dtype).reshape(len(columns), rows)
    return Numbers(names, block.T, make_frame)


def is_plain(column, kind, size):
    get = column.get
    data = get("data")
    return (
        get("type") == kind
        and type(data) is bytes
        and len(data) == size
        and get("validity") is None
        and get("offsets") is None
        and get("logical") is None
    )
