# Sends small numbers to the first child, and counts the rewards of each.


class Node:
    def __init__(self):
        self.rewards = {}

    def route(self, X, names, meta=None):
        return int(X[0][0] >= 100)

    def send_feedback(self, X, names, reward, truth, routing=None):
        self.rewards[str(routing)] = self.rewards.get(str(routing), 0) + reward
        return self.rewards
