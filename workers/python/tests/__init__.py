"""Tests of the Python worker. `bare` needs no package; `environment` needs pandas, scikit-learn and msgpack.

From the repository's root: `python -m unittest discover -s workers/python/tests/bare -t workers/python`.
"""

import os
import sys
import types

WORKER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# As main.py has it: the worker's modules are a private package, and what user code imports from
# datarobot_drum is in site/.
package = types.ModuleType("drumline_worker")
package.__path__ = [WORKER]
sys.modules.setdefault("drumline_worker", package)
sys.path.append(os.path.join(WORKER, "site"))
