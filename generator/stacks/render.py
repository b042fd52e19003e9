"""A template as the text of its file: YAML that people read, in reviews and in the console."""

import re
import textwrap
from itertools import chain
from typing import Any

import yaml
from troposphere import Template

# A list, a function with its arguments or a small mapping stands in one line up to this length, not
# counting what stands before it. A longer list of names, such as actions, is wrapped.
LINE = 120
LONG = 10 * LINE

# Pairs of a small mapping, such as a tag.
SMALL = 2

# What holds neither white space nor a sign that means something in YAML; a colon brings quotes.
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
        width=LONG,  # text is not folded: what is quoted in a review stands in one line
    )
    text = re.sub(r"\n(?=\w)", "\n\n", text)  # a blank line between sections
    return LONG_LIST_OF_NAMES.sub(_wrapped, text)


def _wrapped(line: re.Match[str]) -> str:
    """Break the line after a comma; PyYAML itself would fold the texts, too."""
    return textwrap.fill(
        line[0],
        LINE,
        subsequent_indent=" " * (len(line["start"]) + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )


class _Dumper(yaml.CDumper):  # libyaml's: a tenth of the time of the one in Python
    """Short intrinsics; what is short in one line."""

    def ignore_aliases(self, _: Any) -> bool:
        """Write what is used twice out twice: CloudFormation's YAML has no aliases."""
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
    """Choose the style of a list or mapping, whose parts have chosen theirs before."""
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
    """Return how long the node is in one line; LONG where it should not stand in one."""
    if isinstance(node, yaml.ScalarNode):
        return len(_function(node)) + len(node.value) + 4
    length: int = node.length
    return length


def _is_small(pairs: list[tuple[yaml.ScalarNode, yaml.Node]]) -> bool:
    """Return whether a mapping may stand in a line: a single pair, or few of texts and numbers."""
    if any(key.value == "Description" for key, _ in pairs):  # people read it: a line of its own
        return False
    are_scalars = all(isinstance(value, yaml.ScalarNode) for _, value in pairs)
    return len(pairs) <= (SMALL if are_scalars else 1)


def _is_name(node: yaml.Node) -> bool:
    is_text = isinstance(node, yaml.ScalarNode) and not _function(node)
    return is_text and re.fullmatch(NAME, node.value) is not None


def _function(node: yaml.Node) -> str:
    """Return the tag of a function, !Sub for one; empty for plain data."""
    tag: str = node.tag
    return tag if tag.startswith("!") else ""


def _ordered(given: dict[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    if unknown := sorted(set(given) - set(order)):
        raise ValueError(f"no place in the order of a template for {unknown}")
    return {key: given[key] for key in order if key in given}
