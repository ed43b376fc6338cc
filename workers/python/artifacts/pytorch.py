"""PyTorch: whole modules saved by torch.save, and TorchScript archives. The model computes on the CPU."""

import collections.abc
import inspect
import sys
import zipfile

from . import _targets

rank = 30
name = "torch"
extensions = [".pth"]
holds = (
    "a whole module saved by torch.save(module, path), whose classes are in custom.py or a module beside it, "
    "or a TorchScript archive"
)


def load(path):
    """The module, ready to predict, or other content as it is. Passes on what torch raises."""
    import torch

    model = torch.jit.load(path, map_location="cpu") if _is_script(path) else _unpickled(torch, path)
    if isinstance(model, torch.nn.Module):
        model.eval()
    return model


def _is_script(path):
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith("/constants.pkl") for name in archive.namelist())


def _unpickled(torch, path):
    # A module is code like any pickle: the file is the user's own, and is trusted as such.
    trusting = {"weights_only": False} if "weights_only" in inspect.signature(torch.load).parameters else {}
    return torch.load(path, map_location="cpu", **trusting)


def fits(model):
    torch = sys.modules.get("torch")  # a model of it has imported it
    return torch is not None and (isinstance(model, torch.nn.Module) or _count_tensors(torch, model) > 0)


def packages(model):
    return ["torch"]


def find_fault(model, target_type):
    torch = sys.modules["torch"]
    if isinstance(model, torch.nn.Module):
        return _targets.find_fault(target_type)
    return (
        "holds %d tensors without their module (a state dict); save the whole module by "
        "torch.save(module, path) or as TorchScript, "
        "or make the module in load_model and load the state dict into it there"
        % _count_tensors(torch, model)
    )


def _count_tensors(torch, model):
    """Of a state dict, or of the state dicts in a checkpoint."""
    if not isinstance(model, collections.abc.Mapping):
        return 0
    return sum(
        1 if isinstance(value, torch.Tensor) else _count_tensors(torch, value) for value in model.values()
    )


def predict(model, table, target_type, labels):
    from ._tabular import as_array, side_by_side

    torch = sys.modules["torch"]
    like = next((one for one in model.parameters() if one.is_floating_point()), torch.empty(0))
    wide = "float64" if like.dtype == torch.float64 else "float32"
    with torch.no_grad():
        outputs = model(torch.from_numpy(as_array(table, wide)).to(like))
    return side_by_side(_as_arrays(torch, outputs))


def _as_arrays(torch, outputs):
    if isinstance(outputs, collections.abc.Mapping):
        return {label: _as_arrays(torch, one) for label, one in outputs.items()}
    if isinstance(outputs, (list, tuple)):
        return [_as_arrays(torch, one) for one in outputs]
    outputs = outputs.detach().cpu()
    # NumPy has no type for the narrower ones.
    return (outputs.float() if outputs.dtype == torch.bfloat16 else outputs).numpy()
