# Fails in the way that the text of the message names.

from seldon_core.flask_utils import SeldonMicroserviceException


class Faulty:
    def predict(self, X, names, meta=None):
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
        return X

    def route(self, X, names):
        return {"decimal": 1.5, "text": "1"}.get(X, 0)

    def metrics(self):
        return [{"type": "NOPE", "key": "k", "value": 1}] if getattr(self, "has_bad", False) else []

    def aggregate(self, Xs, names):
        self.has_bad = True
        return Xs[0]
