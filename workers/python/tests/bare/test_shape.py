"""The shape that all workers share: the table of the artifact interface in workers/README.md, and imports."""

import ast
import inspect
import os
import re
import types
import unittest

from drumline_worker.artifacts import artifact_types

from .. import WORKER

# What the Python worker passes after the model.
FURTHER = {"classes": ["target_type", "labels"]}


def interface(heading="The artifact interface"):
    """{name: names of its parameters, or None for a value}, as the table of the README has it."""
    with open(os.path.join(WORKER, "..", "README.md"), encoding="utf-8") as file:
        _, _, section = file.read().partition("\n### %s\n" % heading)
    rows = re.findall(r"^\| `(\w+)(?:\(([\w, ]*)\))?` +\|", section.partition("\n##")[0], re.MULTILINE)
    return {name: parameters.split(", ") if parameters else None for name, parameters in rows}


def optional():
    members = interface("Optional members of a type")
    return {name: parameters + FURTHER.get(name, []) for name, parameters in members.items()}


class ArtifactTypes(unittest.TestCase):
    def test_the_table_is_read(self):
        members = interface()
        self.assertEqual(members["predict"], ["model", "table", "target_type", "labels"])
        self.assertIsNone(members["rank"])
        self.assertGreater(len(artifact_types()), 4)
        self.assertEqual(list(optional()), ["signature", "classes"])

    def test_every_type_defines_the_members_of_the_table_and_no_other_public_name(self):
        """A public name begins without `_`. Modules that a type imports are none of its names."""
        for kind in artifact_types():
            names = {
                name
                for name, value in vars(kind).items()
                if not name.startswith("_") and not isinstance(value, types.ModuleType)
            }
            with self.subTest(kind.__name__):
                self.assertEqual(names - set(optional()), set(interface()))

    def test_functions_have_the_parameters_of_the_table(self):
        for kind in artifact_types():
            for name, parameters in {**interface(), **optional()}.items():
                if parameters is not None and (hasattr(kind, name) or name in interface()):
                    with self.subTest(kind.__name__, member=name):
                        self.assertEqual(list(inspect.signature(getattr(kind, name)).parameters), parameters)

    def test_values_are_what_the_table_says(self):
        for kind in artifact_types():
            with self.subTest(kind.__name__):
                self.assertEqual([type(kind.rank), type(kind.name), type(kind.holds)], [int, str, str])
                self.assertTrue(all(re.match(r"\.[a-z0-9]+$", ending) for ending in kind.extensions))

    def test_no_two_types_have_the_same_rank(self):
        ranks = [kind.rank for kind in artifact_types()]
        self.assertEqual(len(ranks), len(set(ranks)))


class Imports(unittest.TestCase):
    def test_no_import_goes_in_a_circle(self):
        """Imports inside functions count too, except where a package reads its own folder."""
        imported = {name: imports_of(path) for name, path in sources().items()}
        done, circles = set(), []

        def visit(name, trail):
            if name in trail:
                circles.append(" -> ".join([*trail[trail.index(name) :], name]))
            elif name not in done:
                for following in imported.get(name, ()):
                    visit(following, [*trail, name])
                done.add(name)

        for name in imported:
            visit(name, [])
        self.assertEqual(circles, [])
        self.assertIn("protocol", imported["model"])


def sources():
    """Path by dotted name of every module of the worker."""
    found = {}
    for folder in ("", "artifacts"):
        for file in os.listdir(os.path.join(WORKER, folder)):
            if file.endswith(".py"):
                name = ".".join(filter(None, [folder, "" if file == "__init__.py" else file[:-3]]))
                found[name] = os.path.join(WORKER, folder, file)
    return found


def imports_of(path):
    """Dotted names of the worker's own modules that a file imports relatively."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    inside = os.path.basename(os.path.dirname(path)) == "artifacts"
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            package = "artifacts" if inside and node.level == 1 else ""
            if node.module:
                names.add(".".join(filter(None, [package, node.module])))
            else:
                names.update(".".join(filter(None, [package, one.name])) for one in node.names)
    return names


if __name__ == "__main__":
    unittest.main()
