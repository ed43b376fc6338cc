"""Bases of a class CustomTask, which trains and predicts in place of hooks."""

import os
import pickle

from drumline import SECRETS, UserSecrets

__all__ = [
    "AnomalyEstimatorInterface",
    "BinaryEstimatorInterface",
    "CustomTaskInterface",
    "EstimatorInterface",
    "MulticlassEstimatorInterface",
    "RegressionEstimatorInterface",
    "Serializable",
    "TransformerInterface",
    *(kind.__name__ for kind in SECRETS.values()),
]
globals().update({kind.__name__: kind for kind in SECRETS.values()})


class Serializable:
    """Kept as a pickle of the object itself.

    A class that holds what cannot be pickled has a save and a load of its own.
    """

    default_artifact_filename = "drum_artifact.pkl"

    def save(self, artifact_directory):
        self.save_task(artifact_directory)
        return self

    @classmethod
    def load(cls, artifact_directory):
        return cls.load_task(artifact_directory)

    def save_task(self, artifact_directory, exclude=None):
        """Pickles the object; attributes named in `exclude` are None in the file.

        AttributeError for one that it lacks.
        """
        left_out = {name: getattr(self, name) for name in exclude or ()}
        for name in left_out:
            setattr(self, name, None)
        try:
            with open(os.path.join(artifact_directory, self.default_artifact_filename), "wb") as file:
                pickle.dump(self, file)
        finally:
            for name, value in left_out.items():
                setattr(self, name, value)

    @classmethod
    def load_task(cls, artifact_directory):
        """The object of the pickle. TypeError where that is none of this class."""
        path = os.path.join(artifact_directory, cls.default_artifact_filename)
        with open(path, "rb") as file:
            task = pickle.load(file)
        if not isinstance(task, cls):
            raise TypeError("%s holds a %s, expected a %s" % (path, type(task).__name__, cls.__name__))
        return task


class CustomTaskInterface(Serializable):
    @property
    def secrets(self):
        """User secrets by name."""
        return {name: UserSecrets.get(name) for name in UserSecrets.given}

    def fit(self, X, y, parameters=None, row_weights=None, **kwargs):
        """Trains on the DataFrame X and the Series y (None without a target), and keeps what it has learnt
        in self.
        """
        raise NotImplementedError("define fit(self, X, y, **kwargs) in CustomTask")

    @staticmethod
    def log_message(message):
        print(message, flush=True)


class EstimatorInterface(CustomTaskInterface):
    def predict(self, X, **kwargs):
        """A DataFrame with the column Predictions, or one value a row."""
        raise NotImplementedError("define predict(self, X, **kwargs) in CustomTask")


class RegressionEstimatorInterface(EstimatorInterface):
    pass


class AnomalyEstimatorInterface(EstimatorInterface):
    pass


class ClassificationInterface(EstimatorInterface):
    def predict_proba(self, X, **kwargs):
        """A DataFrame of probabilities with a column for each class label."""
        raise NotImplementedError("define predict_proba(self, X, **kwargs) in CustomTask")


class BinaryEstimatorInterface(ClassificationInterface):
    pass


class MulticlassEstimatorInterface(ClassificationInterface):
    pass


class TransformerInterface(CustomTaskInterface):
    def transform(self, X, **kwargs):
        """A DataFrame of as many rows."""
        raise NotImplementedError("define transform(self, X, **kwargs) in CustomTask")
