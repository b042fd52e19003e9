"""Whatever the input: a verdict, findings, or one of the errors that the functions document."""

import json
from functools import cache
from typing import Any

from cfnlint.decode.decode import decode_str
from cfnlint.template import Template as LintTemplate
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import templates_folder
from generator.cloudformation.errors import UnreadableError
from generator.cloudformation.expand import expanded
from generator.cloudformation.read import Template, parse
from generator.compare import report
from generator.compare.comparison import Comparison, compare
from generator.parent import check, placeholders
from generator.parent.nested_stacks import ParentError, nested_stacks
from generator.stacks import MAIN
from tests.fuzz.mutants import Document, mangled, mutants, own, parents, reordered, small, written
from tests.rules.support import rules

# Of the large ones only some, because each takes as long as fifty small ones.
TEMPLATES = [*small(), *own()]
TEXTS = [text.encode() for text in TEMPLATES]


def template(name: str, document: Document) -> Template | None:
    """Return the template; None if a sentence says that it is none."""
    try:
        return parse(name, written(document))
    except UnreadableError as error:
        assert str(error).startswith(f"{name}:")
    return None


def compared(old: Template, new: Template) -> Comparison | None:
    """Return the comparison; None if a sentence says why there is none."""
    try:
        result = compare(old, new)
    except UnreadableError as error:
        assert str(error).startswith((f"{old.name}:", f"{new.name}:"))
        return None
    assert report.as_text(result)
    assert json.loads(report.as_json(result))["verdict"] == result.verdict
    return result


def told(result: Comparison | None) -> Any:
    """Return what does not depend on the order in which a template is written."""
    return result and {
        (each.about, each.name, each.change, each.level, each.danger, each.is_mistake)
        for each in result.changes
    }


def is_same(result: Comparison | None) -> bool:
    """Return whether nothing changes; so it is, too, if there is nothing to compare."""
    return result is None or (
        result.verdict == "none" and not any(each.danger for each in result.changes)
    )


@settings(max_examples=400)
@given(mutants(TEMPLATES))
def test_compare_has_a_verdict_or_a_sentence(mutant: tuple[str, Document]) -> None:
    base, document = mutant
    if new := template("new", document):
        old = parse("old", base)
        compared(old, new)
        compared(new, old)


@settings(max_examples=200)
@given(mutants(TEMPLATES))
def test_the_order_of_keys_means_nothing(mutant: tuple[str, Document]) -> None:
    base, document = mutant
    new, same = template("new", document), template("new", reordered(document))
    assert (new is None) is (same is None)
    if new and same:
        assert is_same(compared(new, new))
        assert is_same(compared(new, same))
        old = parse("old", base)
        assert told(compared(old, new)) == told(compared(old, same))
        assert told(compared(new, old)) == told(compared(same, old))


@settings(max_examples=400)
@given(mutants(parents()), st.booleans(), st.booleans())
def test_check_parent_has_findings_or_a_sentence(
    mutant: tuple[str, Document], is_filled: bool, is_named: bool
) -> None:
    values = {placeholders.ANY: None} if is_filled else {}
    try:
        parent = expanded(placeholders.filled("parent", written(mutant[1]).encode(), values))
        stacks = nested_stacks(parent, ours(), MAIN, "Backup" if is_named else None)
        findings = check.findings(parent, stacks)
    except (UnreadableError, ParentError) as error:
        assert "parent" in str(error)
    else:
        assert check.fits(parent, stacks).startswith("parent fits")
        assert all(finding.at("parent") for finding in findings)


@cache
def ours() -> dict[str, Template]:
    return templates_folder.read_templates()


@settings(max_examples=600)
@given(mutants(TEMPLATES))
def test_no_rule_raises(mutant: tuple[str, Document]) -> None:
    loaded, _ = decode_str(written(mutant[1]))
    if not isinstance(loaded, dict):
        return
    try:
        linted = LintTemplate(None, loaded)
    except TypeError:  # cfn-lint itself sorts the keys of a condition, texts and numbers
        return
    for rule in rules().values():
        rule.matchall("", linted)


@settings(max_examples=500)
@given(mangled(TEXTS))
def test_any_text_is_a_template_or_gets_a_sentence(text: bytes) -> None:
    try:
        read = parse("text", text)
    except UnreadableError as error:
        assert str(error).startswith("text:")
    else:
        assert is_same(compared(read, read))
