"""The lock files: whole, hashed, of one mind, and the same for whoever makes them."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-test.txt", "tools/requirements-audit.txt")

# One entry: a pin, perhaps for some Pythons or systems only, and the hashes below it.
ENTRY = re.compile(
    r"^(\S+==[^\\\n]+?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


def pins(lock: str) -> set[str]:
    """Return the pins of a lock file, each with its marker: what pip reads."""
    return {match[1] for match in ENTRY.finditer((ROOT / lock).read_text())}


def names(lock: str) -> set[str]:
    return {pin.split("==")[0] for pin in pins(lock)}


def declared(block: str) -> list[tuple[str, str]]:
    """Return name and reason of each dependency in one list of pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text()
    listed = re.search(rf"^{block} = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert listed
    found = []
    for line in listed[1].splitlines():
        match = re.fullmatch(r' +"([\w.-]+)(?:\[[\w,-]+\])? [^"]+", +# (\S.+)', line)
        assert match, f"no requirement with its reason: {line}"
        found.append((match[1].lower(), match[2]))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_hashed(lock: str) -> None:
    text = ENTRY.sub("", (ROOT / lock).read_text())
    left = [line for line in text.splitlines() if not re.match(r" *#", line)]
    assert left == []
    assert pins(lock)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_machine(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert re.findall(r"--(?!hash=).*|\S*://\S*|\S+ @ \S+|file:\S*|[( ]/\S+", text) == []
    assert text.splitlines()[1] == "#    make lock"


def test_both_locks_agree() -> None:
    """Slip: leave --constraints out of `make lock`, and upgrade one of the two."""
    users = pins("requirements.txt")
    shared = {pin for pin in pins("requirements-test.txt") if pin.split("==")[0] in names(LOCKS[0])}
    assert shared == users


@pytest.mark.parametrize(
    ("block", "lock"), list(zip(("dependencies", "test", "audit"), LOCKS, strict=True))
)
def test_every_dependency_has_a_reason_and_is_locked(block: str, lock: str) -> None:
    direct = {name for name, _ in declared(block)}
    assert direct
    assert direct <= names(lock), "run `make lock`"


def test_no_user_installs_what_only_tests_need() -> None:
    assert names("requirements.txt").isdisjoint({"moto", "mypy", "pytest", "ruff", "uv"})


def test_newer_versions_are_looked_for_in_the_folder_of_every_lock() -> None:
    """Slip: move a lock file, and leave dependabot looking where it was."""
    loaded = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    watched = {
        each["directory"] for each in loaded["updates"] if each["package-ecosystem"] == "pip"
    }
    assert watched == {str(Path("/", lock).parent) for lock in LOCKS}
