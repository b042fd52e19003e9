"""What templates are declared with; each element adds itself to a template."""

from collections.abc import Iterable
from typing import Any

from troposphere import (
    AWSHelperFn,
    Condition,
    Equals,
    FindInMap,
    If,
    Join,
    Not,
    NoValue,
    Parameter,
    Ref,
    Template,
)

# Without * and ?, which would match more than one role in a policy.
ROLE_ARN = "arn:aws[a-z-]*:iam::[0-9]{12}:role/([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}"
VAULT_ARN = "arn:aws[a-z-]*:backup:[a-z0-9-]+:[0-9]{12}:backup-vault:[A-Za-z0-9_-]{2,50}"

# Minute, hour, day, month, weekday, year. The year is always *, so that no schedule ends by itself.
_CRON = (
    r"^cron\([0-5]?[0-9] [0-9*,/-]+ "
    r"([0-9*,/LW-]+ [0-9A-Za-z*,/-]+ \?|\? [0-9A-Za-z*,/-]+ [0-9A-Za-z*,/#-]+) \*\)$"
)


class Input(Parameter):
    """A parameter with the group and the label that the console shows.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html
    """

    def __init__(self, title: str, *, group: str, label: str, **properties: Any) -> None:
        # Before super(): afterwards troposphere accepts only CloudFormation's own properties.
        self.group = group
        self.label = label
        super().__init__(title, **properties)

    def declare_in(self, template: Template) -> None:
        """Add the parameter, its group and its label."""
        template.add_parameter(self)
        template.add_parameter_to_group(self, self.group)
        template.set_parameter_label(self, self.label)


class Optional(Input):
    """A parameter that may be empty, and otherwise has to match the pattern."""

    def __init__(
        self, title: str, *, group: str, label: str, pattern: str, **properties: Any
    ) -> None:
        super().__init__(
            title,
            group=group,
            label=label,
            **{"Type": "String", **properties},
            Default="",
            AllowedPattern=f"^$|^{pattern}$",
        )

    @property
    def is_empty(self) -> Equals:
        """Return the condition that nothing was typed."""
        is_list = self.properties["Type"] == "CommaDelimitedList"
        return Equals(Join("", Ref(self)) if is_list else Ref(self), "")

    @property
    def is_given(self) -> Not:
        """Return the condition that something was typed."""
        return Not(self.is_empty)


class Schedule(Input):
    """A parameter that is an AWS cron expression."""

    def __init__(
        self, title: str, *, group: str, label: str, default: str, **properties: Any
    ) -> None:
        super().__init__(
            title,
            group=group,
            label=label,
            Type="String",
            Default=default,
            AllowedPattern=_CRON,
            ConstraintDescription=(
                "Type cron(minute hour day month weekday *), with one minute (0 to 59) and ? for "
                f"day or weekday: {default}"
            ),
            **properties,
        )


class TimeZone(Optional):
    """A parameter that is an IANA time zone; UTC if it is empty."""

    def __init__(self, title: str, *, group: str, **properties: Any) -> None:
        super().__init__(
            title,
            group=group,
            label="Time zone",
            pattern="[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}",
            ConstraintDescription=(
                "Leave empty for UTC, or type an IANA time zone name: Europe/Paris"
            ),
            **properties,
        )


class Switch(Input):
    """A parameter that is yes or no."""

    def __init__(
        self, title: str, *, group: str, label: str, default: str = "no", **properties: Any
    ) -> None:
        super().__init__(
            title,
            group=group,
            label=label,
            Type="String",
            Default=default,
            AllowedValues=["no", "yes"],
            **properties,
        )

    @property
    def is_on(self) -> Equals:
        """Return the condition that the parameter is yes."""
        return Equals(Ref(self), "yes")


class Retention(Input):
    """A parameter that names how long something is kept, with a mapping from names to days.

    CloudFormation cannot compare two numbers, so the days that depend on each other share a name.
    """

    NONE = "none"

    def __init__(
        self, title: str, *, group: str, label: str, days: dict[str, int], **properties: Any
    ) -> None:
        self.rows = {name: {"Days": number} for name, number in days.items()}
        # Not the title: logical names have to be unique within a template.
        self.mapping = f"{title}Days"
        super().__init__(
            title,
            group=group,
            label=label,
            Type="String",
            Default=self.NONE,
            AllowedValues=[self.NONE, *days],
            **properties,
        )

    def declare_in(self, template: Template) -> None:
        """Add the parameter and the mapping."""
        super().declare_in(template)
        # Also a row for "none": a look-up must not fail in the branch that is not taken either.
        unused = next(iter(self.rows.values()))
        template.add_mapping(self.mapping, {self.NONE: unused, **self.rows})

    @property
    def days(self) -> FindInMap:
        """Return the number of days for the chosen name."""
        return FindInMap(self.mapping, Ref(self), "Days")

    @property
    def is_chosen(self) -> Not:
        """Return the condition that the choice is not "none"."""
        return Not(Equals(Ref(self), self.NONE))


class Flag:
    """A condition with its name, so that nobody has to write the name twice.

    A condition sees every parameter as a string: a Number is compared with "0", not with 0.
    """

    def __init__(self, name: str, condition: AWSHelperFn) -> None:
        self.name = name
        self.condition = condition

    def declare_in(self, template: Template) -> None:
        """Add the condition."""
        if self.name in template.conditions:  # troposphere would replace it silently
            raise ValueError(f"condition {self.name!r} is declared twice")
        template.add_condition(self.name, self.condition)

    @property
    def holds(self) -> Condition:
        """Return the condition for use in another condition."""
        return Condition(self.name)

    def then(self, value: Any, otherwise: Any = NoValue) -> If:
        """Return ``value`` if the condition holds, else ``otherwise`` (default: no property)."""
        return If(self.name, value, otherwise)


class EachMemberEquals(AWSHelperFn):
    """In a rule: each member of a list is this text. Without members it holds.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
    """

    def __init__(self, members: Ref, text: str) -> None:
        self.data = {"Fn::EachMemberEquals": [members, text]}


class Refusal:
    """A rule that refuses parameters that do not fit together, before anything is created.

    Whether nested stacks evaluate rules is not documented, so a template has to be safe without.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
    """

    def __init__(
        self, name: str, *, when: AWSHelperFn, demand: AWSHelperFn, otherwise: str
    ) -> None:
        self.name = name
        self.rule = {
            "RuleCondition": when,
            "Assertions": [{"Assert": demand, "AssertDescription": otherwise}],
        }

    def declare_in(self, template: Template) -> None:
        """Add the rule."""
        template.add_rule(self.name, self.rule)


def declare(description: str, elements: Iterable[Input | Flag | Refusal]) -> Template:
    """Return a template with these elements; the console shows parameters in their order."""
    made = Template(description)
    made.set_version("2010-09-09")
    for element in elements:
        element.declare_in(made)
    return made
