"""Modules of the code directory are compiled from their sources at every start.

Bytecode that Python keeps beside them knows only the second and the size of a change: after a swap, a file
that was changed twice in a second would run as it was before. Nor does a worker write into the folder.
"""

import os
import sys
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)


class Source(SourceFileLoader):
    def get_code(self, fullname):
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def compile_anew(folder):
    """From now on, modules in the folder and below it are imported so; installed packages are not."""
    inside = os.path.join(os.path.abspath(folder), "")

    def finder(path):
        place = os.path.join(os.path.abspath(path), "")
        if not place.startswith(inside) or "site-packages" in place.split(os.sep):
            raise ImportError("not a folder of the user's sources", path=path)
        return FileFinder(
            path,
            (ExtensionFileLoader, EXTENSION_SUFFIXES),
            (Source, SOURCE_SUFFIXES),
            (SourcelessFileLoader, BYTECODE_SUFFIXES),
        )

    sys.path_hooks.insert(0, finder)
    for known in list(sys.path_importer_cache):
        if os.path.join(os.path.abspath(known), "").startswith(inside):
            del sys.path_importer_cache[known]
