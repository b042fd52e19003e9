"""The class of all rules, which makes them rules of cfn-lint."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, Given, Place
from _backup.stack_sets import templates_of_stack_sets
from _backup.values import Values
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template


class Problem(NamedTuple):
    """What is wrong, where, and what must be true for it."""

    path: Place
    message: str
    given: Given
    # Of several findings about the same thing at one place, only the first is reported.
    about: str = ""
    # Of the same finding about a value from elsewhere, such as a default, only the first as well.
    via: str = ""


def problem(case: Case, message: str, given: Given | None = None, about: str = "") -> Problem:
    """Return a problem at the place of a value."""
    return Problem(case.path, message, case.given if given is None else given, about, case.via)


class BackupRule(CloudFormationLintRule):
    """A cfn-lint rule that checks the values which a template can have."""

    def check(self, values: Values) -> Iterator[Problem]:
        """Yield what is wrong; `match` reports each thing once, and only if it is possible."""
        raise NotImplementedError

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Return the findings in cfn-lint's form, also those in the templates of stack sets."""
        if not self.id:  # cfn-lint makes a rule of this class, too, in every file that imports it
            return []
        return [
            RuleMatch(list(found.path), found.message)
            for found in self._found(Values(cfn.template))
        ]

    def _found(self, values: Values) -> Iterator[Problem]:
        # A macro of somebody's own may change everything in the template.
        if not all(str(name).startswith("AWS::") for name in values.transforms):
            return
        shown: set[tuple[Any, str]] = set()
        for found in self.check(values):
            keys = {(found.path, found.about)} | (
                {(found.via, found.message)} if found.via else set()
            )
            if not keys & shown and values.possible(found.given):
                shown |= keys
                yield found
        for body, inside in templates_of_stack_sets(values):
            if values.possible(body.given):
                for found in self._found(inside):
                    if not self._is_ignored(inside, found.path):
                        place = "/".join(map(str, found.path))
                        yield problem(body, f"in TemplateBody, at {place}: {found.message}")

    def _is_ignored(self, values: Values, path: Place) -> bool:
        """Return whether the stack set's template switches this rule off, as cfn-lint reads it."""
        whole = checks_off(values.template)
        return self.id in checks_off(values.resources.get(str(path[1]))) or any(
            isinstance(beginning, str) and self.id.startswith(beginning) for beginning in whole
        )


def checks_off(owner: Any) -> list[Any]:
    """Return the checks that a template or a resource switches off."""
    for key in ("Metadata", "cfn-lint", "config", "ignore_checks"):
        owner = owner.get(key) if isinstance(owner, Mapping) else None
    return owner if isinstance(owner, list) else []
