# Fails in the way that the text of the message names.

from seldon_core.flask_utils import SeldonMicroserviceException


class Faulty:
    told = None

    def predict(self, X, names, meta=None):
        self.told = X
        if X == "own":
            raise SeldonMicroserviceException("mine", status_code=418, reason="TEAPOT")
        if X == "plain":
            raise SeldonMicroserviceException("plain")
        if X == "other":
            raise ValueError("no luck")
        if X == "nothing":
            return None
        if X == "number":
            return 3
        if X == "unwritable":
            return {"x": object()}
        if X == "ragged":
            return [[1], [1, 2]]
        return X

    def route(self, X, names):
        return {"decimal": 1.5, "text": "1"}.get(X, 0)

    def metrics(self):
        if self.told == "number of metrics":
            return 3
        if self.told == "metric without a list":
            return {"type": "COUNTER", "key": "k", "value": 1}
        return [{"type": "NOPE", "key": "k", "value": 1}] if getattr(self, "has_bad", False) else []

    def aggregate(self, Xs, names):
        self.has_bad = True
        return Xs[0]
