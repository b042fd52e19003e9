"""The pictures of the pages can be read: a browser draws them as wide as a README is shown.

Those in Mermaid are drawn by it, those of ``explain`` are SVG files.

Browser and Mermaid are npm packages, kept in .venv; nothing is installed, and none of their
scripts runs. Where they cannot be had, the test is skipped.
"""

import base64
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from generator.cloudformation.read import parse
from generator.docs import explained
from generator.paths import DOCS
from generator.protection.explain import explain
from generator.protection.picture import picture
from tests.project.pages import PAGES, shown
from tests.support.generated import text
from tests.support.parameter_values import CLUSTER

# What `npm view NAME@VERSION dist.integrity` prints after "sha512-".
INTEGRITY = {
    # Holds Chromium for Linux, its libraries and a font: it draws alike on every machine.
    "@sparticuz/chromium@153.0.0": (
        "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
    ),
    # Which Mermaid a viewer of the pages has is not known, and 12 draws otherwise than 11.
    "mermaid@11.17.2": (
        "V6K3C8EBdEsPFZXSKMJe6ppQOENxuHARr9GvHX4hh47lAbhMRD9qf4oEK7LoaRQxULMa80/qt5gHO73aCleBBg=="
    ),
    "mermaid@12.3.0": (
        "4113TdXeLAsMruJ79OpFL5O8+LTFXhQqZ260rF3tgUmiNAtRm4Uume04I+65PRN6yZ69J4f8rVYWW8zRk65UYw=="
    ),
}
CHROMIUM, *MERMAIDS = INTEGRITY
NPM = ["--fetch-retries=0", "--fetch-timeout=60000", "--cache=."]
UNPACK = """
const [packed, name] = process.argv.slice(1);
fs.writeFileSync(name, zlib.brotliDecompressSync(fs.readFileSync(packed)), { mode: 0o755 });
"""
CROSSED = """flowchart TB
    above --> inside
    subgraph box["a title that the arrow crosses"]
        inside
    end
"""


# Words that lie over each other, and words and a mark that lie outside of the picture.
CROSSED_SVG = """
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 60" width="760" height="60">
<text x="10" y="20">one</text><text x="12" y="24">another one</text>
<text x="740" y="20">too wide</text>
<circle cx="10" cy="58" r="4"/><circle cx="60" cy="20" r="4"/></svg>
"""
CROSSED_FAULTS = [
    '"one" lies over "another one"',
    '"another one" lies over a circle',
    '"too wide" is not inside of the picture',
    "a circle is not inside of the picture",
]
LONG = "W" * 50
"""The longest name of a rule, in the widest letters."""
VARIED = {
    "hourly": {"BackupSchedule": "cron(0 * * * ? *)", "RetentionDays": "36500"},
    "a day": {"RetentionDays": "1"},
    "all": {"WeeklyRetention": "1-year", "MonthlyRetention": "10-years", "ProtectFSx": "yes"},
}


def test_nothing_in_an_svg_file_lies_over_anything_else(tmp_path: Path) -> None:
    files = {shown(path): path.read_text("utf-8") for path in sorted(DOCS.rglob("*.svg"))}
    assert len(files) == len(explained.PICTURES)
    source = text()
    for name, given in VARIED.items():
        files[name] = _svg(source, given)
        files[f"{name}, long names"] = _svg(source.replace("SOCADailyBackup", LONG), given)
    pictures = [("crossed", CROSSED_SVG), *files.items()]
    try:
        browser, environment = _browser(tmp_path)
    except OSError as error:
        pytest.skip(f"no browser: {error}")
    html = tmp_path / "pictures.html"
    html.write_text(
        f'<!doctype html><meta charset="utf-8"><body style="width: 830px">'
        f"<script>FILES = {json.dumps(pictures)}</script>"
        f'<script src="{Path(__file__).with_name("pictures.js").as_uri()}"></script>'
    )
    found = _logged(browser, html, environment)
    assert [fault for fault in found if fault[0] != "crossed"] == []
    assert [fault for name, fault in found] == CROSSED_FAULTS


