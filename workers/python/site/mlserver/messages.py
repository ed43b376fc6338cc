"""The base of all messages: objects with named fields, made from keyword arguments, maps or JSON."""

import json


class Message:
    """Fields are declared in FIELDS, name to (kind, default); the default REQUIRED has none.

    A kind makes the value of what is given, or raises ValueError. Other arguments are ignored, or kept with
    KEEPS_OTHERS.
    """

    FIELDS = {}
    KEEPS_OTHERS = False

    def __init__(self, **given):
        for name, (kind, default) in self.FIELDS.items():
            value = given.pop(name, default)
            if value is REQUIRED:
                raise ValueError("%s needs the field %s" % (type(self).__name__, name))
            try:
                made = None if value is None else kind(value)
            except (TypeError, ValueError) as error:
                raise ValueError("%s.%s: %s" % (type(self).__name__, name, error)) from None
            setattr(self, name, made)
        if self.KEEPS_OTHERS:
            vars(self).update(given)

    def model_dump(self, exclude_none=True, **_others):
        """The fields as a dictionary, without those that are None."""
        fields = {name: dumped(value) for name, value in vars(self).items() if not name.startswith("_")}
        return {name: value for name, value in fields.items() if not (exclude_none and value is None)}

    def model_dump_json(self, **options):
        """The fields as JSON."""
        return json.dumps(self.model_dump(**options))

    dict, json = model_dump, model_dump_json

    @classmethod
    def model_validate(cls, given):
        """A message of a dictionary."""
        return given if isinstance(given, cls) else cls(**given)

    parse_obj = model_validate

    @classmethod
    def model_validate_json(cls, text):
        """A message of JSON."""
        return cls(**json.loads(text))

    parse_raw = model_validate_json

    def __eq__(self, other):
        return type(self) is type(other) and self.model_dump() == other.model_dump()

    __hash__ = None

    def __repr__(self):
        fields = ", ".join("%s=%r" % item for item in self.model_dump().items())
        return "%s(%s)" % (type(self).__name__, fields)


class Required:
    """In place of a default."""


REQUIRED = Required()


def dumped(value):
    if hasattr(value, "model_dump"):
        return value.model_dump()
    if isinstance(value, (list, tuple)):
        return [dumped(item) for item in value]
    return value


def of(kind):
    """The kind of a message, given as one or as a dictionary."""

    def make(given):
        if isinstance(given, kind):
            return given
        if isinstance(given, dict):
            return kind(**given)
        raise ValueError("expected a %s, got %r" % (kind.__name__, given))

    return make


def listed(kind):
    """The kind of a list of `kind`."""
    return lambda given: [kind(item) for item in given]


def text(given):
    if isinstance(given, str):
        return given
    raise ValueError("expected a text, got %r" % (given,))


def anything(given):
    return given
