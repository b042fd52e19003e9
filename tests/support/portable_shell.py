"""Finds in a block of commands what only some of its readers' shells and partitions take.

They paste it at a prompt, of bash in CloudShell or of zsh at home, in any partition.
"""

import ast
import re
from collections.abc import Iterator

# Where neither quotes nor a backslash keep it from the shell, and no assignment takes it as it is.
UNQUOTED = {
    r"\$[\w{@*]": "zsh does not split it, bash does: put it into double quotes",
    r"(?<!\S)#": "a prompt of zsh knows no comments, and runs # with what stands before it",
    r"(?<!\S)(?!\[\[?(?!\S))[^\s$]*[*?\[]": "zsh stops where no file matches: quote it",
    r"(?<!\S)=\S": "zsh takes =word for the path of a command: quote it",
    r"\b(mapfile|readarray|shopt|read -[ap])\b": "zsh has it not, or another one",
}
# The same in double quotes.
EXPANDED = {
    r"![^\s=(]": "a prompt puts a command of its history here: use single quotes",
    r"`": "this runs a command, also in a query in double quotes: write '...' for `...`",
    r"\$\{(!|\w+(\[|,,|\^\^|@))": "zsh has it not, or another one",
}
# In the text as it stands.
LITERAL = {r"\barn:aws[a-z-]*:": "other partitions have other ARNs: write arn:$PARTITION:"}

TOKEN = re.compile(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*"|.""", re.DOTALL)
VALUE = re.compile(r"(?:^|(?<=[;|&(])) *[A-Za-z_]\w*=\S*", re.MULTILINE)
EXAMPLE = re.compile(r"^ *[A-Za-z_]\w*=(?!\$\().*", re.MULTILINE)
"""A line that sets a variable to a value which the reader replaces."""

HEREDOC = re.compile(r"<<(['\"]?)(?P<tag>\w+)\1.*\n(?P<body>(?:.*\n)*?)(?P=tag)$", re.MULTILINE)
PYTHON = re.compile(r"\bpython3? [^\n']*-c '(?P<body>[^']*)'")
OLDEST_PYTHON = (3, 9)


def shell_findings(block: str) -> Iterator[tuple[int, str]]:
    """Yield each finding: the line of the block, from 0, and what is wrong with which text."""
    text = HEREDOC.sub(lambda match: _x(match[0]), block)
    bare = VALUE.sub(lambda match: _x(match[0]), _hidden(text, double_quotes=True))
    views = [
        (bare, UNQUOTED),
        (_hidden(text, double_quotes=False), EXPANDED),
        (EXAMPLE.sub(lambda match: _x(match[0]), text), LITERAL),
    ]
    for view, faults in views:
        for pattern, why in faults.items():
            for match in re.finditer(pattern, view, re.MULTILINE):
                yield block.count("\n", 0, match.start()), f"{block[slice(*match.span())]!r}: {why}"


def _x(text: str) -> str:
    return re.sub(r"\S", "x", text)


def _hidden(text: str, *, double_quotes: bool) -> str:
    """Return the text with an x for each character that is quoted; continued lines are joined."""

    def shown(match: re.Match[str]) -> str:
        token = match[0]
        if token == "\\\n":
            return "  "
        if token[0] == '"' and not double_quotes:
            return re.sub(r"\\.", "xx", token, flags=re.DOTALL)
        return token if len(token) == 1 else "x" * len(token)

    return TOKEN.sub(shown, text)


def python_findings(block: str) -> list[str]:
    """Return what the oldest Python that readers have cannot parse."""
    scripts = [match["body"] for match in PYTHON.finditer(block)]
    scripts += [
        match["body"]
        for match in HEREDOC.finditer(block)
        if re.search(r"\bpython3?\b", block[: match.start()].rpartition("\n")[2])
    ]
    return [finding for script in scripts for finding in _python_findings(script)]


def _python_findings(script: str) -> list[str]:
    try:
        ast.parse(script, feature_version=OLDEST_PYTHON)
    except SyntaxError as error:
        return [f"Python {OLDEST_PYTHON}: {error}"]
    return []
