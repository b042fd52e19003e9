"""The tables of pages that are generated: parameters, outputs, what is protected.

A table stands between two comments, ``<!-- protected: ... -->`` and ``<!-- end of protected -->``.
Everything else is written by hand and left alone.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from generator import paths
from generator.stacks.protected_types import EVERY, ProtectedType

INTERFACE = "AWS::CloudFormation::Interface"

COMPANION_PAGES = {
    "BackupCopyDestination.template": paths.DOCS / "copies.md",
    "BackupRestoreTesting.template": paths.DOCS / "restore-testing.md",
}
"""Template to the page that explains it; any other template has its tables in the README."""


def tables(templates: Mapping[str, Mapping[str, Any]]) -> dict[Path, dict[str, str]]:
    """Return the tables of each page, by the names of their markers.

    ``templates`` holds the ``to_dict()`` of each template, by file name.
    """
    by_page = {paths.README: {"protected": protected_table(EVERY)}}
    for name, template in templates.items():
        by_marker = by_page.setdefault(COMPANION_PAGES.get(name, paths.README), {})
        by_marker[f"parameters of {name}"] = parameter_tables(template)
        by_marker[f"outputs of {name}"] = output_table(template)
    return by_page


def protected_table(types: Sequence[ProtectedType]) -> str:
    """Return the table of what is protected: its ARNs, its policy in the role, and when."""
    rows = [
        (
            escape(each.what),
            "<br>".join(f"`{arn.replace('${AWS::Partition}', 'aws')}`" for arn in each.arns),
            f"`{each.policy_name}`",
            f"`{each.parameter.title}` is `yes`" if each.parameter else "always",
        )
        for each in types
    ]
    return _table(("What", "The selection names", "Policy of the role", "Protected when"), rows)


def parameter_tables(template: Mapping[str, Any]) -> str:
    """Return a table for each console group, in the console's order: name, default, description."""
    parts = []
    for group in template["Metadata"][INTERFACE]["ParameterGroups"]:
        rows = [
            (f"`{name}`", _default(template["Parameters"][name]), _cell(template, name))
            for name in group["Parameters"]
        ]
        parts.append(f"**{group['Label']['default']}**\n\n")
        parts.append(_table(("Parameter", "Default", "What it is"), rows) + "\n")
    return "".join(parts).rstrip("\n") + "\n"


def output_table(template: Mapping[str, Any]) -> str:
    """Return the table of the outputs: name and description."""
    rows = [
        (f"`{name}`", escape(output["Description"])) for name, output in template["Outputs"].items()
    ]
    return _table(("Output", "What it is"), rows)


def refresh(text: str, new: Mapping[str, str], name: str) -> str:
    """Return the page ``text``, called ``name``, with each new table between its markers.

    Raises ValueError if a table has no place in the page, or more than one.
    """
    for marker, table in new.items():
        place = re.compile(rf"(<!-- {marker}:[^\n]*-->\n).*?(<!-- end of {marker} -->)", re.DOTALL)
        before, *places = place.split(text)
        try:
            start, end, after = places
        except ValueError:
            raise ValueError(
                f"{name} has {len(places) // 3} places for the table {marker!r}: it needs exactly "
                f"one, from <!-- {marker}: ... --> to <!-- end of {marker} -->"
            ) from None
        text = f"{before}{start}\n{table}\n{end}{after}"
    return text


def escape(text: str) -> str:
    """Return the text for a cell of a table, with Markdown and HTML escaped."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_|\[\]])", r"\\\1", " ".join(text.split()))


def _cell(template: Mapping[str, Any], name: str) -> str:
    return escape(template["Parameters"][name]["Description"])


def _default(parameter: Mapping[str, Any]) -> str:
    if "Default" not in parameter:
        return "(required)"
    return f"`{parameter['Default']}`" if parameter["Default"] != "" else "(empty)"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
