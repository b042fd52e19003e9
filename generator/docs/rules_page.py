"""The page docs/rules.md: what the rules in generator/rules look for, from the rules themselves."""

from typing import Any

from generator.paths import DOCS, RULES

PAGE = DOCS / "rules.md"

INTRODUCTION = """\
# Lint rules that know AWS Backup

<!-- Generated from generator/rules. Do not edit. -->

cfn-lint knows types and patterns of AWS Backup's properties, but not what the service makes of
them. These rules report what deploys and then backs up nothing, cannot be restored, or cannot be
deleted again. They work for any template, YAML or JSON:

```bash
cfn-lint --append-rules generator/rules -- TEMPLATE...
```

(The `--` matters: cfn-lint takes everything up to it for directories of rules.) Nothing has to be
installed beside cfn-lint. To have it in every run, put this into `.cfnlintrc`, with the path from
the directory that cfn-lint runs in:

```yaml
append_rules:
  - generator/rules
```

A value behind `!Ref` is followed to the parameter's default and allowed values, behind `!If`
into both branches, behind `!FindInMap` into every row, and `!Sub` and `!Join` are put
together. Values that cannot occur together are not held against each other. Where only a
deployment knows a value (a parameter without default, an attribute, an import), there is no
finding. Time zones are looked up in the time zone database of the system or of the Python package
tzdata; where neither is complete, no time zone is called wrong.

Errors (E) are refused by AWS, or silently do not do what they say. Warnings (W) deploy and work,
and have a price that is stated. One that is meant can be switched off for a resource:

```yaml
Metadata:
  cfn-lint:
    config:
      ignore_checks:
        - W9514
```
"""


def loaded() -> list[Any]:
    """Return the rules, sorted by number, as cfn-lint loads them."""
    # Here, because importing cfn-lint takes longer than generating.
    from cfnlint.rules import Rules

    found = Rules.create_from_directory(str(RULES))
    return sorted(found.values(), key=lambda rule: str(rule.id)[1:])


def page() -> str:
    """Return the text of docs/rules.md."""
    rules = loaded()
    lines = [INTRODUCTION, "| ID | Finds |", "|---|---|"]
    lines += [f"| [{rule.id}](#{rule.id.lower()}) | {rule.shortdesc} |" for rule in rules]
    for rule in rules:
        tags = ", ".join(f"`{tag}`" for tag in rule.tags)
        lines += ["", f"## {rule.id}", "", f"**{rule.shortdesc}.**", "", rule.description]
        lines += ["", f"AWS: <{rule.source_url}>. Tags: {tags}."]
    return "\n".join(lines) + "\n"
