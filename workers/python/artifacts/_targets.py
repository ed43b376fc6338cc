"""What target types ask of a model that predicts numbers or probabilities."""

CLASSES = ("binary", "multiclass", "multilabel")
NUMBERS = ("regression", "anomaly", "geopoint")


def find_fault(target_type):
    """Why a model whose predictions are numbers cannot serve the target type, or None."""
    if target_type in CLASSES + NUMBERS:
        return None
    words = "is no predictor for the target type %s, expected one of %s"
    return words % (target_type, ", ".join(CLASSES + NUMBERS))
