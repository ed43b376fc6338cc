"""Trains the PyTorch models on scikit-learn's data sets; folders and files are those of train.py.

Modules whose classes lie in the code directory (network.py, custom.py) are saved whole, the others as
TorchScript.
"""

import importlib.util
import sys

import torch
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from torch import nn
from train import FOLDER, SEED, by_label, numbers, read_data, save_expected

STEPS = 150


def as_tensor(values, dtype=torch.float32):
    return torch.tensor(values.to_numpy(), dtype=dtype)


def fit(network, features, target, loss):
    """Full batches, so that nothing but the seed decides."""
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss(network(features), target).backward()
        optimizer.step()
    return network.eval()


def module_of(name, file):
    """The module beside the artifact, under the name that the worker will know it by."""
    spec = importlib.util.spec_from_file_location(file, FOLDER / name / (file + ".py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[file] = module
    spec.loader.exec_module(module)
    return module


def predicted(network, features):
    with torch.no_grad():
        return network(features).numpy()


class Scaled(nn.Module):
    """Standardises its input by what it was made from."""

    def __init__(self, features):
        super().__init__()
        self.register_buffer("mean", features.mean(0))
        self.register_buffer("deviation", features.std(0))

    def forward(self, features):
        return (features - self.mean) / self.deviation


class Strangeness(nn.Module):
    """How far an autoencoder's output lies from its input."""

    def __init__(self, features):
        super().__init__()
        self.scaled = Scaled(features)
        self.layers = nn.Sequential(
            nn.Linear(features.shape[1], 3), nn.Tanh(), nn.Linear(3, features.shape[1])
        )

    def forward(self, features):
        scaled = self.scaled(features)
        return ((self.layers(scaled) - scaled) ** 2).mean(1)


def train_regression():
    frame, target, _ = read_data(load_diabetes, FOLDER / "pytorch_regression")
    features = as_tensor(frame)
    module = module_of("pytorch_regression", "network")
    network = fit(module.Network(features.shape[1]), features, as_tensor(target).reshape(-1, 1), nn.MSELoss())
    torch.save(network, FOLDER / "pytorch_regression/model.pth")
    save_expected(FOLDER / "pytorch_regression", numbers(predicted(network, features)[:, 0]))


def train_binary():
    """TorchScript with one column, the probability of the second class."""
    frame, target, names = read_data(load_breast_cancer, FOLDER / "pytorch_binary")
    features = as_tensor(frame)
    layers = nn.Sequential(Scaled(features), nn.Linear(features.shape[1], 1), nn.Sigmoid())
    network = fit(layers, features, as_tensor(target).reshape(-1, 1), nn.BCELoss())
    torch.jit.script(network).save(FOLDER / "pytorch_binary/model.pth")
    second = predicted(network, features)
    save_expected(FOLDER / "pytorch_binary", by_label([(1 - one, one) for [one] in second], names))


def train_multiclass():
    """The class was the training script's own when the module was saved; custom.py has it too."""
    frame, target, names = read_data(load_iris, FOLDER / "pytorch_multiclass")
    features = as_tensor(frame)
    kind = module_of("pytorch_multiclass", "custom").Flowers
    kind.__module__, sys.modules["__main__"].Flowers = "__main__", kind
    network = fit(
        kind(), features, as_tensor(target, torch.int64), lambda got, wanted: nn.NLLLoss()(got.log(), wanted)
    )
    torch.save(network, FOLDER / "pytorch_multiclass/model.pth")
    save_expected(FOLDER / "pytorch_multiclass", by_label(predicted(network, features), names))


def train_multilabel():
    """In double precision, as a module of torch's own classes alone."""
    frame, _, _ = read_data(load_wine, FOLDER / "pytorch_multilabel")
    features = as_tensor(frame, torch.float64)
    target = (features[:, [0, 9]] > features[:, [0, 9]].median(0).values).double()
    network = nn.Sequential(
        nn.BatchNorm1d(features.shape[1]), nn.Linear(features.shape[1], 2), nn.Sigmoid()
    ).double()
    fit(network, features, target, nn.BCELoss())
    torch.save(network, FOLDER / "pytorch_multilabel/model.pth")
    save_expected(FOLDER / "pytorch_multilabel", by_label(predicted(network, features), ["strong", "dark"]))


def train_anomaly():
    frame, _, _ = read_data(load_wine, FOLDER / "pytorch_anomaly")
    features = as_tensor(frame)
    network = fit(Strangeness(features), features, torch.zeros(len(features)), nn.L1Loss())
    torch.jit.script(network).save(FOLDER / "pytorch_anomaly/model.pth")
    save_expected(FOLDER / "pytorch_anomaly", numbers(predicted(network, features)))


if __name__ == "__main__":
    for train in (train_regression, train_binary, train_multiclass, train_multilabel, train_anomaly):
        torch.manual_seed(SEED)
        train()
