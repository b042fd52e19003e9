"""What templates are declared with; each element knows how it gets into a template."""

from typing import Any

from troposphere import AWSHelperFn, If, NoValue, Parameter, Template


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
