"""vectors/frames.tsv through a Stream over real pipes, whole and in pieces; and the loop that answers
requests.
"""

import os
import select
import unittest

from drumline_worker.frames import FrameFault, Stream
from drumline_worker.msgpack_subset import ValueFault
from drumline_worker.protocol import Channel, WorkerError
from drumline_worker.values import decode, encode

from ..process import frame_of
from ..vectors import accepted, is_same, read_vectors, refused

LIMIT = 2 << 20


class PiecedStream(Stream):
    """Reads from a pipe into which one more piece is written before every read."""

    def __init__(self, pieces, outgoing=-1):
        incoming, self.feed = os.pipe()
        super().__init__(incoming, outgoing, LIMIT)
        self.pieces = [piece for piece in reversed(pieces) if piece]

    def make_room(self, need):
        super().make_room(need)
        if select.select([self.incoming], [], [], 0)[0]:
            return  # The last piece was larger than the room for it, or the stream has ended.
        if self.pieces:
            os.write(self.feed, self.pieces.pop())
        elif self.feed is not None:
            os.close(self.feed)
            self.feed = None

    def close(self):
        os.close(self.incoming)
        if self.feed is not None:
            os.close(self.feed)


def cut(data, size):
    return [data[at : at + size] for at in range(0, len(data), size)]


def values_in(pieces):
    """The values of a stream's frames, and the code with which reading ended."""
    stream = PiecedStream(pieces)
    values = []
    try:
        while True:
            frame = stream.next_frame()
            if frame is None:
                return values, "ok"
            values.append(decode(frame))
    except (FrameFault, ValueFault) as error:
        return values, error.code
    finally:
        stream.close()


class Frames(unittest.TestCase):
    cases = read_vectors("frames")

    def test_every_stream_reads_whole(self):
        for case in accepted(self.cases):
            with self.subTest(case.name):
                values, code = values_in(cut(case.data, 1 << 16))
                self.assertEqual(code, "ok")
                self.assertTrue(is_same(values, case.value))
                self.assertIn(b"".join(map(frame_of, values)), case.canonical)

    def test_every_broken_stream_ends_with_its_code(self):
        for case in refused(self.cases):
            with self.subTest(case.name):
                self.assertEqual(values_in(cut(case.data, 1 << 16))[1], case.verdict)

    def test_a_stream_in_pieces_of_any_size_reads_like_the_whole(self):
        for case in self.cases:
            whole = values_in(cut(case.data, 1 << 16))
            for size in (1, 2, 3, 4, 5, 7) if len(case.data) < 10000 else (4099, 65521):
                with self.subTest(case.name, size=size):
                    self.assertTrue(is_same(list(values_in(cut(case.data, size))), list(whole)))

    def test_a_stream_split_at_any_byte_reads_like_the_whole(self):
        for case in self.cases:
            if len(case.data) > 2000:
                continue
            whole = values_in([case.data])
            for at in range(1, len(case.data)):
                with self.subTest(case.name, at=at):
                    self.assertTrue(is_same(list(values_in([case.data[:at], case.data[at:]])), list(whole)))

    def test_frames_larger_than_the_first_buffer_follow_one_another(self):
        values = [bytes([at]) * (10000 * at) for at in range(1, 20)]
        data = b"".join(map(frame_of, values))
        for size in (65536, 50000, 1021):
            self.assertEqual(values_in(cut(data, size)), (values, "ok"))