def _svg(source: str, given: dict[str, str]) -> str:
    explanation = explain(parse("t", source), {"ClusterId": CLUSTER, **given}, explained.DATE)
    return picture(explanation.types, explanation.now)


def test_nothing_in_a_picture_lies_over_anything_else(tmp_path: Path) -> None:
    pictures = [("crossed", CROSSED)]
    for page in PAGES:
        blocks = page.read_text("utf-8").split("```mermaid\n")[1:]
        pictures += [(shown(page), block.split("```")[0]) for block in blocks]
    found = []
    for mermaid in MERMAIDS:
        try:
            library = _package(mermaid) / "dist" / "mermaid.min.js"
            browser, environment = _browser(tmp_path)
        except OSError as error:
            pytest.skip(f"no browser, or no Mermaid: {error}")
        html = tmp_path / "pictures.html"
        html.write_text(
            f'<!doctype html><meta charset="utf-8"><body style="width: 830px">'
            f'<script src="{library.as_uri()}"></script>'
            f"<script>PICTURES = {json.dumps(pictures)}</script>"
            f'<script src="{Path(__file__).with_name("pictures.js").as_uri()}"></script>'
        )
        found += [(mermaid, *fault) for fault in _logged(browser, html, environment)]
    crossed = ("crossed", 'an arrow lies over "a title that the arrow crosses"')
    assert [fault for fault in found if fault[1:] != crossed] == []
    assert found == [(mermaid, *crossed) for mermaid in MERMAIDS]


def _package(name: str) -> Path:
    """Return the folder of an npm package, without those that it depends on."""
    folder = Path(sys.prefix, "npm", name.replace("/", "-"))
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            _run(temporary, "npm", "pack", *NPM, name)
            [archive] = Path(temporary).glob("*.tgz")
            digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            assert digest == INTEGRITY[name]
            _run(temporary, "tar", "-xzf", archive.name, "--exclude=*.map", "--exclude=*.mjs")
            package = Path(temporary, "package")
            for packed in package.glob("bin/*.br"):
                _run(package, "node", "-e", UNPACK, str(packed), packed.stem)
                packed.unlink()
            for inner in package.glob("*.tar"):
                _run(package, "tar", "-xf", inner.name)
            package.rename(folder)
    return folder


def _browser(home: Path) -> tuple[str, dict[str, str]]:
    """Return a browser that runs, and its environment."""
    environment = {**os.environ, "HOME": str(home)}
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if sys.platform == "linux" and platform.machine() == "x86_64":
        folder = _package(CHROMIUM)
        program = str(folder / "chromium")
        fonts = home / "fonts.conf"
        fonts.write_text(f"<fontconfig><dir>{folder}</dir><cachedir>{home}</cachedir></fontconfig>")
        environment |= {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_FILE": str(fonts)}
    if not program:
        raise OSError(f"none of {names} is in PATH")
    _run(home, program, "--version", env=environment)
    return program, environment


def _logged(browser: str, page: Path, environment: dict[str, str]) -> list[list[str]]:
    """Return the faults that the page logs when the browser opens it."""
    options = ["--headless", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr"]
    # Containers do not have what the sandbox needs; the page is our own.
    options += ["--no-sandbox", f"--user-data-dir={page.parent}", page.as_uri()]
    log, faults = "", None
    with subprocess.Popen(
        [browser, *options], env=environment, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        limit = threading.Timer(60, process.kill)
        limit.start()
        while not faults and process.stderr and (line := process.stderr.readline()):
            log += line
            faults = re.search(r'"faults: (.*)", source: ', line)
        process.terminate()
    limit.cancel()
    assert faults, log
    found: list[list[str]] = json.loads(faults[1])
    return found


def _run(folder: Path | str, *command: str, env: dict[str, str] | None = None) -> None:
    """Run a command; raise OSError with what it says, when it is missing or fails."""
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{command[0]}: {' '.join(done.stderr.split())[:200]}")
