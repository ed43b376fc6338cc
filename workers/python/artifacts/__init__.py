"""Chooses the artifact, the type that loads it, and the type that predicts with a model.

One module of this folder is one type; workers/README.md lists what each defines, and may define. `predict`
takes a DataFrame or Numbers, or what a hook made, and returns a tuple: an array, or a list of columns, and
the model's class labels or None. `classes` also takes the target type and the requested labels.
"""

import importlib
import os
import sys

from ..labels import are_places, find_labels_fault
from ..packages import import_packages, package_missing, versions_in_words
from ..predictor import Predictor
from ..protocol import WorkerError
from ..tracebacks import trace_of, words_of

ORDER_TAKEN = (
    'the model, a {0}, does not name its classes: the first of two columns is taken for "{1}", the second or '
    'the only one for "{2}"; DRUM 1.18 takes them the other way round\n'
)


def artifact_types():
    """The modules of this folder, by rank."""
    here = os.path.dirname(os.path.abspath(__file__))
    names = sorted(
        file[:-3] for file in os.listdir(here) if file.endswith(".py") and not file.startswith("_")
    )
    modules = [importlib.import_module("." + name, __name__) for name in names]
    return sorted(modules, key=lambda module: module.rank)


def choose_artifact(artifacts, code_directory):
    """The only one of the paths. Raises ARTIFACT_MISSING or ARTIFACT_AMBIGUOUS."""
    if len(artifacts) == 1:
        return artifacts[0]
    if not artifacts:
        endings = ", ".join(
            "*" + ending for ending in sorted({one for kind in artifact_types() for one in kind.extensions})
        )
        message = (
            "%s holds no artifact; expected one of %s at its top level, or a load_model hook; add one"
            % (code_directory, endings)
        )
        raise WorkerError("ARTIFACT_MISSING", message)
    names = ", ".join(os.path.basename(path) for path in artifacts)
    message = "%s holds %d artifacts, expected one: %s; remove the others, or define load_model" % (
        code_directory,
        len(artifacts),
        names,
    )
    raise WorkerError("ARTIFACT_AMBIGUOUS", message)


def load_artifact(path):
    """The object in the file. Raises ARTIFACT_UNREADABLE, ARTIFACT_UNSUPPORTED or PACKAGE_MISSING."""
    ending = os.path.splitext(path)[1].lower()
    file = os.path.basename(path)
    kind = next((kind for kind in artifact_types() if ending in kind.extensions), None)
    if kind is None:
        raise WorkerError(
            "ARTIFACT_UNSUPPORTED", "no predictor reads %s; define load_model for %s" % (ending, file)
        )
    try:
        return kind.load(path)
    except ModuleNotFoundError as error:
        raise package_missing(file, error, path=path) from None
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:
        message = "%s cannot be read: %s; expected %s" % (file, words_of(error), kind.holds)
        message += versions_in_words(path)
        raise WorkerError("ARTIFACT_UNREADABLE", message, trace_of(error)) from None


def choose_predictor(model, target_type, labels):
    """The Predictor that scores this model. Raises ARTIFACT_UNSUPPORTED or PACKAGE_MISSING."""
    kind = next((kind for kind in artifact_types() if kind.fits(model)), None)
    name = "%s.%s" % (type(model).__module__, type(model).__qualname__)
    hook = "transform" if target_type == "transform" else "score"
    if kind is None:
        known = " or ".join(kind.name for kind in artifact_types())
        words = "the model is a %s, expected one of %s; define a %s hook for it" % (name, known, hook)
        raise WorkerError("ARTIFACT_UNSUPPORTED", words)
    fault = kind.find_fault(model, target_type)
    if fault is not None:
        words = "the model, a %s, %s; define a %s hook for it" % (name, fault, hook)
        raise WorkerError("ARTIFACT_UNSUPPORTED", words)
    import_packages(kind.packages(model), "the model, a %s," % name)
    classes = kind.classes(model, target_type, labels) if labels and hasattr(kind, "classes") else None
    fault = None if classes is None else find_labels_fault(classes, labels)
    if fault is not None:
        raise WorkerError("ARTIFACT_UNSUPPORTED", "the model, a %s, %s" % (name, fault))
    if classes is not None and target_type in ("binary", "multiclass") and are_places(classes, labels):
        words = "the classes %s of the model are taken for the labels %s, in this order\n"
        sys.stderr.write(words % tuple(", ".join(map(str, some)) for some in (classes, labels)))
    if target_type == "binary" and labels and classes is None:
        sys.stderr.write(ORDER_TAKEN.format(name, *labels))
    return Predictor(kind, model, target_type, labels, signature_of(kind, model))


def signature_of(kind, model):
    """What the model knows of its columns, as a Signature; None where it knows nothing."""
    known = kind.signature(model) if hasattr(kind, "signature") else None
    if known is None:
        return None
    from ..signature import Signature  # imports pandas

    return Signature(known)
