# Returns what it gets, and has no other method.


class Echo:
    def predict(self, X, names, meta=None):
        return X
