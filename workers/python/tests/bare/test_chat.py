"""The hooks chat and get_supported_llm_models: what they get, what they may return, and how a stream is
stopped. Needs no packages.
"""

import unittest

from ..process import WorkerProcess
from ..user_code import UserCode

CHUNKS = """
class Chunk:
    object = "chat.completion.chunk"
    def __init__(self, number): self.number = number
    def to_dict(self): return {"object": self.object, "number": self.number}

def chunks(count):
    for number in range(count):
        yield Chunk(number)
"""


def completion(expression):
    return (
        "def chat(request, model, **kwargs): return {'object': 'chat.completion', 'said': %s}\n" % expression
    )


class Chat(unittest.TestCase):
    def load(self, custom, threads=1, target_type="textgeneration"):
        code = UserCode()
        self.addCleanup(code.__exit__)
        worker = WorkerProcess(DRUM_WORKER_THREADS=str(threads))
        self.addCleanup(worker.__exit__)
        params = {
            "code_directory": code.folder,
            "hook_file": code.write("custom.py", custom),
            "artifacts": [],
            "target_type": target_type,
        }
        return worker, worker.call("load", params)

    def chatting(self, custom, **options):
        worker, (error, _) = self.load(custom, **options)
        self.assertIsNone(error)
        return worker

    def answered(self, custom, request=None, headers=None):
        """(error, result, the chunks before it)"""
        worker = self.chatting(custom)
        return self.response(worker, 2, {"request": request or {}, "headers": headers or {}})

    def response(self, worker, request_id, params):
        worker.send([0, request_id, "chat", params])
        return self.rest(worker, request_id)

    def rest(self, worker, request_id):
        chunks = []
        while True:
            kind, of, *rest = worker.receive()
            if kind == 1:
                self.assertEqual(of, request_id)
                return rest[0], rest[1], chunks
            if of == "chunk":
                self.assertEqual(rest[0]["id"], request_id)
                chunks.append(rest[0]["data"])

    def refused(self, custom, *words):
        error, _, chunks = self.answered(custom)
        self.assertEqual(error["code"], "HOOK_RESULT_INVALID")
        for word in words:
            self.assertIn(word, error["message"])
        return chunks

    def test_a_model_that_chats_needs_no_pandas_no_artifact_and_no_other_hook(self):
        _, (error, result) = self.load(completion("1"))
        self.assertIsNone(error)
        self.assertEqual((result["hooks"], result["predictor"]), (["chat"], None))

    def test_predict_says_that_the_model_chats_alone(self):
        payload = {"kind": "bytes", "data": b"a\n1\n", "mimetype": None, "charset": None}
        error, _ = self.chatting(completion("1")).call("predict", {"payload": payload}, 2)
        self.assertEqual(error["code"], "ARTIFACT_MISSING")

    def test_the_request_arrives_as_it_was_sent(self):
        request = {
            "messages": [{"role": "user", "content": "é"}],
            "temperature": 0.5,
            "n": 1,
            "stop": None,
            "stream": True,
        }
        self.assertEqual(self.answered(completion("request"), request)[1]["completion"]["said"], request)

    def test_headers_come_to_a_hook_that_takes_them_whatever_the_case(self):
        custom = (
            "def chat(request, model, headers): return {'object': 'chat.completion', "
            "'said': headers['X-Me']}\n"
        )
        self.assertEqual(self.answered(custom, headers={"x-me": "I"})[1]["completion"]["said"], "I")
        custom = "def chat(request, model): return {'object': 'chat.completion', 'said': model}\n"
        self.assertIsNone(self.answered(custom, headers={"x-me": "I"})[1]["completion"]["said"])

    def test_a_generator_is_sent_chunk_by_chunk(self):
        error, result, chunks = self.answered(CHUNKS + "def chat(request, model): return chunks(3)\n")
        self.assertEqual((error, result), (None, {"completion": None}))
        self.assertEqual(
            chunks, [{"object": "chat.completion.chunk", "number": number} for number in range(3)]
        )

    def test_no_chunks_are_a_stream_too(self):
        self.assertEqual(
            self.answered("def chat(request, model): return []\n"), (None, {"completion": None}, [])
        )

    def test_dictionaries_in_a_list_are_chunks(self):
        _, _, chunks = self.answered(
            "def chat(request, model): return [{'object': 'chat.completion.chunk', 'é': (1, None)}]\n"
        )
        self.assertEqual(chunks, [{"object": "chat.completion.chunk", "é": [1, None]}])

    def test_what_is_neither_is_refused(self):
        for returned in (
            "'text'",
            "None",
            "1",
            "{}",
            "{'object': 'list'}",
            "[1]",
            "[{'object': 'chat.completion'}]",
        ):
            with self.subTest(returned):
                self.assertEqual(
                    self.refused(
                        "def chat(request, model): return %s\n" % returned,
                        "chat returned",
                        "chat.completion.chunk",
                    ),
                    [],
                )

    def test_what_json_does_not_have_is_refused(self):
        for said in ("object()", "{1: 2}", "b'x'", "2 ** 60"):
            with self.subTest(said):
                self.refused(completion(said), "something that JSON does not have")
        self.refused("nested = []\nnested.append(nested)\n" + completion("nested"), "nested more than")

    def test_a_hook_that_raises_after_a_chunk_is_told_after_it(self):
        custom = (
            CHUNKS + "def chat(request, model):\n    yield from chunks(1)\n    raise ValueError('lost')\n"
        )
        error, _, chunks = self.answered(custom)
        self.assertEqual(
            (error["code"], error["message"], len(chunks)),
            ("HOOK_FAILED", "the hook chat raised ValueError('lost')", 1),
        )
        self.assertIn("custom.py", error["traceback"])

    def test_a_status_that_the_user_chose(self):
        custom = (
            "class CustomHTTPError(Exception): status_code = 429\n"
            "def chat(request, model): raise CustomHTTPError('later')\n"
        )
        error, _, _ = self.answered(custom)
        self.assertEqual((error["message"], error["http_status"]), ("later", 429))

    ENDLESS = (
        CHUNKS
        + """
import sys
def chat(request, model):
    number = 0
    try:
        while True:
            yield Chunk(number)
            number += 1
    finally:
        print("told to stop")
"""
    )

    def test_a_stream_that_nobody_waits_for_is_stopped_and_what_came_meanwhile_is_answered(self):
        for threads in (1, 3):
            with self.subTest(threads=threads):
                worker = self.chatting(self.ENDLESS, threads=threads)
                worker.send([0, 7, "chat", {"request": {}, "headers": {}}])
                self.assertEqual(worker.receive()[1], "chunk")
                worker.send([2, "cancel", {"id": 7}], [0, 8, "ping", {}], [2, "cancel", {"id": 99}])
                responses = {}
                while len(responses) < 2:
                    message = worker.receive()
                    if message[0] == 1:
                        responses[message[1]] = message[2]
                self.assertEqual((responses[7]["code"], responses[8]), ("CANCELLED", None))
                self.assertIn("told to stop", worker.log())

    def test_a_stream_ends_with_the_input(self):
        worker = self.chatting(self.ENDLESS)
        worker.send([0, 7, "chat", {"request": {}, "headers": {}}])
        self.assertEqual(worker.receive()[1], "chunk")
        worker.process.stdin.close()
        self.assertEqual(self.rest(worker, 7)[0]["code"], "CANCELLED")
        self.assertEqual(worker.process.wait(), 0)

    MEETING = """
import threading
meeting = threading.Barrier(3, timeout=30)
def chat(request, model):
    meeting.wait()
    return {"object": "chat.completion", "id": request["id"]}
"""

    def test_threads_let_as_many_hooks_wait_side_by_side(self):
        worker = self.chatting(self.MEETING, threads=3)
        worker.send(
            *[
                [0, request_id, "chat", {"request": {"id": request_id}, "headers": {}}]
                for request_id in (2, 3, 4)
            ]
        )
        answers = [worker.receive() for _ in range(3)]
        self.assertEqual(
            sorted((one[1], one[3]["completion"]["id"]) for one in answers), [(2, 2), (3, 3), (4, 4)]
        )

    def test_every_thread_has_an_event_loop(self):
        custom = (
            "import asyncio\n"
            "async def answer(): return {'object': 'chat.completion', 'thread': True}\n"
            "def chat(request, model): return asyncio.get_event_loop().run_until_complete(answer())\n"
        )
        for threads in (1, 3):
            with self.subTest(threads=threads):
                worker = self.chatting(custom, threads=threads)
                for _ in range(4):
                    error, result = worker.call("chat", {"request": {}, "headers": {}})
                    self.assertIsNone(error)
                    self.assertTrue(result["completion"]["thread"])

    def test_a_hook_in_a_thread_may_end_the_process(self):
        worker = self.chatting("import sys\ndef chat(request, model): sys.exit(5)\n", threads=2)
        worker.send([0, 2, "chat", {"request": {}, "headers": {}}])
        self.assertEqual(worker.process.wait(), 5)

    def test_supported_models_are_those_that_say_so(self):
        custom = (
            completion("1")
            + "def get_supported_llm_models(model): return [{'object': 'model', 'id': 'a'}, {'id': 'b'}, 3]\n"
        )
        self.assertEqual(
            self.chatting(custom).call("models", {}, 2), (None, {"models": [{"object": "model", "id": "a"}]})
        )

    def test_supported_models_that_are_no_list_are_refused(self):
        custom = completion("1") + "def get_supported_llm_models(model): return 3\n"
        self.assertEqual(self.chatting(custom).call("models", {}, 2)[0]["code"], "HOOK_RESULT_INVALID")


if __name__ == "__main__":
    unittest.main()
