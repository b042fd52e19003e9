"""Whatever a file holds or is: one sentence with its name, exit code 2, in bounded memory and time.

A template that is only odd is evaluated as CloudFormation would: it ends a verb with 0 or 1.
"""

import json
import os
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import build
from generator import paths, templates_folder
from generator.cloudformation import fetch
from generator.paths import ROOT, TEMPLATES
from tests.support.parents import PARAMETERS, URL, a_parent

NAME = "Backup.template"
MEGA = 1 << 20
MEMORY = 1 << 30
SMALL = "Resources: {A: {Type: AWS::SNS::Topic}}\n"

VERBS: dict[str, list[str]] = {
    "compare, old": ["compare", "{file}", "{good}"],
    "compare, new": ["compare", "--json", "{good}", "{file}"],
    "explain": ["explain", "--json", "{file}"],
    "check-parent": ["check-parent", "{file}"],
    "check-parent --stack": ["check-parent", "{file}", "--stack=Backup"],
}
COMPARES = [verb for verb in VERBS if verb.startswith("compare")]


def run(words: list[str], **places: object) -> subprocess.CompletedProcess[str]:
    """Run a verb in a process of its own, with little memory."""
    return subprocess.run(
        [sys.executable, str(ROOT / "build.py"), *(word.format(**places) for word in words)],
        capture_output=True, text=True, check=False, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip


def refused(done: subprocess.CompletedProcess[str], name: str) -> None:
    assert done.returncode == build.USAGE, done.stderr
    assert done.stderr.count("\n") == 1
    assert re.match(rf"build\.py: {re.escape(name)}\b", done.stderr)
    assert done.stdout == "" or set(json.loads(done.stdout)) == {"schema", "error"}


# What is no template


def laugh(item: str, levels: int) -> str:
    """Return lists of which each holds the one before nine times."""
    lines = [f"a0: &a0 {item}"]
    for level in range(1, levels):
        brackets = "{{<<: [{}]}}" if item.startswith("{") else "[{}]"
        inner = ",".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} " + brackets.format(inner))
    return "\n".join(lines) + f"\n{SMALL}"


TEXTS: dict[str, str | bytes] = {
    "nothing": "",
    "brackets": "[" * MEGA,
    "braces": "{" * MEGA,
    "brackets, closed": '{"Resources": ' + "[" * 400_000 + "]" * 400_000 + "}",
    "braces, JSON": '{"a":' * 200_000,
    "brackets in YAML": "Resources: " + "[" * 900_000,
    "block lists": "- " * 500_000,
    "block keys": "? " * 500_000,
    "block maps": "".join(" " * depth + "a:\n" for depth in range(1_400)),
    "quotes": '"' * MEGA,
    "anchors": "&a " * 300_000,
    "tags": "!a " * 300_000,
    "aliases of lists": laugh("[x, x]", 12),
    "aliases of maps, merged": laugh("{x: 1}", 90),
    "aliases of a long text": f"a: &a {'x' * 400_000}\nb: [{'*a,' * 90_000}]\n{SMALL}",
    "a circle": "Resources: &a {A: *a}",
    "a key twice": "Resources: {A: {Type: T}, A: {Type: T}}",
    "a key twice, JSON": '{"Resources": {}, "Resources": {}}',
    "a key that is a list": "Resources: {? [a] : {Type: T}}",
    "a null character": 'Resources: {A: {Type: "T\0"}}',
    "half a character": '{"Resources": {"A": {"Type": "\\ud800"}}}',
    "UTF-16": SMALL.encode("utf-16"),
    "Latin 1": "Resources: {A: {Type: Ü}}".encode("latin-1"),
    "too many bytes": SMALL + "#" * MEGA,
}
# A loop makes as much of a short text as it likes.
LOOP = {
    "Fn::ForEach::All": [
        "X",
        [f"a{number}" for number in range(40_000)],
        {"R${X}": {"Type": "T", "Properties": {"P": {"Fn::Sub": "${X}" + "x" * 100_000}}}},
    ]
}
TEXTS["a loop of long texts"] = json.dumps(
    {"Transform": "AWS::LanguageExtensions", "Resources": LOOP}
)
LOOP = {"Fn::ForEach::All": ["X", ["x" * 400_000], {"R": {"Type": "T", "P": "${X}" * 100_000}}]}
TEXTS["a loop of one long text"] = json.dumps(
    {"Transform": "AWS::LanguageExtensions", "Resources": LOOP}
)


