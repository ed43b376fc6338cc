"""One msgpack value <-> bytes: the subset of protocol/SPEC.md section 3 in plain Python, strict.

It judges what the msgpack package refuses.
"""

import struct

MOST_DEPTH = 64
MOST_INT = 2**53


class ValueFault(ValueError):
    """`code` is one of the VALUE_ codes of SPEC.md section 9."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def decode(data):
    """The value in `data` (bytes or a memoryview of them)."""
    value, at = read_value(memoryview(data), 0, 0)
    if at < len(data):
        raise ValueFault(
            "VALUE_TRAILING", "%d bytes follow the value; a frame holds exactly one" % (len(data) - at)
        )
    return value


def read_value(data, at, depth):
    tag, at = read_uint(data, at, 1)
    if tag < 0x80:
        return tag, at
    if tag >= 0xE0:
        return tag - 0x100, at
    if tag < 0x90:
        return read_map(data, at, tag & 0x0F, depth)
    if tag < 0xA0:
        return read_array(data, at, tag & 0x0F, depth)
    if tag < 0xC0:
        return read_str(data, at, tag & 0x1F)
    if tag in CONSTANTS:
        return CONSTANTS[tag], at
    if tag in NUMBERS:
        form = NUMBERS[tag]
        end = at + form.size
        number = form.unpack(take(data, at, end))[0]
        if tag in (0xCF, 0xD3) and abs(number) > MOST_INT:
            raise ValueFault(
                "VALUE_RANGE", "the int %d is beyond 2^53; send a float64, a str or an int64 column" % number
            )
        return number, end
    if tag not in SIZED:
        raise ValueFault("VALUE_TYPE", "the tag %02x is outside the subset; see SPEC.md section 3" % tag)
    kind, width = SIZED[tag]
    count, at = read_uint(data, at, width)
    return kind(data, at, count, depth)


def take(data, start, end):
    if end > len(data):
        raise ValueFault(
            "VALUE_TRUNCATED", "the frame ends %d bytes before the value does" % (end - len(data))
        )
    return data[start:end]


def read_uint(data, at, width):
    return int.from_bytes(take(data, at, at + width), "big"), at + width


def read_bin(data, at, count, _depth=0):
    return bytes(take(data, at, at + count)), at + count


def read_str(data, at, count, _depth=0):
    try:
        return str(take(data, at, at + count), "utf-8"), at + count
    except UnicodeDecodeError as error:
        raise ValueFault("VALUE_UTF8", "a str is not UTF-8: %s" % error) from None


def read_array(data, at, count, depth):
    check_room(data, at, count, depth)
    items = []
    for _ in range(count):
        item, at = read_value(data, at, depth + 1)
        items.append(item)
    return items, at


def read_map(data, at, count, depth):
    check_room(data, at, count * 2, depth)
    items = {}
    for _ in range(count):
        tag = take(data, at, at + 1)[0]
        if not (0xA0 <= tag < 0xC0 or 0xD9 <= tag <= 0xDB):
            raise ValueFault("VALUE_TYPE", "a map key begins with the tag %02x; keys are str" % tag)
        key, at = read_value(data, at, depth + 1)
        items[key], at = read_value(data, at, depth + 1)
    return items, at


def check_room(data, at, least, depth):
    """An element takes a byte at least: a count beyond the frame is refused before anything is set aside."""
    if depth >= MOST_DEPTH:
        raise ValueFault("VALUE_DEPTH", "arrays and maps nest more than %d deep" % MOST_DEPTH)
    take(data, at, at + least)


CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}
NUMBERS = {
    0xCB: struct.Struct(">d"),
    0xCC: struct.Struct(">B"),
    0xCD: struct.Struct(">H"),
    0xCE: struct.Struct(">I"),
    0xCF: struct.Struct(">Q"),
    0xD0: struct.Struct(">b"),
    0xD1: struct.Struct(">h"),
    0xD2: struct.Struct(">i"),
    0xD3: struct.Struct(">q"),
}
SIZED = {
    0xC4: (read_bin, 1),
    0xC5: (read_bin, 2),
    0xC6: (read_bin, 4),
    0xD9: (read_str, 1),
    0xDA: (read_str, 2),
    0xDB: (read_str, 4),
    0xDC: (read_array, 2),
    0xDD: (read_array, 4),
    0xDE: (read_map, 2),
    0xDF: (read_map, 4),
}


def encode(value):
    """The shortest form of `value`: None, bool, int, float, str, bytes-like, list, tuple or dict with str
    keys.
    """
    parts = []
    write_value(parts, value, 0)
    return b"".join(parts)


def write_value(parts, value, depth):
    if value is None:
        parts.append(b"\xc0")
    elif isinstance(value, bool):
        parts.append(b"\xc3" if value else b"\xc2")
    elif isinstance(value, int):
        parts.append(encode_int(value))
    elif isinstance(value, float):
        parts.append(struct.pack(">Bd", 0xCB, value))
    elif isinstance(value, str):
        try:
            data = value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueFault("VALUE_UTF8", "a str cannot be UTF-8: %s" % error) from None
        parts += [sized(len(data), (0xA0, 32), (0xD9, 0xDA, 0xDB)), data]
    elif isinstance(value, (bytes, bytearray, memoryview)):
        data = value.cast("B") if isinstance(value, memoryview) else value
        parts += [sized(len(data), None, (0xC4, 0xC5, 0xC6)), data]
    elif isinstance(value, (list, tuple, dict)):
        write_container(parts, value, depth)
    else:
        raise ValueFault("VALUE_TYPE", "a %s cannot be sent" % type(value).__name__)


def write_container(parts, value, depth):
    if depth >= MOST_DEPTH:
        raise ValueFault("VALUE_DEPTH", "arrays and maps nest more than %d deep" % MOST_DEPTH)
    if not isinstance(value, dict):
        parts.append(sized(len(value), (0x90, 16), (None, 0xDC, 0xDD)))
        for item in value:
            write_value(parts, item, depth + 1)
        return
    parts.append(sized(len(value), (0x80, 16), (None, 0xDE, 0xDF)))
    for key, item in value.items():
        if not isinstance(key, str):
            raise ValueFault("VALUE_TYPE", "a map key is a %s; keys are str" % type(key).__name__)
        write_value(parts, key, depth + 1)
        write_value(parts, item, depth + 1)


def encode_int(value):
    if abs(value) > MOST_INT:
        raise ValueFault("VALUE_RANGE", "the int %d is beyond 2^53" % value)
    if -0x20 <= value < 0x80:
        return struct.pack(">b", value)
    if value >= 0:
        tag, form = next(
            (tag, form)
            for tag, form, end in ((0xCC, "B", 8), (0xCD, "H", 16), (0xCE, "I", 32), (0xCF, "Q", 64))
            if value < 1 << end
        )
    else:
        tag, form = next(
            (tag, form)
            for tag, form, end in ((0xD0, "b", 7), (0xD1, "h", 15), (0xD2, "i", 31), (0xD3, "q", 63))
            if value >= -(1 << end)
        )
    return struct.pack(">B" + form, tag, value)


def sized(count, fixed, tags):
    """The head of a str, bin, array or map: `fixed` is (tag, bound) of the one-byte form, `tags` those
    with 8, 16 and 32 bit counts.
    """
    if fixed and count < fixed[1]:
        return bytes((fixed[0] | count,))
    if count < 1 << 8 and tags[0]:
        return struct.pack(">BB", tags[0], count)
    if count < 1 << 16:
        return struct.pack(">BH", tags[1], count)
    return struct.pack(">BI", tags[2], count)
