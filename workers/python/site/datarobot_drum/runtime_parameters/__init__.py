"""The class that hooks written for DRUM import from here or from the module below."""

from drumline import RuntimeParameters

__all__ = ["RuntimeParameters"]