@pytest.mark.parametrize("verb", ["compare, new", "explain", "check-parent"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_no_template(text: str | bytes, verb: str, tmp_path: Path) -> None:
    file, good = tmp_path / "file", tmp_path / "good"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    good.write_text(SMALL)
    refused(run(VERBS[verb], file=file, good=good), str(file))


# What is no file


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(MEGA << 10)


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


def locked(path: Path) -> None:
    path.write_text(SMALL)
    path.chmod(0)


FILES: dict[str, Callable[[Path], None]] = {
    "nothing": lambda _: None,
    "a folder": Path.mkdir,
    "a pipe without a writer": os.mkfifo,
    "a socket": bound,
    "a link to itself": lambda path: path.symlink_to(path),
    "the memory of the process": lambda path: path.symlink_to("/proc/self/mem"),
    "zeros without end": lambda path: path.symlink_to("/dev/zero"),
    "a gigabyte": sparse,
    "what may not be read": locked,
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
def test_what_is_no_file(
    make: Callable[[Path], None],
    verb: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file, good = tmp_path / "file", tmp_path / "good"
    make(file)
    if make is locked and os.access(file, os.R_OK):
        pytest.skip("the superuser may read everything")
    good.write_text(SMALL)
    monkeypatch.setattr(fetch, "PIPE_SECONDS", 0.2)
    words = [word.format(file=file, good=good) for word in VERBS[verb]]
    status = build.main(words)
    out, err = capsys.readouterr()
    refused(subprocess.CompletedProcess(words, status, out, err), str(file))


@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
def test_what_is_no_file_in_templates(
    make: Callable[[Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make(tmp_path / "file")
    if not os.path.lexists(tmp_path / "file") or make is locked:
        pytest.skip("nothing is there, or the superuser may read it")
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path)
    monkeypatch.setattr(templates_folder, "generate", dict)
    monkeypatch.setattr(templates_folder, "findings", lambda _: [])
    assert build.main(["check"]) == build.USAGE
    out, err = capsys.readouterr()
    checking, sentence = err.splitlines()
    assert (out, checking) == ("", "build.py: checking templates/ ...")
    assert f"{tmp_path / 'file'}: " in sentence


def test_a_pipe_that_is_written_to_late(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe")

    def write() -> None:
        time.sleep(1)  # the reader has opened it, and waits
        with (tmp_path / "pipe").open("r+b", buffering=0) as pipe:  # "wb" waits for a reader
            for line in (TEMPLATES / NAME).read_bytes().splitlines(keepends=True):
                pipe.write(line)

    with ThreadPoolExecutor() as pool:
        writing = pool.submit(write)
        status = build.main(["compare", str(tmp_path / "pipe"), str(TEMPLATES / NAME)])
        writing.result()
    assert status == 0
    assert "Verdict: none" in capsys.readouterr().out


# What is a template, though an odd one


def numbered(number: str) -> str:
    return (
        f"Parameters: {{P: {{Type: String, Default: {number}, AllowedValues: [{number}, x]}}}}\n"
        f"Mappings: {{M: {{a: {{b: {number}}}}}}}\n"
        f"Conditions: {{C: !Equals [!Ref P, {number}]}}\n"
        f"Resources: {{A: {{Type: T, Condition: C, Properties: {{P: {number}}}}}}}"
    )


def keyed(key: str) -> str:
    return (
        f"{key}: x\n"
        f"Parameters: {{{key}: {{Type: String, {key}: 1}}}}\n"
        f"Mappings: {{{key}: {{{key}: {{{key}: 1}}}}}}\n"
        f"Conditions: {{{key}: !Equals [!Ref A, {key}]}}\n"
        f"Resources: {{A: {{Type: T, Condition: {key}, Metadata: {{{key}: x}}, "
        f"Properties: {{{key}: x}}}}, {key}: {{Type: T}}}}\n"
        f"Outputs: {{{key}: {{Value: !Ref {key}, Condition: {key}}}}}\n"
    )


def chain(length: int, link: Callable[[str], Any], last: Any) -> str:
    conditions = {f"C{number}": link(f"C{number + 1}") for number in range(length)}
    conditions[f"C{length}"] = last
    changes = {
        ("Conditions",): conditions,
        ("Resources", "Backup", "Condition"): "C0",
        URL: {"Fn::If": ["C0", "https://b.s3.us-east-1.amazonaws.com/" + NAME, "x"]},
    }
    return json.dumps(a_parent(changes))


def negated(name: str) -> Any:
    return {"Fn::Not": [{"Condition": name}]}


def chosen(name: str) -> Any:
    return {"Fn::Equals": [{"Fn::If": [name, "a", "b"]}, "a"]}


def many_parameters() -> str:
    names = [f"P{number}" for number in range(60)]
    values = [str(number) for number in range(64)]
    joined = {"Fn::Join": ["-", [{"Ref": name} for name in names]]}
    changes: dict[tuple[str, ...], Any] = {
        ("Parameters", name): {"Type": "String", "Default": "0", "AllowedValues": values}
        for name in names
    }
    return json.dumps(a_parent({**changes, (*PARAMETERS, "ClusterId"): joined, URL: joined}))


def misspelt() -> str:
    """Return a parent in which each of many names is like each of many others."""
    changes: dict[tuple[str, ...], Any] = {
        ("Resources", f"Resource{number:04}abc"): {"Type": "T"} for number in range(4_000)
    }
    changes["Resources", "Backup", "DependsOn"] = [f"Resources{n:04}abd" for n in range(4_000)]
    return json.dumps(a_parent(changes))


def long_pattern(pattern: str) -> str:
    return json.dumps(
        {
            "Parameters": {"P": {"Type": "String", "Default": "a" * 60, "AllowedPattern": pattern}},
            "Resources": {"A": {"Type": "T"}},
        }
    )


def restore_tests(schedule: str) -> str:
    plan = {"ScheduleExpression": schedule, "RecoveryPointSelection": {"IncludeVaults": ["*"]}}
    resources: dict[str, Any] = {
        f"Test{number}": {
            "Type": "AWS::Backup::RestoreTestingSelection",
            "Properties": {
                "RestoreTestingPlanName": {"Ref": "Plan"},
                "ProtectedResourceType": f"Type{number}",
            },
        }
        for number in range(60)
    }
    resources["Plan"] = {"Type": "AWS::Backup::RestoreTestingPlan", "Properties": plan}
    return json.dumps({"Resources": resources})


EQUAL: Any = {"Fn::Equals": [{"Ref": "AWS::Region"}, "x"]}
ODD: dict[str, str] = {
    **{
        f"the number {name}": numbered(number)
        for name, number in {
            "of 5,000 digits": "1" * 5_000,
            "of 5,000 hexadecimal digits": "0x" + "f" * 5_000,
            "of 5,000 octal digits": "0" + "7" * 5_000,
            "of 5,000 binary digits": "0b" + "1" * 5_000,
            "of 2,000 parts of 60": ":".join(["59"] * 2_000),
            "of 5,000 decimals": "0." + "1" * 5_000,
            "that is too large": "1e999999",
            "without end": ".inf",
            "that is none": ".nan",
        }.items()
    },
    **{
        f"the key {key}": keyed(key)
        for key in ("1", "1.5", "0x1F", "true", "no", "null", "~", "2020-01-01", ".inf", ".nan")
    },
    "a chain of 3,000 conditions": chain(3_000, negated, EQUAL),
    "a chain of 3,000 choices": chain(3_000, chosen, EQUAL),
    "60 parameters with 64 values each": many_parameters(),
    "4,000 names that are misspelt": misspelt(),
    "a pattern without end": long_pattern("(a|aa)+b"),
    "60 restore tests in every minute": restore_tests("cron(* * * * ? *)"),
    "a Sub of beginnings": json.dumps(
        {"Resources": {"A": {"Type": "T", "P": {"Fn::Sub": "${" * 200_000}}}}
    ),
    "other items": json.dumps(
        {"Resources": {"A": {"Type": "T", "Properties": {"P": [*map(str, range(60_000))]}}}}
    ),
    "a BOM": f"\ufeff{SMALL}",
    "ends of lines of others": SMALL.replace(" ", "\r\n  "),
}


# What is compared with it, so that the patterns are tried, and the items.
OTHERS = {
    text: re.sub('"AllowedPattern": "[^"]*"', '"AllowedPattern": "a*"', text)
    for name, text in ODD.items()
    if name.startswith("a pattern")
} | {
    ODD["other items"]: ODD["other items"].replace('", "', '", "x'),
    ODD["60 restore tests in every minute"]: restore_tests("cron(0 7 2 * ? *)"),
}


@pytest.mark.parametrize("verb", ["compare, new", "explain", "check-parent --stack"])
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_an_odd_template(text: str, verb: str, tmp_path: Path) -> None:
    file, good = tmp_path / "file", tmp_path / "good"
    file.write_text(text, encoding="utf-8", newline="")
    good.write_text(OTHERS.get(text, SMALL), encoding="utf-8")
    done = run(VERBS[verb], file=file, good=good)
    assert done.returncode in (build.FINE, build.FINDING), done.stderr[-500:]
    assert done.stderr.count("\n") <= 1


WHOLE: dict[str, str] = {
    "a circle of conditions": chain(3_000, negated, {"Condition": "C0"}),
    "a circle of choices": chain(3_000, chosen, chosen("C0")),
    **{
        f"functions that make much: {name}": json.dumps(
            {
                "Parameters": {
                    "P": {"Type": "String", "Default": "x," * 100_000},
                    "L": {"Type": "CommaDelimitedList", "Default": "x," * 100_000},
                },
                "Mappings": {"M": {"a": {"b": ["x"] * 50_000}}},
                "Resources": {"A": {"Type": "T", "Properties": {"P": [function] * 12_000}}},
            }
        )
        for name, function in {
            "Fn::Sub": {"Fn::Sub": "a${P}"},
            "Fn::Split": {"Fn::Split": [",", {"Ref": "P"}]},
            "a list": {"Ref": "L"},
            "Fn::FindInMap": {"Fn::FindInMap": ["M", "a", "b"]},
        }.items()
    },
}


@pytest.mark.parametrize("verb", COMPARES)
@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_a_template_that_cannot_be_evaluated(text: str, verb: str, tmp_path: Path) -> None:
    file, good = tmp_path / "file", tmp_path / "good"
    file.write_text(text)
    good.write_text(SMALL)
    refused(run(VERBS[verb], file=file, good=good), str(file))


# Where it runs

SURROUNDINGS: dict[str, dict[str, str]] = {
    "a home that cannot be looked into": {"HOME": "/" + "n" * 300},
    "no folder for temporary files": {"TMPDIR": "/nowhere"},
    "ASCII": {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
}


@pytest.mark.parametrize("surroundings", SURROUNDINGS.values(), ids=SURROUNDINGS)
@pytest.mark.parametrize(
    "words",
    [
        ["render"],
        ["check"],
        ["compare", "{new}", "templates/Backup.template"],
        ["check-parent", "{new}"],
        ["compare", "{folder}/ü"],
    ],
    ids=" ".join,
)
def test_surroundings(words: list[str], surroundings: dict[str, str], tmp_path: Path) -> None:
    new = tmp_path / "日本"
    new.write_text(SMALL.replace("A:", "'ä':"), encoding="utf-8")
    spoken = [word.format(new=new, folder=tmp_path) for word in words]
    both = [
        subprocess.run(
            [sys.executable, ROOT / "build.py", *spoken],
            capture_output=True, check=False, cwd=ROOT, env={**os.environ, **environment},
        )
        for environment in ({}, surroundings)
    ]  # fmt: skip
    assert both[0].returncode == both[1].returncode
    assert b"Traceback" not in both[1].stderr
    if "PYTHONIOENCODING" in surroundings:
        assert both[1].stdout.isascii()
    else:
        assert both[1].stdout == both[0].stdout
