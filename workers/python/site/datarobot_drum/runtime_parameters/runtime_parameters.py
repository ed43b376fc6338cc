"""The same class, under the name that DRUM's own modules have for it."""

from drumline import RuntimeParameters

__all__ = ["RuntimeParameters"]
