"""The pictures of the pages can be read: a browser draws them as wide as a README is shown.

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

from tests.project.pages import PAGES, shown

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
