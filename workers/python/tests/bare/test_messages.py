"""vectors/messages.tsv as a worker reads them: requests and notifications, which are all that it gets."""

import unittest

from drumline_worker.msgpack_subset import ValueFault
from drumline_worker.protocol import WorkerError, read_request
from drumline_worker.values import decode

from ..vectors import accepted, read_vectors, refused


class Messages(unittest.TestCase):
    cases = read_vectors("messages")

    def test_every_request_is_read(self):
        requests = [case for case in accepted(self.cases) if case.value[0] == 0]
        self.assertGreater(len(requests), 15)
        for case in requests:
            with self.subTest(case.name):
                request_id, method, params = read_request(decode(memoryview(case.data)))
                self.assertEqual([0, request_id, method, params], case.value)
                self.assertIs(type(request_id), int)

    def test_every_notification_is_read_and_left_alone(self):
        notifications = [case for case in accepted(self.cases) if case.value[0] == 2]
        self.assertGreater(len(notifications), 5)
        for case in notifications:
            with self.subTest(case.name):
                request_id, method, params = read_request(decode(memoryview(case.data)))
                self.assertEqual((request_id, type(method), type(params)), (0, str, dict))

    def test_responses_are_not_for_a_worker(self):
        for case in accepted(self.cases):
            if case.value[0] == 1:
                with self.subTest(case.name):
                    self.assertEqual(code_of(case.data), "MESSAGE_INVALID")

    def test_everything_else_is_refused_with_its_code(self):
        for case in refused(self.cases):
            with self.subTest(case.name):
                self.assertEqual(code_of(case.data), case.verdict)

    def test_a_bool_is_no_kind_of_message(self):
        for message in ([False, 1, "ping", {}], [True, 1, None, {}]):
            with self.assertRaises(WorkerError) as caught:
                read_request(message)
            self.assertEqual(caught.exception.code, "MESSAGE_INVALID")

    def test_the_id_is_kept_where_only_method_or_params_are_wrong(self):
        for message in ([0, 7, None, {}], [0, 7, "ping", None], [0, 7.0, "ping", []]):
            with self.assertRaises(WorkerError) as caught:
                read_request(message)
            self.assertEqual(caught.exception.request_id, 7)


def code_of(data):
    try:
        read_request(decode(memoryview(data)))
    except (ValueFault, WorkerError) as error:
        return error.code
    return "ok"