class Serving(unittest.TestCase):
    """The loop with methods of the test's own; requests lie in a pipe that has ended."""

    def serve(self, data, methods, most=LIMIT):
        incoming, feed = os.pipe()
        answers, outgoing = os.pipe()
        os.write(feed, data)
        os.close(feed)
        status = Channel(Stream(incoming, outgoing, most)).serve(methods)
        os.close(incoming)
        os.close(outgoing)
        received = b""
        while True:
            more = os.read(answers, 1 << 16)
            if not more:
                break
            received += more
        os.close(answers)
        messages, code = values_in(cut(received, 1 << 16))
        self.assertEqual(code, "ok")
        return messages, status

    def test_pipelined_requests_are_answered_in_order(self):
        requests = [[0, at, "echo", {"value": at}] for at in range(1, 200)]
        messages, status = self.serve(
            b"".join(map(frame_of, requests)), {"echo": lambda params: params["value"]}
        )
        self.assertEqual(messages, [[1, at, None, at] for at in range(1, 200)])
        self.assertEqual(status, 0)

    def test_large_and_small_results_keep_their_order(self):
        sizes = [1, 20000, 2, 30000, 3]
        requests = [[0, at, "make", {"size": size}] for at, size in enumerate(sizes, 1)]
        messages, _ = self.serve(
            b"".join(map(frame_of, requests)), {"make": lambda params: b"x" * params["size"]}
        )
        self.assertEqual([len(message[3]) for message in messages], sizes)

    def test_notifications_get_no_response(self):
        data = frame_of([2, "cancel", {"id": 1}]) + frame_of([0, 1, "ping", {}]) + frame_of([2, "later", {}])
        self.assertEqual(self.serve(data, {"ping": lambda _params: {}})[0], [[1, 1, None, {}]])

    def test_every_failure_is_answered_once_and_the_next_request_too(self):
        def fail(params):
            raise {
                "worker": WorkerError("HOOK_FAILED", "no", "trace", 418),
                "other": ZeroDivisionError("oh"),
            }[params["kind"]]

        requests = [
            [0, 1, "fail", {"kind": "worker"}],
            [0, 2, "fail", {"kind": "other"}],
            [0, 3, "gone", {}],
            [0, 4, "ping", {}],
        ]
        messages, _ = self.serve(
            b"".join(map(frame_of, requests)), {"fail": fail, "ping": lambda _params: {}}
        )
        self.assertEqual(
            messages[0],
            [1, 1, {"code": "HOOK_FAILED", "message": "no", "traceback": "trace", "http_status": 418}, None],
        )
        self.assertEqual(
            [(one[1], one[2]["code"]) for one in messages[1:3]], [(2, "INTERNAL"), (3, "METHOD_UNKNOWN")]
        )
        self.assertIn("ZeroDivisionError('oh')", messages[1][2]["message"])
        self.assertIn("ZeroDivisionError: oh", messages[1][2]["traceback"])
        self.assertIn("gone", messages[2][2]["message"])
        self.assertEqual(messages[3], [1, 4, None, {}])

    def test_a_result_that_cannot_be_sent_is_answered_with_an_error(self):
        for result in (object(), {1: 2}, 2**70, {"text": "\ud800"}, [1j]):
            with self.subTest(repr(result)):
                data = frame_of([0, 1, "make", {}]) + frame_of([0, 2, "ping", {}])
                messages, status = self.serve(
                    data, {"make": lambda _params: result, "ping": lambda _params: {}}
                )
                self.assertEqual([message[1] for message in messages], [1, 2])
                self.assertEqual(messages[0][2]["code"], "INTERNAL")
                self.assertEqual(status, 0)

    def test_an_error_in_words_that_are_not_unicode_is_sent(self):
        def fail(_params):
            raise WorkerError("HOOK_FAILED", "half a character: \ud83e", "trace \udcff")

        messages, _ = self.serve(frame_of([0, 1, "fail", {}]), {"fail": fail})
        self.assertEqual(messages[0][2]["code"], "HOOK_FAILED")
        self.assertIn("half a character: \\ud83e", messages[0][2]["message"])
        self.assertIn("trace \\udcff", messages[0][2]["traceback"])

    def test_a_result_over_the_limit_is_answered_with_both_sizes(self):
        messages, _ = self.serve(
            frame_of([0, 1, "make", {}]), {"make": lambda _params: b"x" * 2000}, most=1000
        )
        self.assertEqual(messages[0][2]["code"], "FRAME_TOO_LARGE")
        self.assertIn("1000", messages[0][2]["message"])
        self.assertIn("%d" % len(encode([1, 1, None, b"x" * 2000])), messages[0][2]["message"])

    def test_an_error_over_the_limit_is_cut_rather_than_sent(self):
        def fail(_params):
            raise WorkerError("HOOK_FAILED", "m" * 5000, "t" * 5000)

        messages, _ = self.serve(frame_of([0, 1, "fail", {}]), {"fail": fail}, most=1000)
        self.assertEqual(messages[0][1], 1)
        self.assertLessEqual(len(encode(messages[0])), 1000)

    def test_finished_responses_do_not_wait_for_the_next_method(self):
        incoming, feed = os.pipe()
        answers, outgoing = os.pipe()
        os.write(feed, frame_of([0, 1, "ping", {}]) + frame_of([0, 2, "look", {}]))
        os.close(feed)
        methods = {
            "ping": lambda _params: {},
            "look": lambda _params: bool(select.select([answers], [], [], 0)[0]),
        }
        Channel(Stream(incoming, outgoing, LIMIT)).serve(methods)
        self.assertEqual(os.read(answers, 1000), frame_of([1, 1, None, {}]) + frame_of([1, 2, None, True]))
        for descriptor in (incoming, answers, outgoing):
            os.close(descriptor)

    def test_results_before_the_end_of_the_process_are_sent(self):
        def leave(_params):
            raise SystemExit(3)

        incoming, feed = os.pipe()
        answers, outgoing = os.pipe()
        os.write(
            feed, frame_of([0, 1, "ping", {}]) + frame_of([0, 2, "leave", {}]) + frame_of([0, 3, "ping", {}])
        )
        os.close(feed)
        with self.assertRaises(SystemExit):
            Channel(Stream(incoming, outgoing, LIMIT)).serve({"ping": lambda _params: {}, "leave": leave})
        os.close(outgoing)
        self.assertEqual(os.read(answers, 1000), frame_of([1, 1, None, {}]))
        os.close(incoming)
        os.close(answers)
