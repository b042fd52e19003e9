"""The values that something in a template can have, and which of them can occur together."""

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import (
    ABSENT,
    TOKEN,
    Case,
    Given,
    Partial,
    Place,
    as_text,
    both,
    is_scalar,
    together,
)
from _backup.conditions import Conditions

# Enough for every combination that a person writes. With more, a value counts as unknown.
MAX_CASES = 64
# More than AWS takes for anything that rules read. A longer text that functions make is unknown.
MAX_LENGTH = 16_384


class Values:
    """Finds the possible values in one template.

    A value that only the deployment knows stays unknown: an attribute of a resource, an import,
    or a parameter without allowed values and without a default. An empty default means "not
    given", and counts as no default.
    """

    def __init__(self, template: Mapping[str, Any], *, is_text: bool = False) -> None:
        self.template = template
        self.is_text = is_text  # in a stack set, where cfn-lint's own rules do not look
        self.parameters = self.section("Parameters")
        self.mappings = self.section("Mappings")
        self.resources = self.section("Resources")
        self.conditions = Conditions(self)

    def section(self, name: str) -> dict[str, Any]:
        """Return a section of the template; empty if there is none."""
        section = self.template.get(name)
        return section if isinstance(section, dict) else {}

    @property
    def transforms(self) -> list[Any]:
        """The names of the macros that go over the whole template."""
        listed = self.template.get("Transform", [])
        listed = listed if isinstance(listed, list) else [listed]
        return [name.get("Name") if isinstance(name, dict) else name for name in listed]

    def written(self, path: Place) -> Any:
        """Return what the author wrote at the path, without looking into functions."""
        node: Any = self.template
        try:
            for key in path:
                node = node[key]
        except (KeyError, IndexError, TypeError):
            return None
        return node

    def cfn_lint_reads(self, case: Case) -> bool:
        """Return whether cfn-lint's own rules see this value, which is written as it is."""
        return not self.is_text and is_scalar(self.written(case.path))

    # The values of a node in the template

    def of(self, node: Any, path: Place, given: Given | None = None) -> list[Case]:
        """Return what the node at the path can be, if ``given`` is true."""
        given = given or {}
        if node is None:
            return [Case(ABSENT, path, given)]
        if isinstance(node, dict) and len(node) == 1:
            [(function, argument)] = node.items()
            if function in ("Ref", "Condition") or str(function).startswith("Fn::"):
                return self._function(str(function), argument, path, given)
        if isinstance(node, dict) and "Fn::Transform" in node:
            return [_unknown(node, path, given)]
        return [Case(node, path, given)]

    def _function(self, function: str, argument: Any, path: Place, given: Given) -> list[Case]:
        cases: list[Case] = []
        match function, argument:
            case "Ref", str(name):
                cases = self._reference(name, path, given)
            case "Fn::GetAtt", str(attribute):
                cases = [Case(Partial("${" + attribute + "}"), path, given)]
            case "Fn::GetAtt", [*parts] if all(isinstance(part, str) for part in parts):
                cases = [Case(Partial("${" + ".".join(parts) + "}"), path, given)]
            case "Fn::If", [_condition, _then, _else]:
                cases = self._branches(argument, (*path, function), given)
            case "Fn::FindInMap", [str(), _row, _column, *_options]:
                cases = self._rows(argument, path, given)
            case "Fn::Sub", str(text):
                cases = self._substituted(text, {}, path, given)
            case "Fn::Sub", [str(text), dict(own)]:
                cases = self._substituted(text, own, path, given)
            case "Fn::Join", [str(delimiter), items]:
                cases = self._joined(delimiter, items, path, given)
        return cases or [_unknown({function: argument}, path, given)]

    def _reference(self, name: str, path: Place, given: Given) -> list[Case]:
        """Return what a parameter can be; its name in ``${}`` if that is unknown."""
        if name == "AWS::NoValue":
            return [Case(ABSENT, path, given)]
        unknown = [Case(Partial("${" + name + "}"), path, given)]
        default = self._declared(name).get("Default")
        if allowed := self.allowed(name):
            options, via = allowed, f" (allowed by parameter {name!r})"
        elif is_scalar(default) and default != "" and not self.is_stored(name):
            options, via = [default], f" (default of parameter {name!r})"
        else:
            return unknown
        cases = []
        for value in options:
            merged = both(given, {("parameter", name): as_text(value)})
            if merged is not None:
                items = [item.strip() for item in as_text(value).split(",")]
                cases.append(Case(items if self.is_list(name) else value, path, merged, via))
        # None left: ``given`` excludes all the values that are known.
        return cases if 0 < len(cases) <= MAX_CASES else unknown

    def _declared(self, name: str) -> dict[str, Any]:
        parameter = self.parameters.get(name)
        return parameter if isinstance(parameter, dict) else {}

    def is_list(self, name: str) -> bool:
        """Return whether the value of the parameter is a list."""
        kind = str(self._declared(name).get("Type"))
        return kind == "CommaDelimitedList" or kind.startswith("List<")

    def is_stored(self, name: str) -> bool:
        """Return whether the parameter holds only the name of its value in Parameter Store."""
        kind = self._declared(name).get("Type")
        return not isinstance(kind, str) or kind.startswith("AWS::SSM::")

    def allowed(self, name: str) -> list[Any]:
        """Return the values that the parameter can have; empty: that is unknown."""
        allowed = self._declared(name).get("AllowedValues")
        if not isinstance(allowed, list) or self.is_list(name) or self.is_stored(name):
            return []
        return [value for value in allowed if is_scalar(value)]

    def _branches(self, argument: list[Any], path: Place, given: Given) -> list[Case]:
        cases: list[Case] = []
        for index, holds in ((1, True), (2, False)):
            merged = both(given, {("condition", str(argument[0])): holds})
            if merged is not None:
                cases += self.of(argument[index], (*path, index), merged)
        return cases

    def _rows(self, argument: list[Any], path: Place, given: Given) -> list[Case]:
        """Return every value that Fn::FindInMap can find, even if a key is unknown."""
        name, row, column, *options = argument
        cases: list[Case] = []
        mapping = self.mappings.get(name)
        if not isinstance(mapping, dict):
            return cases
        for one, in_row in self._keys(row, list(mapping), path, given):
            columns = mapping[one] if isinstance(mapping[one], dict) else {}
            for other, in_column in self._keys(column, list(columns), path, in_row):
                via = f" (mapping {name!r}, row {one!r})"
                cases.append(Case(columns[other], path, in_column, via))
        if options and isinstance(options[0], dict):
            cases += self.of(options[0].get("DefaultValue"), path, given)
        return cases if len(cases) <= MAX_CASES else []

    def _keys(
        self, node: Any, keys: list[Any], path: Place, given: Given
    ) -> Iterator[tuple[Any, Given]]:
        """Yield the keys that the node can name, and what must be true for each."""
        reference = node.get("Ref") if isinstance(node, dict) and len(node) == 1 else None
        wanted: list[tuple[Any, Given]] = []
        if isinstance(reference, str):
            # Any row, not only the default's: the rows show which values are meant.
            rows = [as_text(value) for value in self.allowed(reference)]
            wanted += [
                (key, {("parameter", reference): as_text(key)})
                for key in keys
                if not rows or as_text(key) in rows
            ]
        else:
            for case in self.of(node, path, given):
                if case.known:
                    wanted += [(key, case.given) for key in keys if as_text(key) == case.text]
                elif case.text is not None:
                    wanted += [
                        (key, {**case.given, ("key", case.text): as_text(key)}) for key in keys
                    ]
        for key, needs in wanted:
            merged = both(given, needs)
            if merged is not None:
                yield key, merged

    def _substituted(self, text: str, own: Any, path: Place, given: Given) -> list[Case]:
        pieces: list[list[Case]] = []
        # Once each, however often the text names it: variables have variables of their own.
        variables: dict[str, list[Case]] = {}
        for part in re.split(f"({TOKEN.pattern})", text):
            name = part[2:-1].strip() if TOKEN.fullmatch(part) else None
            if name is None:
                pieces.append([Case(str(part), path, given)])
            elif name.startswith("!"):
                pieces.append([Case(Partial(part), path, given)])
            elif name in own:
                if name not in variables:
                    variables[name] = self.of(own[name], path, given)
                pieces.append(variables[name])
            else:
                pieces.append(self._reference(name, path, given))
        return _concatenated(pieces, path, given)

    def _joined(self, delimiter: str, items: Any, path: Place, given: Given) -> list[Case]:
        joined: list[Case] = []
        for whole in self.of(items, path, given):
            if not isinstance(whole.value, list):
                return []
            pieces: list[list[Case]] = []
            for item in whole.value:
                if pieces and delimiter:
                    pieces.append([Case(str(delimiter), path, given)])
                pieces.append(self.of(item, path, whole.given))
            joined += _concatenated(pieces, path, whole.given)
        return joined

    # The values inside a value

    def at(self, case: Case, *keys: str) -> list[Case]:
        """Return what a property, or one inside it, can be; ABSENT if it is missing."""
        cases = [case]
        for key in keys:
            cases = [inner for outer in cases for inner in self._property(outer, key)]
        return cases

    def _property(self, case: Case, key: str) -> list[Case]:
        if isinstance(case.value, dict):
            if key in case.value:
                return self.of(case.value[key], (*case.path, key), case.given)
            return [Case(ABSENT, case.path, case.given)]
        # An unknown object has unknown properties. A wrong type is reported by cfn-lint itself.
        return [case] if case.value is ABSENT or isinstance(case.value, Partial) else []

    def items(self, cases: Iterable[Case]) -> Iterator[Case]:
        """Yield what the items of a list can be; a single value counts as a list of one.

        An unknown list is one unknown item.
        """
        for case in cases:
            if not isinstance(case.value, list):
                if case.value is not ABSENT:
                    yield case
                continue
            for index, node in enumerate(case.value):
                for item in self.of(node, (*case.path, index), case.given):
                    if item.value is not ABSENT:
                        yield Case(item.value, item.path, item.given, item.via or case.via)

    def of_type(self, *types: str) -> Iterator[tuple[str, Case]]:
        """Yield the logical id and the properties of each resource of these types."""
        for name, resource in self.resources.items():
            if isinstance(resource, dict) and resource.get("Type") in types:
                path, given = ("Resources", str(name), "Properties"), self.exists(name)
                # A macro beside the type may add any property.
                is_open = "Fn::Transform" in resource
                node = resource if is_open else resource.get("Properties", {})
                for case in self.of(node, path, given):
                    yield str(name), case

    def type_of(self, name: str) -> str:
        """Return the type of the resource; empty if there is no such resource."""
        resource = self.resources.get(name)
        return str(resource.get("Type")) if isinstance(resource, dict) else ""

    def exists(self, name: str) -> Given:
        """Return what must be true for the resource to exist."""
        condition = self.resources[name].get("Condition")
        return {("condition", condition): True} if isinstance(condition, str) else {}

    # What can occur together

    def possible(self, given: Given) -> bool:
        """Return whether some parameters make all of this true; if in doubt, no."""
        return self.conditions.possible(given)

    def by_default(self, given: Given) -> bool:
        """Return whether all of this can be true if every parameter keeps its default."""
        defaults = {
            ("parameter", str(name)): as_text(parameter["Default"])
            for name, parameter in self.parameters.items()
            if not self.is_stored(name) and is_scalar(parameter.get("Default"))
        }
        merged = both(given, defaults)
        return merged is not None and self.possible(merged)


def _unknown(node: Any, path: Place, given: Given) -> Case:
    """Return an unknown value; the same expression always gives the same text."""
    text = json.dumps(node, sort_keys=True, default=str)
    return Case(Partial("${#" + hashlib.sha256(text.encode()).hexdigest()[:12] + "}"), path, given)


def _concatenated(pieces: list[list[Case]], path: Place, given: Given) -> list[Case]:
    """Return the texts that the pieces can make together."""
    texts = [Case("", path, given)]
    for piece in pieces:
        longer: list[Case] = []
        for (head, tail), merged in islice(together(texts, piece), MAX_CASES + 1):
            text = tail.text if tail.text is not None else _unknown(tail.value, path, given).text
            whole = f"{head.value}{text}"
            part = isinstance(head.value, Partial) or not tail.known
            via = head.via if tail.via in head.via else head.via + tail.via
            longer.append(Case(Partial(whole) if part else whole, path, merged, via))
        too_long = any(len(case.value) > MAX_LENGTH for case in longer)
        if too_long or not 0 < len(longer) <= MAX_CASES:
            return [_unknown([repr(case.value) for case in texts + piece], path, given)]
        texts = longer
    return texts
