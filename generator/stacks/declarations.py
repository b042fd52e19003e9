"""What templates are declared with; each element knows how it gets into a template."""

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

# No * and no ? in it: in a policy they would let in more than one role.
ROLE_ARN = "arn:aws[a-z-]*:iam::[0-9]{12}:role/([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}"


class Input(Parameter):
    """A parameter that knows where the console shows it: under which heading, with which label.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html
    """

    def __init__(self, title: str, *, group: str, label: str, **properties: Any) -> None:
        # Before super(): afterwards troposphere accepts CloudFormation's own properties only.
        self.group = group
        self.label = label
        super().__init__(title, **properties)

    def declare_in(self, template: Template) -> None:
        """Add the parameter, and its place in the console."""
        template.add_parameter(self)
        template.add_parameter_to_group(self, self.group)
        template.set_parameter_label(self, self.label)


class Optional(Input):
    """A parameter that is left empty, or matches the pattern."""

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


class Switch(Input):
    """A parameter that is yes or no, and no unless asked for."""

    def __init__(self, title: str, *, group: str, label: str, **properties: Any) -> None:
        super().__init__(
            title,
            group=group,
            label=label,
            Type="String",
            Default="no",
            AllowedValues=["no", "yes"],
            **properties,
        )

    @property
    def is_on(self) -> Equals:
        """Return the condition that the parameter is yes."""
        return Equals(Ref(self), "yes")


class Retention(Input):
    """A parameter that names how long something is kept, and the mapping from names to days.

    CloudFormation cannot compare two numbers; a name cannot be paired with one it does not fit.
    """

    NONE = "none"

    def __init__(
        self, title: str, *, group: str, label: str, days: dict[str, int], **properties: Any
    ) -> None:
        self.rows = {name: {"Days": number} for name, number in days.items()}
        # Not the title: no two logical names of a template may be the same.
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
        # A row for "none", too: a look-up in the branch that is not taken must not fail either.
        unused = next(iter(self.rows.values()))
        template.add_mapping(self.mapping, {self.NONE: unused, **self.rows})

    @property
    def days(self) -> FindInMap:
        """Return the days that the chosen name stands for."""
        return FindInMap(self.mapping, Ref(self), "Days")

    @property
    def is_chosen(self) -> Not:
        """Return the condition that it is not "none"."""
        return Not(Equals(Ref(self), self.NONE))


def accepted(check: str, reason: str) -> dict[str, Any]:
    """Return the Metadata of a resource in which a finding of checkov is accepted, and why.

    https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
    """
    return {"checkov": {"skip": [{"id": check, "comment": reason}]}}


class Flag:
    """A condition and its name, so that nobody spells the name twice.

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
        """Return the condition as a term of another one."""
        return Condition(self.name)

    def then(self, value: Any, otherwise: Any = NoValue) -> If:
        """Return ``value`` where the condition holds, else ``otherwise`` (no such property)."""
        return If(self.name, value, otherwise)


class Refusal:
    """A rule: parameters that do not go together are refused before anything is made.

    Whether nested stacks evaluate rules is not documented: a template has to be safe without them.
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
