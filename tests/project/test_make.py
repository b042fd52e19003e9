"""What `make` does on a machine without any of this: in a copy, with a package index of two wheels.

The copy's lock files name a package each that weighs nothing, and its build.py writes one file, so
that a whole .venv takes seconds. All else is the project's own.
"""

import contextlib
import ensurepip
import hashlib
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKE = shutil.which("make") or "make"
UP_TO_DATE = "templates/ is up to date: nothing to do.\n"

BUILD_PY = """
import pathlib, sys
import users
pathlib.Path("templates/Backup.template").write_text(users.VERSION)
print(*sys.argv[1:], users.VERSION)
"""


class Machine:
    """A checkout in a folder with a space in its name, and the environment that make runs in."""

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "a checkout"
        self.index = folder / "index"
        self.index.mkdir()
        for name in _tracked():
            target = self.tree / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
        (self.tree / "build.py").write_text(BUILD_PY)
        self.lock("requirements.txt", {"users": "1"})
        self.lock("requirements-test.txt", {"users": "1", "checks": "1"})
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PIP_", "MAKE", "MFLAGS"))
            and name.upper()
            not in {"PYTHON", "PYTHONPATH", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", *_variables()}
        }
        self._install_python(folder / "bin")
        self.offline = {
            **inherited,
            "PATH": os.pathsep.join([str(folder / "bin"), os.environ["PATH"]]),
            "PIP_CONFIG_FILE": os.devnull,
        }
        self.environment = {
            **self.offline,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.index),
        }

    @staticmethod
    def _install_python(folder: Path) -> None:
        # The Python that these tests run on, from outside of their .venv.
        python = Path(sys.base_prefix, "bin", "python{}.{}".format(*sys.version_info))
        folder.mkdir()
        (folder / "python3").write_text(f'#!/bin/sh\nexec "{python}" "$@"\n')
        (folder / "python3").chmod(0o755)

    def lock(self, name: str, pins: dict[str, str]) -> None:
        """Write a lock file, and put its packages into the index."""
        lines = [
            f"{package}=={version} --hash=sha256:{self._wheel(package, version)}\n"
            for package, version in pins.items()
        ]
        (self.tree / name).write_text("".join(lines))

    def _wheel(self, package: str, version: str) -> str:
        path = self.index / f"{package}-{version}-py3-none-any.whl"
        info = f"{package}-{version}.dist-info"
        if not path.exists():
            with zipfile.ZipFile(path, "w") as wheel:
                wheel.writestr(f"{package}.py", f"VERSION = {version!r}\n")
                wheel.writestr(
                    f"{info}/METADATA",
                    f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n",
                )
                wheel.writestr(
                    f"{info}/WHEEL",
                    "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
                )
                wheel.writestr(f"{info}/RECORD", "")
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """Start make in a process group of its own, offline but for what the environment says."""
        return subprocess.Popen(
            [MAKE, *arguments],
            cwd=self.tree,
            env={**(self.offline if environment else self.environment), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def make(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        """Return make's exit code, stdout, and stderr without the line that make adds to it."""
        with self.start(*arguments, **environment) as process:
            out, err = process.communicate()
        said = [line for line in err.splitlines() if not re.match(r"make(\[\d+\])?: \*\*\*", line)]
        return process.returncode, out, "\n".join(said)

    def wait_for_the_next_tick(self) -> None:
        """Wait until what changes gets another time than what the last run wrote."""
        last = (self.tree / ".venv" / "templates").stat().st_mtime_ns
        probe = self.index / "probe"
        probe.touch()
        while probe.stat().st_mtime_ns <= last:
            probe.touch()

    def has(self, module: str) -> bool:
        """Say whether the checkout's .venv can import a module."""
        python = self.tree / ".venv/bin/python"
        return not subprocess.run([python, "-I", "-c", f"import {module}"], check=False).returncode


def _tracked() -> list[str]:
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run(
            [git, "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.splitlines()
        return [name for name in listed if (ROOT / name).is_file()]
    # An archive of the project has no .git.
    names = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
    return [str(name) for name in names if name.parts[0] != ".venv"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@contextlib.contextmanager
def silent_index() -> Iterator[socket.socket]:
    """Listen as an index that takes a connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def address(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}/simple"


@pytest.fixture
def closed_index() -> str:
    """Return the address of a port that nobody listens at."""
    with silent_index() as server:
        return address(server)


def test_a_year_of_make_templates(machine: Machine, closed_index: str) -> None:
    """Slip: in tools/venv.sh, compare only that .venv/lock exists."""
    assert "Building .venv from requirements.txt" in machine.make("templates")[1]
    assert machine.has("users")
    assert not machine.has("checks")

    # Nothing changed; the index is not asked.
    assert machine.make("templates", PIP_INDEX_URL=closed_index) == (0, UP_TO_DATE, "")

    # Whatever templates/ is made of changed, and what is in it.
    for changed in ("generator/backup.py", "build.py", ".cfnlintrc", "templates/Backup.template"):
        machine.wait_for_the_next_tick()
        (machine.tree / changed).touch()
        assert machine.make("templates")[1] == "templates 1\n", changed
        assert machine.make("templates")[1] == UP_TO_DATE
    machine.wait_for_the_next_tick()
    (machine.tree / "templates/Backup.template").unlink()
    assert machine.make("templates")[1] == "templates 1\n"
    shutil.rmtree(machine.tree / "templates")
    assert machine.make("templates")[0] != 0, "the stub build.py makes no folder"
    (machine.tree / "templates").mkdir()
    assert machine.make("templates")[1] == "templates 1\n"

    # The tests' packages are added; where the index cannot be reached, what users need is kept.
    status, _, said = machine.make("format", PIP_INDEX_URL=closed_index, PIP_RETRIES="0")
    assert status
    assert "cannot be reached" in said
    assert machine.make("templates") == (0, UP_TO_DATE, "")
    # (There is no ruff in this index, so that make itself fails afterwards.)
    assert "Adding requirements-test.txt" in machine.make("format")[1]
    assert machine.has("checks")
    assert machine.make("templates") == (0, UP_TO_DATE, "")

    # The lock changed: nothing of the old one is left.
    machine.lock("requirements.txt", {"users": "2"})
    status, said, _ = machine.make("templates")
    assert status == 0
    assert said.startswith("Building .venv from requirements.txt")
    assert said.endswith("templates 2\n")
    assert not machine.has("checks")


def test_audit_has_an_environment_of_its_own(machine: Machine) -> None:
    machine.lock("tools/requirements-audit.txt", {"checks": "1"})
    (machine.tree / "tools" / "audit.py").write_text("import checks\nprint(checks.VERSION)\n")
    assert machine.make("audit")[1].endswith("\n1\n")
    assert machine.make("audit") == (0, "1\n", "")
    assert not (machine.tree / ".venv").exists()


def test_a_venv_can_be_built_again_by_its_own_python(machine: Machine) -> None:
    """Slip: in tools/venv.sh, remove .venv and then ask the python3 in it for a new one."""
    assert machine.make("templates")[0] == 0
    machine.lock("requirements.txt", {"users": "2"})
    status, said, _ = machine.make("templates", "PYTHON=.venv/bin/python3")
    assert status == 0
    assert said.endswith("templates 2\n")


def test_an_install_that_was_killed_is_not_trusted(machine: Machine) -> None:
    """Slip: in tools/venv.sh, write .venv/lock before pip runs."""
    with silent_index() as index, machine.start("templates", PIP_INDEX_URL=address(index)) as make:
        connection, _ = index.accept()
        os.killpg(make.pid, signal.SIGKILL)
        connection.close()
    assert (machine.tree / ".venv/bin/python").exists(), "killed before there was anything to trust"
    status, said, _ = machine.make("templates")
    assert status == 0
    assert said.startswith("Building .venv")
    assert machine.has("users")


@pytest.fixture
def hears_interrupts() -> Iterator[None]:
    """Let what a test starts hear SIGINT, also when the tests run in the background, deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_interrupts")
def test_an_install_that_was_interrupted_leaves_nothing(machine: Machine) -> None:
    with silent_index() as index, machine.start("templates", PIP_INDEX_URL=address(index)) as make:
        connection, _ = index.accept()
        with connection:
            assert connection.recv(1), "pip asks, and waits for the answer"
            os.killpg(make.pid, signal.SIGINT)
            make.communicate()
    assert make.returncode
    assert not (machine.tree / ".venv").exists()


def test_of_two_makes_at_once_one_waits_for_the_other(machine: Machine) -> None:
    """Slips: in tools/alone.py, take no lock, or do not hand it on to the command."""
    index = {"PIP_FIND_LINKS": str(machine.index)}
    with silent_index() as server:
        first = machine.start("templates", PIP_INDEX_URL=address(server), **index)
        connection, _ = server.accept()
        assert connection.recv(1), "the first one is in the middle of it"
        second = machine.start("templates", PIP_NO_INDEX="1", **index)
        assert second.stdout
        assert second.stdout.readline() == "Another make is building: waiting for it ...\n"
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        built, *_ = first.communicate()
        waited, *_ = second.communicate()
    connection.close()
    assert (first.returncode, second.returncode) == (0, 0)
    assert built.startswith("Building .venv")
    assert "Building" not in waited
    assert machine.has("users")


def test_an_index_out_of_reach_is_one_sentence(machine: Machine, closed_index: str) -> None:
    status, _, said = machine.make("templates", PIP_INDEX_URL=closed_index, PIP_RETRIES="0")
    assert status
    assert said == (
        "The package index that pip uses cannot be reached: connect this machine to it, or name a "
        "mirror in PIP_INDEX_URL (behind a proxy: HTTPS_PROXY, PIP_CERT), then run make again."
    )
    assert not (machine.tree / ".venv").exists()


def test_a_package_that_is_not_the_locked_one_is_refused(machine: Machine) -> None:
    lock = machine.tree / "requirements.txt"
    lock.write_text("users==1 --hash=sha256:" + "0" * 64 + "\n")
    status, _, said = machine.make("templates")
    assert status
    assert said.startswith("pip could not install requirements.txt: THESE PACKAGES DO NOT MATCH")
    assert "\n" not in said
    assert not (machine.tree / ".venv").exists()
    said_by_pip = re.search(r"is in (.+)\), then run make again\.$", said)
    assert said_by_pip
    Path(said_by_pip[1]).unlink()


def test_a_missing_lock_is_one_sentence(machine: Machine) -> None:
    """Slip: in tools/venv.sh, compare .venv/lock with what is left."""
    machine.make("templates")
    (machine.tree / "requirements-test.txt").unlink()
    assert machine.make("test")[2] == (
        "requirements-test.txt is missing: bring it back (git checkout requirements-test.txt), "
        "then run make again."
    )


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.9"])
def test_a_python_too_old_is_one_sentence(machine: Machine, version: str) -> None:
    old = machine.tree.parent / "python3"
    old.write_text(f"#!/bin/sh\necho {version}\n")
    old.chmod(0o755)
    path = os.pathsep.join([str(old.parent), os.environ["PATH"]])
    status, _, said = machine.make("templates", PATH=path)
    assert status
    assert said == (
        f"python3 is Python {version}, too old: install Python 3.10 or newer, then run make again "
        "(or name one you have: make PYTHON=/path/to/python3 ...)."
    )
    assert not (machine.tree / ".venv").exists()


@pytest.mark.parametrize(
    ("body", "problem"), [(None, "is not installed"), ("exit 127", "does not run")]
)
def test_no_python_at_all_is_one_sentence(machine: Machine, body: str | None, problem: str) -> None:
    tools = machine.tree.parent / "no python"
    tools.mkdir()
    for tool in ("sh", "cat", "cmp", "mktemp", "rm"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    if body:
        (tools / "python3").write_text(f"#!/bin/sh\n{body}\n")
        (tools / "python3").chmod(0o755)
    status, _, said = machine.make("templates", PATH=str(tools))
    assert status
    assert said.startswith(f"python3 {problem}: install Python 3.10 or newer, then run make again")
    assert "\n" not in said


def shadow(machine: Machine, module: str, body: str) -> Path:
    """Let the machine's Python find another module in the place of one of its own."""
    folder = machine.tree.parent / "other modules"
    folder.mkdir()
    (folder / f"{module}.py").write_text(body)
    # Not by PYTHONPATH alone, which tools/venv.sh takes away.
    python3 = machine.tree.parent / "bin" / "python3"
    python3.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}" exec "{sys.executable}" "$@"\n')
    return folder


@pytest.mark.parametrize(
    ("module", "body"),
    [
        pytest.param("venv", "raise ModuleNotFoundError", id="no-venv"),
        pytest.param("ensurepip", "raise ModuleNotFoundError", id="no-ensurepip"),
        pytest.param(
            "ensurepip",
            "import sysconfig; sysconfig.get_config_vars().pop('WHEEL_PKG_DIR', '')",
            id="no-wheel-of-pip",
        ),
    ],
)
def test_a_missing_venv_module_is_one_sentence(machine: Machine, module: str, body: str) -> None:
    shadow(machine, module, body)
    status, _, said = machine.make("templates")
    assert status
    version = ".".join(map(str, sys.version_info[:2]))
    assert said == (
        "python3 cannot make a virtual environment without its modules venv and ensurepip: "
        f"install them (Debian, Ubuntu: apt install python{version}-venv), then run make again."
    )
    assert not (machine.tree / ".venv").exists()


def test_pip_is_found_where_a_distribution_keeps_it(machine: Machine) -> None:
    """Slip: in tools/venv.sh, look only into the folder of ensurepip."""
    wheels = [*(Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl")]
    if not wheels:
        pytest.skip("this Python is of a distribution that does: every other test here tells")
    folder = shadow(
        machine,
        "ensurepip",
        "import pathlib, sysconfig\n"
        "sysconfig.get_config_vars()['WHEEL_PKG_DIR'] = str(pathlib.Path(__file__).parent)\n",
    )
    (folder / wheels[0].name).symlink_to(wheels[0])
    assert machine.make("templates")[0] == 0
    assert machine.has("users")


def test_what_the_caller_tells_python_changes_nothing(machine: Machine) -> None:
    """Slip: in the Makefile, do not unexport them."""
    (machine.tree / "tests" / "bench.py").write_text(
        "import sys, users\nprint(users.VERSION, sys.dont_write_bytecode)\n"
    )
    told = {"PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    status, said, _ = machine.make("bench", **{**machine.environment, **told})
    assert status == 0
    assert said.endswith("\n1 False\n")


def test_one_failing_check_fails_and_hides_no_other(machine: Machine) -> None:
    """Slip: in tools/test.sh, leave at the first failure, or return what pytest returns."""
    python = machine.tree / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    # Every check passes but the second.
    python.write_text('#!/bin/sh\n[ "$*" != "-m ruff check" ]\n')
    python.chmod(0o755)
    shell = str(shutil.which("sh"))
    done = subprocess.run(
        [shell, "tools/test.sh"], cwd=machine.tree, check=False, capture_output=True, text=True
    )
    checks = [line for line in done.stdout.splitlines() if line]
    assert checks == [
        "== -m ruff format --check",
        "== -m ruff check",
        "== -m mypy",
        "== build.py check",
        "== -m pytest --numprocesses auto --maxprocesses 8",
    ]
    assert done.returncode == 1
    assert done.stderr == "make test: failed:\n  -m ruff check\n"


def test_release_check_compares_with_the_release_that_is_named(machine: Machine) -> None:
    """Slip: pass $(PREVIOUS) to the shell without quotes."""
    released = "https://example.com/a b.template?v=1&w='2'"
    code, out, err = machine.make("release-check", f"PREVIOUS={released}")
    assert (code, err) == (0, "")
    assert out.endswith(f"\ncompare {released} 1\n")


def test_release_check_without_a_release_says_what_to_do(machine: Machine) -> None:
    code, out, err = machine.make("release-check")
    assert (code, out) == (2, "")
    assert err == (
        "make release-check: PREVIOUS is missing: give the manifest of the last release, or a "
        "template: make release-check PREVIOUS=s3://BUCKET/FOLDER/templates/Backup.manifest.json"
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("OPTION", "OPTIONS"),
        ("OPTOINS", "OPTIONS"),
        ("Option", "OPTIONS"),
        ("FOLDR", "FOLDER"),
        ("FOLDERS", "FOLDER"),
        ("REGION", "REGIONS"),
        ("REIGONS", "REGIONS"),
        ("BUCKT", "BUCKET"),
        ("BUKCET", "BUCKET"),
        ("BUCKTE", "BUCKET"),
        ("BUKCETS", "BUCKET"),
        ("bucket", "BUCKET"),
        ("buckt", "BUCKET"),
        ("DRYRUN", "DRY_RUN"),
        ("DRY-RUN", "DRY_RUN"),
        ("DRYRUNS", "DRY_RUN"),
        ("PREVOIUS", "PREVIOUS"),
        ("PREVIUOS", "PREVIOUS"),
        ("PYTHN", "PYTHON"),
        ("PYTHON3", "PYTHON"),
        ("UPGRAD", "UPGRADE"),
    ],
)
def test_a_misspelt_variable_is_refused(typed: str, meant: str) -> None:
    """Slips: in tools/slip.awk, count two swapped letters as two, or compare the names as typed."""
    code, out, err = _make("help", f"{typed}=1")
    assert (code, out) == (2, "")
    assert re.fullmatch(
        rf"Makefile:\d+: \*\*\* {typed} is not a variable of this Makefile and would be ignored: "
        rf"write {meant}\.  Stop\.\n",
        err,
    )


@pytest.mark.parametrize(
    "name",
    [
        *("AWS_REGION", "AWS_REGIONS", "AWS_PROFILE", "AWS_DEFAULT_REGION", "S3_BUCKET"),
        *("PIP_INDEX_URL", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "PYTHONPATH", "PYLINT"),
        *(
            "CFLAGS",
            "CC",
            "V",
            "VERBOSE",
            "PREFIX",
            "VERSION",
            "TARGET",
            "BUILD",
            "DEBUG",
            "TMPDIR",
        ),
        *("DRY", "GO", "it's", "REGIONAL_ROLE"),
    ],
)
def test_a_variable_of_somebody_else_passes(name: str) -> None:
    assert _make("help", f"{name}=1")[::2] == (0, "")


def test_every_variable_that_people_are_told_of_is_known() -> None:
    known = _variables()
    told = set(re.findall(r"\b([A-Z_]{2,})=", _make_help()))
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for command in re.findall(r"make [a-z-]+ [A-Z].*", page.read_text(encoding="utf-8")):
            told |= set(re.findall(r" ([A-Z_]{2,})=", command))
    assert told
    assert told <= known
    assert _make("help", *(f"{name}=1" for name in known))[::2] == (0, "")


def test_a_misspelt_variable_stops_before_anything_is_done(machine: Machine) -> None:
    assert machine.make("publish", "BUCKET=b", "OPTION=--dry-run")[:2] == (2, "")
    assert not (machine.tree / ".venv").exists()


@pytest.mark.parametrize("word", ["DRY_RUN", "dry-run", "publsh", "bbb"])
def test_a_word_that_is_no_target_stops_before_anything_is_done(
    machine: Machine, word: str
) -> None:
    """Slip: take the check out of the Makefile: make publishes, and fails afterwards."""
    code, out, err = machine.make("publish", "BUCKET=bbb", word)
    assert (code, out) == (2, "")
    assert f"*** '{word}' is neither a target nor VARIABLE=value" in err
    assert not (machine.tree / ".venv").exists()


def test_shells_can_complete_the_targets() -> None:
    """What bash-completion and zsh run."""
    for words in (["-npq", "__BASH_MAKE_COMPLETION__=1", ".DEFAULT"], ["-nsp", ".PHONY"]):
        _, out, err = _make(*words)
        assert "\npublish:" in out
        assert "neither" not in err


def test_what_a_make_above_hands_down_passes(tmp_path: Path) -> None:
    """Slip: in the Makefile, look at what was typed at every MAKELEVEL."""
    above = f"all:\n\t@$(MAKE) --no-print-directory -C '{ROOT}' help\n"
    (tmp_path / "Makefile").write_text(above)
    assert _make("REGION=eu-west-1", cwd=tmp_path) == (0, _make_help(), "")


def test_a_misspelt_variable_of_the_environment_passes() -> None:
    assert _make("help", REGION="eu-west-1")[::2] == (0, "")


@pytest.mark.parametrize(
    ("value", "is_dry"),
    [("1", True), ("yes", True), ("true", True), ("0", False)],
)
def test_dry_run_as_a_variable(machine: Machine, value: str, is_dry: bool) -> None:
    code, out, _ = machine.make("--dry-run", "publish", "BUCKET=b", f"DRY_RUN={value}")
    assert code == 0
    assert ("--dry-run" in out.splitlines()[-1].split()) is is_dry


@pytest.mark.parametrize("value", ["false", "no", "no 0", "of", "True", "--dry-run", "it's", ""])
def test_a_dry_run_that_may_not_be_one_is_refused(machine: Machine, value: str) -> None:
    """Slip: in the Makefile, take any other word for no."""
    code, out, err = machine.make("publish", "BUCKET=b", f"DRY_RUN={value}")
    assert (code, out) == (2, "")
    assert err.endswith(
        f"*** DRY_RUN is '{value}': write 1 to print what would be written and where; leave it "
        "out, or write 0, to publish.  Stop."
    )
    assert not (machine.tree / ".venv").exists()


def test_values_reach_the_program_as_they_are(machine: Machine) -> None:
    """Slip: in the Makefile, quote with ' alone."""
    words = ["BUCKET=it's; echo", "FOLDER=a'b", "REGIONS=a b"]
    line = machine.make("--dry-run", "publish", *words)[1].splitlines()[-1]
    assert shlex.split(line)[3:] == [
        *("--bucket", "it's; echo"),
        *("--folder", "a'b"),
        *("--regions", "a b"),
    ]


@pytest.mark.parametrize("target", ["publish", "verify"])
def test_without_a_bucket_the_sentence_names_the_variable(machine: Machine, target: str) -> None:
    for typed in ((), ("BUCKET=",)):
        code, out, err = machine.make(target, *typed)
        assert (code, out) == (2, "")
        assert err == (
            f"make {target}: BUCKET is missing: name the bucket of the release: "
            f"make {target} BUCKET=..."
        )
    assert not (machine.tree / ".venv").exists()


def test_make_alone_lists_every_target() -> None:
    listed = set(re.findall(r"^make (\S+) +\S", _make_help(), re.MULTILINE))
    rules = re.findall(r"^([a-z][a-z-]*):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert listed == set(rules)
    assert {"templates", "lint", "test", "audit", "format", "lock", "bench", "clean"} <= listed


def test_every_target_that_a_document_names_exists() -> None:
    listed = set(re.findall(r"^make (\S+)", _make_help(), re.MULTILINE))
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    for document in documents:
        named = re.findall(r"(?:^|`)(?:\$ )?make ([a-z-]+)", document.read_text(), re.MULTILINE)
        assert set(named) <= listed, document.name


def _make_help() -> str:
    return _make()[1]


def _make(*arguments: str, cwd: Path = ROOT, **environment: str) -> tuple[int, str, str]:
    """Return the exit code of make, as people start it, with its stdout and stderr."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        [MAKE, *arguments],
        cwd=cwd,
        env={**inherited, **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def _variables() -> set[str]:
    """Return the variables of the Makefile that people set."""
    [line] = re.findall(r"^VARIABLES = (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return set(line.split())
