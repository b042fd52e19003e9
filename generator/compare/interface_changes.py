"""What an update changes for the parent: parameters, rules, outputs, capabilities."""

from collections.abc import Iterator
from operator import gt, lt
from typing import Any

from generator.cloudformation.evaluate import ABSENT, View, scalar, section
from generator.cloudformation.read import UnreadableError
from generator.compare.parameter_values import allows, assignments, same_ground
from generator.compare.resource_changes import Change, Level, shown
from generator.compare.versions import VERSION_OUTPUT

# What needs a capability, and the property whose presence needs the stronger one.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
_IAM = {
    "AWS::IAM::AccessKey": "",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": "",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": "",
}
_BOUNDS = {"MinLength": gt, "MinValue": gt, "MaxLength": lt, "MaxValue": lt}
_TEXTS = frozenset({"Description", "ConstraintDescription"})


def interface_changes(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return what whoever passes parameters, reads outputs or acknowledges capabilities meets.

    Raises UnreadableError for a template whose conditions or functions cannot be evaluated.
    """
    return [
        *_parameters(old, new),
        *_rules(old, new),
        *_outputs(old, new),
        *_capabilities(old, new),
        *_types(old, new),
    ]


def capabilities(template: dict[str, Any]) -> set[str]:
    """Return the capabilities that a stack of the template has to be given.

    A resource counts whether or not its condition holds.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    """
    needed = {"CAPABILITY_AUTO_EXPAND"} if template.get("Transform") else set()
    for resource in section(template, "Resources").values():
        name = _IAM.get(resource["Type"])
        if name is not None:
            named = name in (resource.get("Properties") or {})
            needed.add("CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM")
    # The stronger one includes the other.
    return needed - {"CAPABILITY_IAM"} if "CAPABILITY_NAMED_IAM" in needed else needed


def _parameters(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    before, after = section(old, "Parameters"), section(new, "Parameters")
    come = [name for name in after if name not in before]
    for name, was in before.items():
        if name in after:
            yield from _parameter(name, was, after[name])
            continue
        twin = next((other for other in come if _alike(was, after[other])), None)
        text = "a parent that passes it cannot update: CloudFormation refuses unknown parameters"
        if twin:
            come.remove(twin)
            text = f"is now {twin}; {text}"
        yield Change("parameter", name, "renamed" if twin else "removed", Level.MAJOR, text)
    for name in after:
        if name in before:
            continue
        if "Default" in after[name]:
            text = f"default: {shown(scalar(after[name]['Default']))}"
            yield Change("parameter", name, "added", Level.MINOR, text)
        else:
            text = "has no default: a parent that does not pass it cannot update"
            yield Change("parameter", name, "newly required", Level.MAJOR, text)


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether two parameters take the same, whatever is said about them."""
    return {key: value for key, value in one.items() if key not in _TEXTS} == {
        key: value for key, value in other.items() if key not in _TEXTS
    }


def _parameter(name: str, was: dict[str, Any], is_now: dict[str, Any]) -> Iterator[Change]:
    def change(what: str, level: Level, text: str = "") -> Change:
        return Change("parameter", name, what, level, text)

    if was.get("Type") != is_now.get("Type"):
        text = f"Type: {was.get('Type')} -> {is_now.get('Type')}: check what parents pass"
        yield change("narrowed", Level.MAJOR, text)
    yield from _default(name, was, is_now)
    for constraint in _narrower(was, is_now):
        yield change("narrowed", Level.MAJOR, _both(constraint, was, is_now))
    for constraint in _narrower(is_now, was):
        yield change("widened", Level.MINOR, _both(constraint, was, is_now))
    for text in _other_pattern(was, is_now):
        yield change("narrowed", Level.MAJOR, text)
    pattern = is_now.get("AllowedPattern")
    if pattern != was.get("AllowedPattern") and not list(_other_pattern(was, is_now)):
        yield change("widened", Level.MINOR, f"AllowedPattern: {pattern or 'any text'}")
    if bool(was.get("NoEcho")) != bool(is_now.get("NoEcho")):
        yield change("shown otherwise", Level.MINOR, "NoEcho changed")
    if any(was.get(key) != is_now.get(key) for key in _TEXTS):
        yield change("described otherwise", Level.PATCH)


def _default(name: str, was: dict[str, Any], is_now: dict[str, Any]) -> Iterator[Change]:
    if "Default" not in was and "Default" not in is_now:
        return
    if "Default" not in is_now:
        text = "lost its default: a parent that does not pass it cannot update"
        yield Change("parameter", name, "newly required", Level.MAJOR, text)
    elif "Default" not in was:
        yield Change("parameter", name, "no longer required", Level.MINOR)
    elif scalar(was["Default"]) != scalar(is_now["Default"]):
        text = (
            f"{shown(scalar(was['Default']))} -> {shown(scalar(is_now['Default']))}: a stack keeps "
            "its value where the update says UsePreviousValue; a parent that does not pass the "
            "parameter gets the new default"
        )
        yield Change("parameter", name, "default changed", Level.MINOR, text)


def _narrower(was: dict[str, Any], is_now: dict[str, Any]) -> Iterator[str]:
    """Yield the list of values and the bounds that take less than before."""
    values = [scalar(value) for value in is_now.get("AllowedValues", [])]
    known = [scalar(value) for value in was.get("AllowedValues", [])]
    if values and (not known or set(known) - set(values)):
        yield "AllowedValues"
    for bound, tighter in _BOUNDS.items():
        if bound in is_now and (
            bound not in was or tighter(float(is_now[bound]), float(was[bound]))
        ):
            yield bound


def _both(constraint: str, was: dict[str, Any], is_now: dict[str, Any]) -> str:
    said = [
        ", ".join(shown(scalar(value)) for value in values)
        if isinstance(values := each.get(constraint, "none"), list)
        else str(values)
        for each in (was, is_now)
    ]
    return f"{constraint}: {said[0]} -> {said[1]}"


def _other_pattern(was: dict[str, Any], is_now: dict[str, Any]) -> Iterator[str]:
    """Yield what another pattern refuses, or may refuse: whether it does, nobody can compute here.

    One that only has more alternatives takes all that the old one took.
    """
    old, new = was.get("AllowedPattern"), is_now.get("AllowedPattern")
    if new is None or new == old:
        return
    known = [*was.get("AllowedValues", []), *([was["Default"]] if "Default" in was else [])]
    refused = [value for value in map(scalar, known) if not allows({"AllowedPattern": new}, value)]
    if refused:
        yield f"AllowedPattern: {new} refuses {', '.join(shown(value) for value in refused)}"
    elif old is None:
        yield f"AllowedPattern: any text -> {new}"
    elif not set(alternatives(old)) <= set(alternatives(new)):
        yield f"AllowedPattern changed: check that {new} takes all that {old} took"


def alternatives(pattern: str) -> list[str]:
    """Return what stands between those | of a pattern that are in no bracket."""
    found, depth, in_class, escaped = [""], 0, False, False
    for character in str(pattern):
        if not escaped and not in_class and not depth and character == "|":
            found.append("")
            continue
        if not escaped:
            depth += (character == "(") - (character == ")") if not in_class else 0
            in_class = character == "[" or (in_class and character != "]")
        escaped = character == "\\" and not escaped
        found[-1] += character
    return found


def _rules(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    before, after = section(old, "Rules"), section(new, "Rules")
    for name in before | after:
        was, is_now = before.get(name), after.get(name)
        if is_now is None:
            yield Change("rule", name, "removed", Level.MINOR, "what it refused is allowed")
        elif was is None or _without_texts(was) != _without_texts(is_now):
            yield _stricter(old, new, name, "added" if was is None else "changed")
        elif was != is_now:
            yield Change("rule", name, "described otherwise", Level.PATCH)


def _stricter(old: dict[str, Any], new: dict[str, Any], name: str, change: str) -> Change:
    """Return the change of a rule: whether it refuses what a stack of the old template has."""
    rules = section(old, "Rules")
    rule = section(new, "Rules")[name]
    try:
        for given in assignments(old, new, *rules.values(), rule):
            accepted = not any(_refuses(View(old, given.old), each) for each in rules.values())
            if accepted and _refuses(View(new, given.new), rule):
                text = "it refuses what was accepted"
                return Change("rule", name, change, Level.MAJOR, text, where=given.where)
    except UnreadableError:  # a function that only rules have
        text = "check that it refuses nothing that was accepted"
        return Change("rule", name, change, Level.MAJOR, text)
    return Change("rule", name, change, Level.MINOR, "it refuses nothing that stacks have")


def _refuses(view: View, rule: dict[str, Any]) -> bool:
    """Return whether an assertion of the rule fails, where the rule applies."""
    if "RuleCondition" in rule and not view.true(rule["RuleCondition"]):
        return False
    return not all(view.true(each["Assert"]) for each in rule.get("Assertions", []))


def _without_texts(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: _without_texts(v) for k, v in node.items() if k != "AssertDescription"}
    return [_without_texts(item) for item in node] if isinstance(node, list) else scalar(node)


def _outputs(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    before, after = section(old, "Outputs"), section(new, "Outputs")
    come = [name for name in after if name not in before]
    for name, was in before.items():
        if name in after:
            yield from _output(old, new, name)
            continue
        twin = next((other for other in come if after[other].get("Value") == was.get("Value")), "")
        text = f"is now {twin}; " if twin else ""
        text += "a parent that reads it cannot update"
        yield Change("output", name, "renamed" if twin else "removed", Level.MAJOR, text)
    for name in come:
        yield Change("output", name, "added", Level.MINOR)


def _output(old: dict[str, Any], new: dict[str, Any], name: str) -> Iterator[Change]:
    was, is_now = section(old, "Outputs")[name], section(new, "Outputs")[name]
    told: list[Change] = []
    same = was == is_now and same_ground(old, new, was)
    for assignment in [] if same else assignments(old, new, was, is_now):
        values = [
            _output_value(output, View(template, given))
            for template, output, given in (
                (old, was, assignment.old),
                (new, is_now, assignment.new),
            )
        ]
        if values[0] == values[1] or values[0] is ABSENT:
            continue
        if values[1] is ABSENT:
            text = "a parent that reads it there cannot update"
            told.append(
                Change("output", name, "missing", Level.MAJOR, text, "", False, assignment.where)
            )
        elif name != VERSION_OUTPUT or not isinstance(values[1], str):
            text = f"{shown(values[0])} -> {shown(values[1])}"
            told.append(
                Change("output", name, "changed", Level.MINOR, text, "", False, assignment.where)
            )
    if told:
        yield max(told, key=lambda change: (change.level, -len(change.where)))
    view = View(old, {})
    exports = [view.resolve(output.get("Export")) for output in (was, is_now)]
    if exports[0] != exports[1]:
        level = Level.MAJOR if was.get("Export") else Level.MINOR
        yield Change("output", name, "exported otherwise", level, "stacks may import it by name")
    if was.get("Description") != is_now.get("Description"):
        yield Change("output", name, "described otherwise", Level.PATCH)


def _output_value(output: dict[str, Any], view: View) -> Any:
    if "Condition" in output and not view.holds(str(output["Condition"])):
        return ABSENT
    return view.resolve(output.get("Value"))


def _capabilities(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    had = capabilities(old)
    for name in sorted(capabilities(new) - had):
        text = "every create and update of a stack, the parent's too, has to acknowledge it"
        yield Change("capability", name, "newly needed", Level.MAJOR, text)
    for name in sorted(had - capabilities(new)):
        yield Change("capability", name, "no longer needed", Level.MINOR)


def _types(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    kinds = [{each["Type"] for each in section(one, "Resources").values()} for one in (old, new)]
    for kind in sorted(kinds[1] - kinds[0]):
        text = (
            "whoever updates needs its permissions too (deployer-policy), and the region the type"
        )
        yield Change("template", kind, "new type", Level.MINOR, text)
