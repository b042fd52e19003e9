"""docs/rules.md says what the rules say."""

from generator.docs.rules_page import PAGE, loaded, page


def test_the_committed_page_is_current() -> None:
    assert PAGE.read_text() == page(), "python build.py docs writes it again"


def test_the_page_has_every_rule_with_its_aws_page() -> None:
    text = page()
    for rule in loaded():
        assert f"## {rule.id}\n" in text
        assert rule.source_url in text
