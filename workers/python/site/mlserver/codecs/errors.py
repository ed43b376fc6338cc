"""Errors of codecs, all with the status 400."""

from ..errors import MLServerError


class CodecError(MLServerError):
    """A value that the codec cannot carry over as it is."""

    def __init__(self, msg):
        super().__init__("There was an error encoding / decoding the payload: %s" % msg)


class CodecNotFound(MLServerError):
    """No codec takes an object of this type."""

    def __init__(self, name=None, payload_type=None, is_input=False, is_request=False):
        field = ("input " if is_input else "output ") + (
            ("request" if is_input else "response") if is_request else "field"
        )
        told = [
            "with name '%s'" % name if name else "",
            "with type %s" % payload_type if payload_type else "",
        ]
        super().__init__("Codec not found for %s %s" % (field, " and ".join(filter(None, told))))


class InputsNotFound(MLServerError):
    """A request has inputs that `predict` does not take, or lacks some that it needs."""

    def __init__(self, inputs, input_hints):
        names = ", ".join("'%s'" % one.name for one in inputs)
        known = ", ".join("'%s'" % name for name in input_hints)
        super().__init__("Input %s was not found. Available inputs are %s." % (names, known))


class OutputNotFound(MLServerError):
    """`predict` returned what its annotation does not say."""

    def __init__(self, output_idx, output_type, output_hints):
        expected = ", ".join("'%s'" % hint for hint in output_hints)
        words = "Unexpected output value at position '%s' (%s). Expected outputs are %s outputs."
        super().__init__(words % (output_idx, output_type, expected))
