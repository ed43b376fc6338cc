"""Tests of the Python worker. `bare` needs no package; `environment` needs pandas, scikit-learn and msgpack.

From the repository's root: `python -m unittest discover -s workers/python/tests/bare -t workers/python`.
"""

import os
import sys
import types

WORKER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# As main.py has it: the worker's modules are a private package, this folder is not on the import path, where
# unittest puts it, and what user code imports from datarobot_drum is in site/.
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != WORKER]
package = types.ModuleType("drumline_worker")
package.__path__ = [WORKER]
sys.modules.setdefault("drumline_worker", package)
sys.path.append(os.path.join(WORKER, "site"))
