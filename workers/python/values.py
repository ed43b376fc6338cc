"""Protocol values: read and written by the package msgpack where it is installed, else by msgpack_subset."""

from . import msgpack_subset

try:
    import msgpack
except ImportError:
    msgpack = None

packer = None if msgpack is None else msgpack.Packer(use_bin_type=True)

SCALARS = frozenset((str, bytes, bool, type(None)))


def decode(frame):
    """The value in a frame's body, a memoryview. Binary values are copies, since the buffer is used again.

    Raises ValueFault.
    """
    if msgpack is not None:
        try:
            value = msgpack.unpackb(
                frame, raw=False, strict_map_key=False, use_list=True, ext_hook=refuse_extension
            )
            if is_plain(value, 0):
                return value
        except Exception:
            pass  # The strict reader says what is wrong with it.
    return msgpack_subset.decode(frame)


def refuse_extension(_code, _data):
    raise ValueError("extension types are outside the subset")


def is_plain(value, depth):
    """Whether the package, which takes more than the subset, read nothing beyond it.

    A float says no: it may have come as a float32, which the package widens silently. Requests hold hardly
    any floats.
    """
    kind = type(value)
    if kind is dict:
        if depth >= msgpack_subset.MOST_DEPTH:
            return False
        for key, item in value.items():
            if type(key) is not str or (type(item) not in SCALARS and not is_plain(item, depth + 1)):
                return False
        return True
    if kind is list:
        if depth >= msgpack_subset.MOST_DEPTH:
            return False
        for item in value:
            if type(item) not in SCALARS and not is_plain(item, depth + 1):
                return False
        return True
    return kind in SCALARS or (kind is int and -msgpack_subset.MOST_INT <= value <= msgpack_subset.MOST_INT)


def encode(value):
    """The shortest form of `value`, which holds nothing but the types of SPEC.md section 3."""
    return packer.pack(value) if packer is not None else msgpack_subset.encode(value)


def sendable(text):
    """The text with lone surrogates escaped: user code may make them, and UTF-8 cannot hold them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
