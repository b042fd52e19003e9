"""A template as the text of its file: YAML for people to read, in reviews and in the console."""

import re
import textwrap
from itertools import chain
from typing import Any

import yaml
from troposphere import Template

# Lists, functions with their arguments and small mappings are on one line up to this length, not
# counting indentation and key. A longer list of names, such as actions, is wrapped.
LINE = 120
LONG = 10 * LINE

# Pairs in a small mapping, such as a tag.
SMALL = 2

# No white space, and nothing with a meaning in YAML but the colon, for which PyYAML adds quotes.
NAME = r"[^\s,'\"\[\]{}]+"
LONG_LIST_OF_NAMES = re.compile(
    rf"^(?=.{{{LINE},}}$)(?P<start> *(?:- )*)\S+: \[(?:'?{NAME}'?(?:, |(?=\]$)))+\]$", re.MULTILINE
)

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
)
PARAMETER = (
    "Description",
    "Type",
    "Default",
    "AllowedValues",
    "AllowedPattern",
    "MinLength",
    "MaxLength",
    "MinValue",
    "MaxValue",
    "NoEcho",
    "ConstraintDescription",
)
RESOURCE = (
    "Type",
    "Condition",
    "DependsOn",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Metadata",
    "Properties",
)


def render(template: Template) -> str:
    """Return the text: sections and attributes in CloudFormation's order, short intrinsics.

    Raises ValueError for a section or attribute without a place in that order.
    """
    document = template.to_dict()
    for section, order in (("Parameters", PARAMETER), ("Resources", RESOURCE)):
        for name, each in document.get(section, {}).items():
            document[section][name] = _ordered(each, order)
    text = yaml.dump(
        _ordered(document, SECTIONS),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=LONG,  # no folding: a reviewer can search for and quote a whole sentence
    )
    text = re.sub(r"\n(?=\w)", "\n\n", text)  # a blank line between sections
    return LONG_LIST_OF_NAMES.sub(_wrapped, text)


def _wrapped(line: re.Match[str]) -> str:
    """Break the line after commas; with a smaller width PyYAML would fold texts as well."""
    return textwrap.fill(
        line[0],
        LINE,
        subsequent_indent=" " * (len(line["start"]) + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )


class _Dumper(yaml.CDumper):  # libyaml's takes a tenth of the time of the one in Python
    """Writes functions in their short form, and what is short on one line."""

    def ignore_aliases(self, _: Any) -> bool:
        """Write out every use of an object: CloudFormation does not support YAML aliases."""
        return True


def _mapping(dumper: _Dumper, mapping: dict[str, Any]) -> yaml.Node:
    """Represent {"Fn::Join": [...]} as !Join [...], and every other mapping as itself."""
    name, value = next(iter(mapping.items()), ("", None))
    if len(mapping) == 1 and (name in {"Ref", "Condition"} or name.startswith("Fn::")):
        tag = "!" + name.removeprefix("Fn::")
        if tag == "!GetAtt" and isinstance(value, list):
            value = ".".join(value)
        if isinstance(value, list):
            return _in_a_line_if_short(dumper.represent_sequence(tag, value))
        return dumper.represent_scalar(tag, value)
    return _in_a_line_if_short(dumper.represent_dict(mapping.items()))


def _sequence(dumper: _Dumper, sequence: list[Any]) -> yaml.Node:
    return _in_a_line_if_short(dumper.represent_list(sequence))


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _sequence)


def _in_a_line_if_short(node: Any) -> yaml.Node:
    """Choose the style of a list or mapping; its parts already have theirs."""
    if isinstance(node, yaml.SequenceNode):
        length = len(_function(node)) + sum(map(_length, node.value))
        wraps = not _function(node) and all(map(_is_name, node.value))
    else:
        length = sum(map(_length, chain(*node.value))) if _is_small(node.value) else LONG
        wraps = False
    node.flow_style = length <= LINE or wraps
    node.length = length
    chosen: yaml.Node = node
    return chosen


def _length(node: Any) -> int:
    """Return the length of the node on one line; LONG if it does not belong on one."""
    if isinstance(node, yaml.ScalarNode):
        return len(_function(node)) + len(node.value) + 4
    length: int = node.length
    return length


def _is_small(pairs: list[tuple[yaml.ScalarNode, yaml.Node]]) -> bool:
    """Return whether a mapping may be on one line: a single pair, or few with scalar values."""
    if any(key.value == "Description" for key, _ in pairs):  # reads best on its own line
        return False
    are_scalars = all(isinstance(value, yaml.ScalarNode) for _, value in pairs)
    return len(pairs) <= (SMALL if are_scalars else 1)


def _is_name(node: yaml.Node) -> bool:
    is_text = isinstance(node, yaml.ScalarNode) and not _function(node)
    return is_text and re.fullmatch(NAME, node.value) is not None


def _function(node: yaml.Node) -> str:
    """Return the tag of a function, such as !Sub; empty for plain data."""
    tag: str = node.tag
    return tag if tag.startswith("!") else ""


def _ordered(given: dict[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    if unknown := sorted(set(given) - set(order)):
        raise ValueError(f"no place in the order of a template for {unknown}")
    return {key: given[key] for key in order if key in given}
