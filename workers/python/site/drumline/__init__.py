"""What user code finds beside its data: the values it was given from outside.

The worker fills them in before it reads the hook file.
"""

import json
import os

__all__ = ["RuntimeParameters", "UserSecrets"]


class RuntimeParameters:
    """Values that model-metadata.yaml defines."""

    PREFIX = "MLOPS_RUNTIME_PARAM_"
    given = {}  # name to {"value": …} or {"error": text}

    @classmethod
    def has(cls, key):
        return key in cls.given or cls.PREFIX + key in os.environ

    @classmethod
    def get(cls, key):
        """The value: str, bool, int, float, dict (credentials) or None.

        ValueError when it is not set, or is not what its type says.
        """
        if key in cls.given:
            if "error" in cls.given[key]:
                raise ValueError(cls.given[key]["error"])
            return cls.given[key]["value"]
        if not cls.has(key):
            raise ValueError(
                'the runtime parameter "%s" is not set; define it in model-metadata.yaml, or ask has() first'
                % key
            )
        # Set by user code itself, or asked for in a process that user code has started.
        return json.loads(os.environ[cls.PREFIX + key])["payload"]


class UserSecrets:
    """Secrets from --user-secrets-mount-path and --user-secrets-prefix."""

    given = {}

    @classmethod
    def has(cls, key):
        return key in cls.given

    @classmethod
    def get(cls, key):
        """A dict with credential_type; its fields are attributes, too. ValueError when it is not set."""
        if key not in cls.given:
            raise ValueError('the user secret "%s" is not set; mount it, or ask has() first' % key)
        return Secret(cls.given[key])


class Secret(dict):
    """A dict that shows no value when it is printed."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError("the secret has no field %s, only %s" % (name, ", ".join(self))) from None

    def __repr__(self):
        return "Secret(%s)" % ", ".join("%s=*****" % name for name in self)
