"""Which values each parameter of each template takes and which it refuses, at every edge."""

import re
from typing import Any

import pytest

from generator.stacks import MAIN, TEMPLATES
from tests.local_aws.errors import RefusedError
from tests.support.generated import COPIES, TESTS, template, without_rules
from tests.support.parameter_values import COMPANIONS, VALUES

TABLES = "VALUES or COMPANIONS in tests/support/parameter_values.py"
EVERY = {**VALUES, **COMPANIONS}


def test_every_parameter_has_its_values() -> None:
    declared = {name for of in TEMPLATES for name in template(of)["Parameters"]}
    assert not declared - set(EVERY), f"add the new parameters to {TABLES}"
    assert not set(EVERY) - declared, f"remove what is no parameter from {TABLES}"
    assert set(VALUES) == set(template()["Parameters"])
    for name, values in EVERY.items():
        assert values.good, f"add good values of {name} to {TABLES}"
        assert values.bad, f"add bad values of {name} to {TABLES}"


def _cases(kind: str) -> list[Any]:
    return [
        pytest.param(of, name, value, id=f"{of.removesuffix('.template')}-{name}-{number}")
        for of in TEMPLATES
        for name in template(of)["Parameters"]
        for number, value in enumerate(getattr(EVERY[name], kind))
    ]


@pytest.mark.parametrize(("of", "name", "value"), _cases("good"))
def test_taken(of: str, name: str, value: str) -> None:
    assert without_rules(of=of, **{name: value}).parameters[name] == value


@pytest.mark.parametrize(("of", "name", "value"), _cases("bad"))
def test_refused(of: str, name: str, value: str) -> None:
    declared = template(of)["Parameters"][name]
    with pytest.raises(RefusedError, match=re.escape(name)) as refusal:
        without_rules(of=of, **{name: value})
    assert str(refusal.value).endswith(declared.get("ConstraintDescription", ""))
    # Whether AWS matches the whole value is not said in so many words: so a search finds nothing
    # either. ($ is also before a last line end; of a list, each member is matched.)
    if "AllowedPattern" in declared and declared["Type"] == "String" and value[-1:] != "\n":
        shorter = len(value) < declared.get("MinLength", 0)
        longer = len(value) > declared.get("MaxLength", 4096)
        assert shorter or longer or not re.search(declared["AllowedPattern"], value)


REQUIRED = {
    MAIN: ["ClusterId"],
    COPIES: ["ClusterId"],
    TESTS: ["ClusterId", "BackupVaultArn", "BackupRoleArn"],
}


@pytest.mark.parametrize("of", TEMPLATES)
def test_only_these_parameters_are_required(of: str) -> None:
    declared = template(of)["Parameters"]
    assert [name for name in declared if "Default" not in declared[name]] == REQUIRED[of]


def _having(attribute: str, *, present: bool = True) -> list[tuple[str, str]]:
    return [
        (of, name)
        for of in TEMPLATES
        for name, one in template(of)["Parameters"].items()
        if (attribute in one) is present
    ]


@pytest.mark.parametrize(("of", "name"), _having("AllowedValues", present=False))
def test_the_example_in_a_constraint_description_is_a_good_value(of: str, name: str) -> None:
    hint: str = template(of)["Parameters"][name]["ConstraintDescription"]
    without_rules(of=of, **{name: hint.rpartition(": ")[2]})


_ATOM = r"""
      \\[][(){}.*+?|^$/\\-]                      # an escaped sign
    | \[\^?(?:[A-Za-z0-9 _.:/=+@,*\#%-]|\\[][\\^-])+\]   # a class: no [, no &&, no \w
    | \(\?[:=!] | \((?!\?) | \)                # groups and look-ahead
    | [*+?] (?![+?]) | \{\d+(?:,\d*)?\} (?![+?]) # greedy quantifiers
    | [|^$]
    | [A-Za-z0-9 _:/=,@-]                        # itself
"""
SHARED = re.compile(f"(?:{_ATOM})+", re.VERBOSE)


@pytest.mark.parametrize(("of", "name"), _having("AllowedPattern"))
def test_a_pattern_uses_only_what_java_and_python_share(of: str, name: str) -> None:
    """CloudFormation's regular expressions are Java's; these tests judge with Python's.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-regexes.html
    """
    assert SHARED.fullmatch(template(of)["Parameters"][name]["AllowedPattern"])
