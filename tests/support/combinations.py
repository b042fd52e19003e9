"""Deployments in which every two values of two parameters meet, and which of them are refused."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import combinations, product

from generator.stacks import MAIN
from tests.support.generated import COPIES, TESTS, template
from tests.support.parameter_values import ON

Given = Callable[[str], str]
Row = dict[str, str]

NOT_CONFIRMED = "A compliance lock can never be lifted"
ADOPTED = "With ExistingVaultName the vault stays as it is"
OF_THE_ROLE = (
    "SchedulerIAMRoleArn",
    "ComputeNodeIAMRoleArn",
    "AdditionalInstanceRoleArns",
    "PermissionsBoundaryArn",
)


def _not_confirmed(given: Given) -> bool:
    return given("VaultLock") == "compliance" and given("VaultLockConfirmation") != "permanent"


def _adopted(*untouched: str) -> Callable[[Given], bool]:
    names = (*untouched, "VaultLock", "DenyRecoveryPointDeletion")

    def applies(given: Given) -> bool:
        touched = any(given(name) not in {"", "no", "none"} for name in names)
        return given("ExistingVaultName") != "" and touched

    return applies


REFUSALS: dict[str, dict[str, Callable[[Given], bool]]] = {
    MAIN: {
        "The vault has one key": lambda given: (
            given("CreateVaultKmsKey") == "yes" and given("VaultKmsKeyArn") != ""
        ),
        NOT_CONFIRMED: _not_confirmed,
        ADOPTED: _adopted("CreateVaultKmsKey", "VaultKmsKeyArn"),
    },
    COPIES: {
        "are for a cluster in another account": lambda given: (
            given("SourceAccountId") == ""
            and (given("SourceRoleArn") != "" or given("AllowCopyBack") == "yes")
        ),
        NOT_CONFIRMED: _not_confirmed,
        ADOPTED: _adopted("SourceAccountId", "SourceRoleArn", "AllowCopyBack"),
        "Without a role for restores nothing uses": lambda given: (
            given("CreateRestoreRole") == "no"
            and (given("ProtectFSx") == "yes" or any(map(given, OF_THE_ROLE)))
        ),
    },
    TESTS: {
        "Instances are restored only where you say": lambda given: (
            given("TestEC2") == "yes" and not (given("TestVpcId") and given("TestSubnetId"))
        ),
        "Without tests of EFS nothing uses EFSFileSystemArns": lambda given: (
            given("TestEFS") == "no" and given("EFSFileSystemArns") != ""
        ),
        "Without tests of EC2 nothing uses TestVpcId": lambda given: (
            given("TestEC2") == "no" and given("TestVpcId") + given("TestSubnetId") != ""
        ),
        "Nothing would be tested": lambda given: (
            {given(f"Test{kind}") for kind in ("EFS", "EBS", "EC2")} == {"no"}
        ),
    },
}
"""Template -> the sentence of each refusal, and when it applies."""

_OF_A_VAULT = (
    "ExistingVaultName",
    "VaultLock",
    "VaultLockConfirmation",
    "DenyRecoveryPointDeletion",
)
EXCLUDING: dict[str, list[tuple[str, ...]]] = {
    MAIN: [(*_OF_A_VAULT, "VaultKmsKeyArn", "CreateVaultKmsKey")],
    COPIES: [
        (*_OF_A_VAULT, "SourceAccountId", "SourceRoleArn", "AllowCopyBack"),
        ("CreateRestoreRole", "ProtectFSx", *OF_THE_ROLE),
    ],
    TESTS: [
        ("TestEFS", "EFSFileSystemArns", "TestEBS", "TestEC2", "TestVpcId", "TestSubnetId"),
    ],
}
"""Template -> groups of parameters that the refusals are about, each for itself."""


def default(name: str, of: str = MAIN) -> str:
    """Return the default of a parameter; without one, what the tests give."""
    return str(template(of)["Parameters"][name].get("Default", ON[name]))


def forbidden(given: Mapping[str, str], of: str = MAIN) -> set[str]:
    """Return which sentences of the refusals apply."""

    def value(name: str) -> str:
        return given[name] if name in given else default(name, of)

    return {sentence for sentence, applies in REFUSALS[of].items() if applies(value)}


@cache
def pairs(of: str = MAIN) -> list[Row]:
    """Return deployments in which every two values of two parameters meet."""
    return [*_covering(_values(of), lambda _: True)]


@cache
def free_pairs(of: str = MAIN) -> list[Row]:
    """Return the same among those that the refusals let through."""
    return _free(of, _values(of))


@cache
def switches(of: str = MAIN) -> list[Row]:
    """Return the few rows of these in which a parameter has its default or shows most."""
    return _free(of, {name: sorted({default(name, of), ON[name]}) for name in _values(of)})


@cache
def entangled(of: str = MAIN) -> list[Row]:
    """Return every combination of the parameters of each group in ``EXCLUDING``."""
    return [row for group in _groups(of, _values(of)) for row in group]


def _groups(of: str, values: Mapping[str, Sequence[str]]) -> list[list[Row]]:
    return [
        [dict(zip(group, row, strict=True)) for row in product(*(values[name] for name in group))]
        for group in EXCLUDING[of]
    ]


def _free(of: str, values: Mapping[str, Sequence[str]]) -> list[Row]:
    allowed = [[row for row in group if not forbidden(row, of)] for group in _groups(of, values)]

    def may(part: Row) -> bool:
        return all(any(map(partial(_agree, part), group)) for group in allowed)

    return [*_covering(values, may)]


def _agree(part: Row, row: Row) -> bool:
    return all(part.get(name, value) == value for name, value in row.items())


def _values(of: str) -> dict[str, list[str]]:
    """Return what to combine: every value of a list, the default and another one of a text."""
    return {
        name: [str(one) for one in declared.get("AllowedValues", [])]
        or sorted({default(name, of), ON[name]})
        for name, declared in template(of)["Parameters"].items()
    }


def _covering(values: Mapping[str, Sequence[str]], may: Callable[[Row], bool]) -> Iterator[Row]:
    """Yield rows until every two values have met that may meet: each row meets many new ones.

    ``may`` says of a part of a row whether there is a whole one with it. (allpairspy 2.5.1, which
    takes such a function too, leaves out pairs that may meet.)
    """
    order = {name: number for number, name in enumerate(values)}

    def pair(*cells: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(cells, key=lambda cell: order[cell[0]]))

    missing = {
        pair((one, x), (other, y)): None
        for one, other in combinations(values, 2)
        for x, y in product(values[one], values[other])
        if may({one: x, other: y})
    }
    while missing:
        row: Row = dict(next(iter(missing)))
        for name in [name for name in values if name not in row]:
            cells = [(name, value) for value in values[name] if may({**row, name: value})]
            row |= [max(cells, key=lambda cell: sum(pair(cell, o) in missing for o in row.items()))]
        for met in combinations(row.items(), 2):
            missing.pop(pair(*met), None)
        yield {name: row[name] for name in values}
