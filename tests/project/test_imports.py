"""Imports go down: which room of generator/ may import which."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from generator.paths import ROOT

MAY_IMPORT: dict[str, set[str]] = {
    # The ground.
    "aws": set(),
    "cloudformation": set(),
    "stacks": set(),
    # Above it.
    "deployer_policy": {"stacks"},
    "lint": {"cloudformation"},
    "templates_folder": {"cloudformation", "deployer_policy", "lint", "stacks"},
    "protection": {"cloudformation"},
    "compare": {"cloudformation", "protection"},
    "live": {"aws", "cloudformation", "compare", "protection"},
    "parent": {"cloudformation", "stacks"},
    "release": {"aws", "cloudformation", "stacks"},
    "docs": {"cloudformation", "lint", "live", "parent", "protection", "release", "stacks"},
    # On top.
    "command": {
        *("aws", "cloudformation", "compare", "deployer_policy", "docs", "lint", "live", "parent"),
        *("protection", "release", "stacks", "templates_folder"),
    },
    # What cfn-lint loads by itself, from any directory.
    "rules": set(),
    # What everybody may import.
    "bounded": set(),
    "files": set(),
    "hosts": set(),
    "iam_language": set(),
    "paths": set(),
    "printable": set(),
}
EVERYBODY_MAY = {"bounded", "files", "hosts", "iam_language", "paths", "printable", "VERSION"}
SLOW = {"boto3", "botocore", "cfnlint"}
"""What takes long to import, and which most verbs do not need."""

TABLE = "a new arrow downwards is a row of MAY_IMPORT in tests/project/test_imports.py"


class Import(NamedTuple):
    """An import: where it stands, and what of."""

    file: Path
    line: int
    name: str
    at_once: bool
    """When the module is imported, not when a function runs or a type is checked."""

    def told(self, sentence: str) -> str:
        """Return where the import is, and what is wrong with it."""
        return f"{self.file.relative_to(ROOT)}:{self.line}: imports {self.name}: {sentence}"


def imports(file: Path) -> Iterator[Import]:
    """Yield what a file imports, in functions too; of generator with the room that is meant."""

    def walk(node: ast.AST, *, at_once: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(file, child.lineno, alias.name, at_once)
            elif isinstance(child, ast.ImportFrom):
                module = "." * child.level + (child.module or "")
                for alias in child.names:
                    yield Import(file, child.lineno, f"{module}.{alias.name}", at_once)
            else:
                later = isinstance(child, ast.FunctionDef | ast.Lambda) or (
                    isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
                )
                yield from walk(child, at_once=at_once and not later)

    yield from walk(ast.parse(file.read_text("utf-8")), at_once=True)


def room(path: Path) -> str:
    """Return the room that a file of generator/ is in; a file of its top is one of its own."""
    return path.relative_to(ROOT / "generator").parts[0].removesuffix(".py")


FILES = sorted((ROOT / "generator").rglob("*.py"))


def findings(one: Import) -> Iterator[str]:
    """Yield what is wrong with an import, and what to do."""
    here = room(one.file)
    top, _, rest = one.name.partition(".")
    if here == "rules":
        known = {"", "cfnlint", "tzdata", *sys.stdlib_module_names}
        if top not in known and not top.startswith("_backup"):
            yield one.told("rules run beside cfn-lint alone: use cfn-lint, the library and _backup")
        return
    if not top:
        yield one.told("write it in full, from generator")
    elif top == "build":
        yield one.told("build.py is on top: nothing imports it")
    elif top in SLOW and one.at_once and here != "lint":
        yield one.told("it takes long: import it in the function that needs it")
    elif top == "generator":
        there = rest.partition(".")[0]
        if there not in {here} | EVERYBODY_MAY | MAY_IMPORT.get(here, set()):
            yield one.told(
                f"{here} may not import {there}: take what is needed as an argument, or move it "
                f"down; {TABLE}"
            )
        part = ROOT / "generator" / "stacks" / "parts"
        if one.file.parent == part and rest.startswith("stacks.parts"):
            yield one.told("a part imports no other part: stacks/backup.py passes it on")


def test_every_room_has_a_row() -> None:
    rooms = {room(file) for file in FILES} - {"__init__"}
    assert rooms == set(MAY_IMPORT), "say in MAY_IMPORT what the room may import"


def test_imports_go_down() -> None:
    found = [said for file in FILES for one in imports(file) for said in findings(one)]
    assert not found, "\n" + "\n".join(found)
