"""What a real worker process answers to frames that it cannot read."""

import unittest

from ..process import WorkerProcess, frame_of
from ..vectors import read_vectors, refused

MOST = 1 << 16


def framed(body):
    return len(body).to_bytes(4, "little") + body


class BrokenFrames(unittest.TestCase):
    def test_every_value_outside_the_subset_is_answered_with_id_0_and_the_worker_goes_on(self):
        with WorkerProcess() as worker:
            worker.receive()
            for at, case in enumerate(refused(read_vectors("values")), 1):
                with self.subTest(case.name):
                    worker.send_bytes(framed(case.data))
                    kind, request_id, error, result = worker.receive()
                    self.assertEqual((kind, request_id, error["code"], result), (1, 0, case.verdict, None))
                    self.assertEqual(worker.call("ping", request_id=at), (None, {}))
            self.assertEqual(worker.finish(), 0)

    def test_every_message_of_no_known_form_is_answered_and_the_worker_goes_on(self):
        with WorkerProcess(MOST) as worker:
            worker.receive()
            for at, case in enumerate(refused(read_vectors("messages")), 1000):
                with self.subTest(case.name):
                    worker.send_bytes(framed(case.data))
                    kind, request_id, error, result = worker.receive()
                    self.assertEqual((kind, error["code"], result), (1, case.verdict, None))
                    # The vectors' requests have the id 1, which is known where only what follows it is wrong.
                    self.assertEqual(
                        request_id, 1 if case.name.startswith(("request-method-", "request-params-")) else 0
                    )
                    self.assertEqual(worker.call("ping", request_id=at), (None, {}))
            self.assertEqual(worker.finish(), 0)

    def test_a_length_over_the_limit_is_told_and_ends_it_with_65(self):
        for length in (MOST + 1, 0x7FFFFFFF, 0xFFFFFFFF):
            with self.subTest(length=length):
                with WorkerProcess(MOST) as worker:
                    worker.send_bytes(frame_of([0, 1, "ping", {}]) + length.to_bytes(4, "little"))
                    self.assertEqual(worker.wait(), 65)
                    _hello, response, (kind, request_id, error, _) = worker.rest()
                    self.assertEqual(response, [1, 1, None, {}])
                    self.assertEqual((kind, request_id, error["code"]), (1, 0, "FRAME_TOO_LARGE"))
                    self.assertIn(str(MOST), error["message"])
                    self.assertEqual(worker.log(), "")

    def test_input_that_ends_inside_a_frame_is_told_and_ends_it_with_65(self):
        frame = frame_of([0, 1, "ping", {}])
        for end in range(1, len(frame)):
            with self.subTest(end=end):
                with WorkerProcess(MOST) as worker:
                    worker.send_bytes(frame[:end])
                    self.assertEqual(worker.finish(), 65)
                    _hello, (kind, request_id, error, _) = worker.rest()
                    self.assertEqual((kind, request_id, error["code"]), (1, 0, "FRAME_TRUNCATED"))

    def test_a_frame_of_exactly_the_limit_is_read(self):
        with WorkerProcess(MOST) as worker:
            frame = frame_of([0, 1, "ping", {"filler": b"x" * (MOST - 19)}])
            self.assertEqual(len(frame) - 4, MOST)
            worker.send_bytes(frame)
            worker.receive()
            self.assertEqual(worker.receive(), [1, 1, None, {}])
