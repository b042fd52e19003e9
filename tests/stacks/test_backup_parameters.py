"""Which values each parameter takes and which it refuses, at every edge."""

import re
from typing import Any

import pytest

from tests.local_aws.errors import RefusedError
from tests.support.generated import resolved, template
from tests.support.parameter_values import VALUES

TABLE = "VALUES in tests/support/parameter_values.py"


def test_every_parameter_has_its_values() -> None:
    declared = set(template()["Parameters"])
    assert not declared - set(VALUES), f"add the new parameters to {TABLE}"
    assert not set(VALUES) - declared, f"remove what is no parameter from {TABLE}"
    for name, values in VALUES.items():
        assert values.good, f"add good values of {name} to {TABLE}"
        assert values.bad, f"add bad values of {name} to {TABLE}"


def _cases(kind: str) -> list[Any]:
    return [
        pytest.param(name, value, id=f"{name}-{number}")
        for name, values in VALUES.items()
        if name in template()["Parameters"]
        for number, value in enumerate(getattr(values, kind))
    ]


@pytest.mark.parametrize(("name", "value"), _cases("good"))
def test_taken(name: str, value: str) -> None:
    # A rule, not the parameter, asks for the word beside a compliance lock.
    given = resolved(**{"VaultLockConfirmation": "permanent", name: value}).parameters[name]
    assert given == value


@pytest.mark.parametrize(("name", "value"), _cases("bad"))
def test_refused(name: str, value: str) -> None:
    declared = template()["Parameters"][name]
    with pytest.raises(RefusedError, match=re.escape(name)) as refusal:
        resolved(**{name: value})
    assert str(refusal.value).endswith(declared.get("ConstraintDescription", ""))
    # Whether AWS matches the whole value is not said in so many words: so a search finds nothing
    # either. ($ is also before a last line end; of a list, each member is matched.)
    if "AllowedPattern" in declared and declared["Type"] == "String" and value[-1:] != "\n":
        shorter = len(value) < declared.get("MinLength", 0)
        longer = len(value) > declared.get("MaxLength", 4096)
        assert shorter or longer or not re.search(declared["AllowedPattern"], value)


def test_only_the_cluster_id_is_required() -> None:
    declared = template()["Parameters"]
    assert [name for name in declared if "Default" not in declared[name]] == ["ClusterId"]


@pytest.mark.parametrize(
    "name", [name for name, one in template()["Parameters"].items() if "AllowedValues" not in one]
)
def test_the_example_in_a_constraint_description_is_a_good_value(name: str) -> None:
    hint: str = template()["Parameters"][name]["ConstraintDescription"]
    example = hint.rpartition(": ")[2]
    resolved(**{name: example})


_ATOM = r"""
      \\[][(){}.*+?|^$/\\-]                      # an escaped sign
    | \[\^?(?:[A-Za-z0-9 _.:/=+@,*\#%-]|\\[][\\^-])+\]   # a class: no [, no &&, no \w
    | \(\?[:=!] | \((?!\?) | \)                # groups and look-ahead
    | [*+?] (?![+?]) | \{\d+(?:,\d*)?\} (?![+?]) # greedy quantifiers
    | [|^$]
    | [A-Za-z0-9 _:/=,@-]                        # itself
"""
SHARED = re.compile(f"(?:{_ATOM})+", re.VERBOSE)


@pytest.mark.parametrize(
    "name", [name for name, one in template()["Parameters"].items() if "AllowedPattern" in one]
)
def test_a_pattern_uses_only_what_java_and_python_share(name: str) -> None:
    """CloudFormation's regular expressions are Java's; these tests judge with Python's.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-regexes.html
    """
    assert SHARED.fullmatch(template()["Parameters"][name]["AllowedPattern"])
