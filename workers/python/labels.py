"""A model's own classes beside the labels that are requested."""

TRUE_WORDS = frozenset("true yes on t y".split())
FALSE_WORDS = frozenset("false no off f n".split())


def are_places(classes, labels):
    """Whether classes 0, 1, 2 and so on are only places among as many labels, which are names."""
    if len(classes) != len(labels) or not all(_is_number(one, at) for at, one in enumerate(classes)):
        return False
    return not all(isinstance(normal_label(label), float) for label in labels)


def _is_number(label, number):
    """No words: those for true and false name their class."""
    try:
        return float(label) == number
    except (TypeError, ValueError):
        return False


def find_labels_fault(classes, labels):
    """How the classes of a model differ from the labels that are requested, or None. The supervisor has the
    same rule for each table of predictions.
    """
    if are_places(classes, labels):
        return None
    names = [str(one) for one in classes]
    rest = sorted(str(normal_label(one)) for one in set(names) - set(labels))
    if len(names) == len(labels) and rest == sorted(
        str(normal_label(one)) for one in set(labels) - set(names)
    ):
        return None
    words = "has the class labels %s, and %s were requested; request the labels that the model has"
    return words % tuple(", ".join('"%s"' % one for one in some) for some in (names, labels))


def normal_label(label):
    """What two spellings of a label have in common: 1, 1.0, True and yes are one label, as are A and a."""
    word = str(label).strip().lower()
    if word in TRUE_WORDS or word in FALSE_WORDS:
        return float(word in TRUE_WORDS)
    try:
        number = float(word)
    except ValueError:
        return word
    return word if number != number else number
