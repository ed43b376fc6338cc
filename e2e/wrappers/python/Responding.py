# Answers with tags and metrics of the call, which come after those of the class.

from seldon_core.user_model import SeldonComponent, SeldonResponse


class Responding(SeldonComponent):
    def predict(self, X, names, meta=None):
        return SeldonResponse(X, tags={"from": "call", "call": 1}, metrics=[counter("asked", 2)])

    def route(self, X, names, meta=None):
        return SeldonResponse(1, tags={"routed": True})

    def aggregate(self, Xs, names, metas=None):
        return SeldonResponse(Xs[0], tags={"joined": len(Xs)})

    def send_feedback(self, X, names, reward, truth, routing=None):
        return SeldonResponse([[1]], tags={"fed": True}, metrics=[counter("fed", 1)])

    def tags(self):
        return {"from": "class", "class": 1}

    def metrics(self):
        return [counter("asked", 1)]


def counter(key, value):
    return {"type": "COUNTER", "key": key, "value": value}
