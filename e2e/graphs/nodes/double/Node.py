# Multiplies by its parameter; refuses negative numbers.

import time

from seldon_core.flask_utils import SeldonMicroserviceException


class Node:
    def __init__(self, by=2):
        self.by = by
        self.fed = 0

    def predict(self, X, names, meta=None):
        if (X < 0).any():
            raise SeldonMicroserviceException("no <negative> numbers", status_code=422, reason="NEGATIVE")
        time.sleep(0.01)
        return X * self.by

    def send_feedback(self, X, names, reward, truth, routing=None):
        self.fed += 1

    def tags(self):
        return {"by": self.by, "fed": self.fed}
