"""CloudFormation's stacks with their parameters and tags, and without resources.

They stand in for those of moto 5.2.5, which cannot create a stack of our template (it knows no
AWS::Backup), turns "60" into 60 and a list into Python's text, keeps the tags that a change set
takes away, and refuses a change set without changes instead of failing it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from unittest import mock

from generator.cloudformation.capabilities import capabilities
from generator.cloudformation.read import Template, parse
from tests.local_aws.errors import RefusedError
from tests.local_aws.evaluation import accepted
from tests.local_aws.local_aws import ACCOUNT

UPDATED = "UPDATE_COMPLETE"
UNCHANGED = "The submitted information didn't contain changes."


@dataclass(frozen=True)
class Stack:
    """What CloudFormation remembers of a stack."""

    template: str
    parameters: dict[str, str]
    tags: dict[str, str] = field(default_factory=dict)
    status: str = "CREATE_COMPLETE"


@dataclass
class Stacks:
    """The stacks of one account and region, by name, and the change sets that wait."""

    stacks: dict[str, Stack] = field(default_factory=dict)
    change_sets: dict[str, tuple[str, Stack]] = field(default_factory=dict)
    """ARN to the stack's name, and the stack as it will be."""
    named: set[str] = field(default_factory=set)
    """The parameters that were given a value by any request."""

    def create_stack(self, request: dict[str, Any]) -> dict[str, Any]:
        """Create the stack."""
        name = request["StackName"]
        if name in self.stacks:
            raise RefusedError(f"Stack [{name}] already exists")
        self.stacks[name] = self._asked(request, None)
        return {"StackId": name}

    def update_stack(self, request: dict[str, Any]) -> dict[str, Any]:
        """Update the stack."""
        name = request["StackName"]
        self.stacks[name] = replace(self._asked(request, self._stack(name)), status=UPDATED)
        return {"StackId": name}

    def create_change_set(self, request: dict[str, Any]) -> dict[str, Any]:
        """Remember the change set; one that changes nothing is made, and has failed.

        What happens to tags that are not sent is not documented. There are reports that they go,
        so here they do. https://github.com/aws/aws-toolkit-jetbrains/issues/1726
        """
        name = request["StackName"]
        old = None if request.get("ChangeSetType") == "CREATE" else self._stack(name)
        arn = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:changeSet/{request['ChangeSetName']}/1"
        self.change_sets[arn] = (name, self._asked({"Tags": [], **request}, old))
        return {"Id": arn, "StackId": name}

    def describe_change_set(self, request: dict[str, Any]) -> dict[str, Any]:
        """Say whether the change set can be executed."""
        name, asked = self.change_sets[self._arn(request["ChangeSetName"])]
        old = self.stacks.get(name)
        if old and asked == replace(old, status=asked.status):
            return {"Status": "FAILED", "StatusReason": UNCHANGED}
        return {"Status": "CREATE_COMPLETE", "Changes": []}

    def execute_change_set(self, request: dict[str, Any]) -> dict[str, Any]:
        """Change or create the stack."""
        name, asked = self.change_sets.pop(self._arn(request["ChangeSetName"]))
        self.stacks[name] = replace(asked, status=UPDATED) if name in self.stacks else asked
        return {}

    def describe_stacks(self, request: dict[str, Any]) -> dict[str, Any]:
        """Describe the stack."""
        name = request["StackName"]
        stack = self._stack(name)
        parameters = [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in stack.parameters.items()
        ]
        tags = [{"Key": key, "Value": value} for key, value in stack.tags.items()]
        described = {"StackName": name, "StackStatus": stack.status, "Tags": tags}
        return {"Stacks": [described | {"Parameters": parameters}]}

    def get_template(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the template's text."""
        return {"TemplateBody": self._stack(request["StackName"]).template}

    def get_template_summary(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the names of the template's parameters."""
        names = self._stack(request["StackName"]).parameters
        return {"Parameters": [{"ParameterKey": name} for name in names]}

    def _arn(self, name: str) -> str:
        for arn in self.change_sets:
            if name in (arn, arn.split("/")[1]):
                return arn
        raise RefusedError(f"ChangeSet [{name}] does not exist")

    def _stack(self, name: str) -> Stack:
        if name not in self.stacks:
            raise RefusedError(f"Stack with id {name} does not exist")
        return self.stacks[name]

    def _asked(self, request: dict[str, Any], old: Stack | None) -> Stack:
        """Return the stack as the request wants it: what it does not name falls back to a default.

        Tags that are not sent stay; an empty list of them removes all.
        https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
        """
        text = request.get("TemplateBody") or (old.template if old else "")
        template = _read(text)
        if lacking := {*capabilities(template)} - {*request.get("Capabilities", [])}:
            raise RefusedError(f"Requires capabilities : {sorted(lacking)}")
        before = old.parameters if old else {}
        given = {}
        for one in request.get("Parameters", []):
            name = one["ParameterKey"]
            if one.get("UsePreviousValue") and name not in before:
                raise RefusedError(f"Invalid input for parameter key {name}: no previous value")
            given[name] = before[name] if one.get("UsePreviousValue") else one["ParameterValue"]
            if not one.get("UsePreviousValue"):
                self.named.add(name)
        tags = {one["Key"]: one["Value"] for one in request.get("Tags", [])}
        if "Tags" not in request and old:
            tags = old.tags
        return Stack(text, accepted(template, given), tags)


@cache
def _read(text: str) -> Template:
    return parse("TemplateBody", text)


@contextmanager
def stacks_without_resources() -> Iterator[Stacks]:
    """Let the local AWS answer for stacks as they are here; give them."""
    from moto.cloudformation.exceptions import ValidationError
    from moto.cloudformation.responses import CloudFormationResponse
    from moto.core.responses import ActionResult

    stacks = Stacks()

    def answering(operation: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
        def answer(response: Any) -> Any:
            try:
                return ActionResult(operation(response._get_params()))  # noqa: SLF001
            except RefusedError as error:
                raise ValidationError(message=str(error)) from error

        return answer

    answers = {
        name: answering(getattr(stacks, name))
        for name, operation in vars(Stacks).items()
        if callable(operation) and not name.startswith("_")
    }
    # moto's transformers are for its own stacks and change sets.
    with mock.patch.multiple(
        CloudFormationResponse, RESPONSE_KEY_PATH_TO_TRANSFORMER={}, **answers
    ):
        yield stacks
