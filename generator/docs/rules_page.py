"""The page docs/rules.md: what the rules in generator/rules find, in the rules' own words."""

from typing import Any

from generator.cloudformation.schemas import import_cfn_lint
from generator.paths import DOCS, RULES

PAGE = DOCS / "rules.md"

INTRODUCTION = """\
# cfn-lint rules for AWS Backup

<!-- Generated from generator/rules. Do not edit. -->

cfn-lint checks the types and patterns of AWS Backup's properties, but it does not know what the
service does with them. These rules find what deploys without an error and then backs up nothing,
cannot be restored or cannot be deleted. They work with any template, in YAML or JSON:

```bash
cfn-lint --append-rules generator/rules -- TEMPLATE...
```

The `--` is needed: without it, cfn-lint takes the templates for more directories of rules. The
rules need nothing but cfn-lint. To apply them in every run, add this to `.cfnlintrc`, with the path
from the directory in which you run cfn-lint:

```yaml
append_rules:
  - generator/rules
```

The rules follow `!Ref` to a parameter's default and allowed values, `!If` into both branches, and
`!FindInMap` into every row, and they put together `!Sub` and `!Join`. They do not compare values
that cannot occur together. If only a deployment knows a value (a parameter without a default, an
attribute, an import, a dynamic reference such as `{{resolve:ssm:...}}`), there is no finding. Time
zones are looked up in the time zone database of the operating system or of the Python package
tzdata; if neither is complete, every time zone is accepted. A template that a macro of your own
goes over (Transform) has no findings, because the macro may change everything in it.

A template that stands as text in a stack set (TemplateBody) is checked as well, with the parameters
that the stack set gives it. Such a finding points at the property, and its message says where in
the text it is. A text that `!Sub` or another function puts together is not checked.

An error (E) means that AWS refuses the template, or that a setting silently does not do what it
says. A warning (W) means that the template deploys and works, but at a cost, which the description
states. Information (I) is about what may be meant that way; cfn-lint shows it with
`--include-checks I`, as in a checkout of this project. To accept a finding, switch it off for the
resource, or in the Metadata of the template for all of it:

```yaml
Metadata:
  cfn-lint:
    config:
      ignore_checks:
        - W9514
```
"""


def loaded() -> list[Any]:
    """Return the rules as cfn-lint loads them, sorted by number."""
    import_cfn_lint()
    from cfnlint.rules import Rules

    rules = Rules.create_from_directory(str(RULES))
    return sorted(rules.values(), key=lambda rule: str(rule.id)[1:])


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
