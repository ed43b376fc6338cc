"""Gives user code the values that it asks RuntimeParameters and UserSecrets for (site/drumline)."""

import sys


def target_type_for_hooks(text):
    """The target type as DRUM gives it to hooks: an installed DRUM's own where the hook file imported it."""
    from drumline.target_types import TargetType

    try:
        return getattr(sys.modules.get("datarobot_drum.drum.enum"), "TargetType", TargetType)(text)
    except ValueError:
        return text


def give_to_user_code(params):
    """Takes both from the params of load or fit; absent ones count as empty."""
    # Not at the top: main.py puts the site folder on the path when it starts.
    from drumline import RuntimeParameters, UserSecrets

    RuntimeParameters.given = params.get("runtime_parameters") or {}
    UserSecrets.given = params.get("user_secrets") or {}
