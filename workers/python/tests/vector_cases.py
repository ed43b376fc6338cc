"""The protocol's vectors through this worker's reader and writer; run with the msgpack package by
`environment`.
"""

import socket
import threading

from drumline_worker import frames, msgpack_subset, protocol, values

from .vectors import accepted, is_same, read_vectors, refused

FRAME_LIMIT = 2 * 2**20


class VectorCases:
    """Mixed into a TestCase that sets values.msgpack."""

    def test_values_are_read_and_written_again_in_canonical_form(self):
        for vector in accepted(read_vectors("values")):
            self.check_value(vector, values.decode(memoryview(vector.data)))

    def test_every_canonical_form_is_read_as_the_same_value(self):
        for vector in (
            accepted(read_vectors("values"))
            + accepted(read_vectors("messages"))
            + accepted(read_vectors("tables"))
        ):
            for form in vector.canonical:
                with self.subTest(vector.name):
                    again = values.decode(memoryview(form))
                    self.assertIn(values.encode(again), vector.canonical)

    def test_values_outside_the_subset_are_refused_with_their_code(self):
        for vector in refused(read_vectors("values")):
            with self.subTest(vector.name):
                self.assertEqual(self.code_of(lambda: values.decode(memoryview(vector.data))), vector.verdict)

    def test_messages_that_a_worker_gets_are_read(self):
        for vector in accepted(read_vectors("messages")):
            value = values.decode(memoryview(vector.data))
            self.check_value(vector, value)
            with self.subTest(vector.name):
                if vector.value[0] == 1:
                    self.assertEqual(self.code_of(lambda: protocol.read_request(value)), "MESSAGE_INVALID")
                else:
                    expected = tuple(vector.value[1:]) if vector.value[0] == 0 else (0, *vector.value[1:])
                    self.assertEqual(protocol.read_request(value), expected)

    def test_messages_of_no_known_form_are_refused_with_their_code(self):
        for vector in refused(read_vectors("messages")):
            with self.subTest(vector.name):
                code = self.code_of(lambda: protocol.read_request(values.decode(memoryview(vector.data))))
                self.assertEqual(code, vector.verdict)

    def test_streams_are_read_in_pieces_of_any_size_and_written_again(self):
        for vector in accepted(read_vectors("frames")):
            for size in piece_sizes(vector.data):
                with self.subTest(vector.name, size=size):
                    several = read_stream(vector.data, size)
                    self.assertTrue(is_same(several, vector.value))
            written = b"".join(framed(values.encode(value)) for value in several)
            with self.subTest(vector.name):
                self.assertTrue(written in vector.canonical)

    def test_streams_that_cannot_be_read_are_refused_with_their_code(self):
        for vector in refused(read_vectors("frames")):
            for size in piece_sizes(vector.data):
                with self.subTest(vector.name, size=size):
                    self.assertEqual(self.code_of(lambda: read_stream(vector.data, size)), vector.verdict)

    def check_value(self, vector, value):
        with self.subTest(vector.name):
            # Not assertEqual: printing the difference of a mebibyte takes minutes.
            self.assertTrue(is_same(value, vector.value), "read as another value")
            self.assertTrue(values.encode(value) in vector.canonical, "written in another form")

    def code_of(self, read):
        try:
            read()
        except (protocol.WorkerError, msgpack_subset.ValueFault, frames.FrameFault) as error:
            return error.code
        return "ok"


def piece_sizes(data):
    return [4099, 65536, len(data)] if len(data) > 10_000 else [1, 2, 3, 5, 7, max(1, len(data))]


def framed(body):
    return len(body).to_bytes(4, "little") + body


def read_stream(data, size):
    """Every value of a stream that comes in pieces of `size` bytes."""
    near, far = socket.socketpair()
    writer = threading.Thread(target=send_in_pieces, args=(far, data, size))
    writer.start()
    try:
        reader = frames.Stream(near.fileno(), near.fileno(), FRAME_LIMIT)
        read = []
        frame = reader.next_frame()
        while frame is not None:
            read.append(values.decode(frame))
            frame = reader.next_frame()
        return read
    finally:
        near.close()
        writer.join()


def send_in_pieces(end, data, size):
    try:
        for at in range(0, len(data), size):
            end.sendall(data[at : at + size])
    except OSError:
        pass  # The reader gave up, which is what some vectors are about.
    end.close()
