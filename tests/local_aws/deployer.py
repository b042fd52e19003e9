"""Stacks: a template deployed to the local AWS as CloudFormation would, and deleted again."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from typing import Any

from generator.cloudformation.capabilities import capabilities
from generator.cloudformation.read import Template, parse
from tests.local_aws.errors import DeploymentError, RefusedError
from tests.local_aws.evaluation import Evaluation, Place
from tests.local_aws.handler import Created, Order
from tests.local_aws.handlers import HANDLERS
from tests.local_aws.local_aws import LocalAws
from tests.local_aws.requests import Requests

NESTED = "AWS::CloudFormation::Stack"


@dataclass
class Stack:
    """A deployed stack."""

    name: str
    evaluation: Evaluation
    calls: Requests
    created: dict[str, Created] = field(default_factory=dict)
    """Logical id to resource, in the order of creation."""
    nested: dict[str, "Stack"] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    retained: dict[str, str] = field(default_factory=dict)
    """Logical id to physical id, of what outlived the stack."""

    @property
    def resources(self) -> dict[str, str]:
        """Return logical id to physical id (what Ref gives)."""
        return {name: made.ref for name, made in self.created.items()}

    def ref(self, logical_id: str) -> str:
        """Return what Ref of a resource gives."""
        return self.created[logical_id].ref

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return what GetAtt of a resource gives; a missing attribute fails the deployment."""
        attributes = self.created[logical_id].attributes
        if name not in attributes:
            raise DeploymentError(f"{logical_id} has no attribute {name}; it has {[*attributes]}.")
        return attributes[name]

    def delete(self, *, rolling_back: bool = False) -> None:
        """Delete what is not retained, dependants first; raise DeploymentError for what stays.

        Our reading of AWS's text: Retain and RetainExceptOnCreate both keep a resource when its
        stack is deleted; a rollback of the creation keeps Retain only. What a stack that stands
        in a parent keeps when the parent's creation rolls back is not documented; here the nested
        stack counts as created, so it keeps what a deletion keeps.
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
        """
        kept = {"Retain"} if rolling_back else {"Retain", "RetainExceptOnCreate"}
        dependencies = self.evaluation.dependencies()
        faults: dict[str, str] = {}
        for logical_id, made in reversed(list(self.created.items())):
            resource = self.evaluation.existing[logical_id]
            if any(logical_id in dependencies[other] for other in faults):
                faults[logical_id] = "is used by a resource that could not be deleted"
            elif resource.get("DeletionPolicy", "Delete") in kept:
                self.retained[logical_id] = made.ref
                del self.created[logical_id]
            else:
                try:
                    if resource["Type"] == NESTED:
                        self.nested[logical_id].delete()
                    else:
                        HANDLERS[resource["Type"]].delete(self.calls, made)
                    del self.created[logical_id]
                except DeploymentError as error:
                    faults[logical_id] = str(error)
        if faults:
            raise DeploymentError(f"{self.name}: DELETE_FAILED: {faults}")


@dataclass(frozen=True)
class Deployer:
    """Creates stacks in the local AWS, in its account and region."""

    aws: LocalAws

    def create(
        self, template_text: str, name: str, parameters: Mapping[str, Any] | None = None
    ) -> Stack:
        """Return the stack, created; raise RefusedError before, DeploymentError after rollback.

        Whether CloudFormation evaluates the Rules of a nested stack is not documented; here it
        does.
        """
        return self._create(template_text, name, parameters or {}, Requests(self.aws))

    def _create(
        self, text: str, name: str, parameters: Mapping[str, Any], calls: Requests
    ) -> Stack:
        template = parse(name, text)
        place = Place(self.aws.region, self.aws.account, name)
        stack_id = (
            f"arn:{place.partition}:cloudformation:{place.region}:{place.account}"
            f":stack/{name}/{uuid.uuid4()}"
        )
        evaluation = Evaluation(template.document, parameters, replace(place, stack_id=stack_id))
        check_capabilities(template)
        stack = Stack(name, evaluation, calls)
        logical_id = "the outputs"
        try:
            for logical_id in TopologicalSorter(evaluation.dependencies()).static_order():
                stack.created[logical_id] = self._create_resource(stack, logical_id)
            logical_id = "the outputs"
            stack.outputs = evaluation.outputs(stack)
        except (DeploymentError, RefusedError) as error:
            reason = f"{name}: CREATE_FAILED: {logical_id}: {error}"
            try:
                stack.delete(rolling_back=True)
            except DeploymentError as fault:
                raise DeploymentError(f"{reason} ROLLBACK_FAILED: {fault}") from error
            kept = f" Retained: {stack.retained}." if stack.retained else ""
            raise DeploymentError(reason + kept) from error
        return stack

    def _create_resource(self, stack: Stack, logical_id: str) -> Created:
        properties = stack.evaluation.properties(logical_id, stack)
        kind = stack.evaluation.existing[logical_id]["Type"]
        order = Order(logical_id, stack.evaluation.place, properties, stack.calls)
        if kind == NESTED:
            stack.nested[logical_id] = child = self._create_nested(order)
            attributes = {f"Outputs.{name}": value for name, value in child.outputs.items()}
            return Created(child.evaluation.place.stack_id, attributes)
        handler = HANDLERS[kind]
        try:
            order.made = handler.create(order)
            order.finish()
        except DeploymentError:
            if order.made:
                handler.delete(stack.calls, order.made)
            raise
        return order.made

    def _create_nested(self, order: Order) -> Stack:
        text = fetch_template(self.aws, order.need("TemplateURL"))
        parameters = order.take("Parameters", {})
        order.finish()
        for name, value in parameters.items():
            if not isinstance(value, str | int | float):
                raise DeploymentError(f"The value of parameter {name} is {value!r}, not a string.")
        return self._create(text, order.generated_name(128), parameters, order.calls)


def check_capabilities(template: Template) -> None:
    """Refuse what has no handler here, and what needs more than CAPABILITY_IAM."""
    for name, resource in template.resources.items():
        if resource["Type"] not in HANDLERS and resource["Type"] != NESTED:
            raise RefusedError(
                f"{name} is of type {resource['Type']}: add a row to HANDLERS in "
                "tests/local_aws/handlers.py"
            )
    if lacking := sorted({*capabilities(template)} - {"CAPABILITY_IAM"}):
        raise RefusedError(f"InsufficientCapabilities: requires {lacking}.")


_HOST = re.compile(r"(?P<bucket>.+)\.s3\.[a-z0-9-]+\.amazonaws\.[a-z.]+")


def fetch_template(aws: LocalAws, url: str) -> str:
    """Return the text behind a TemplateURL of the form that SOCA uses, from the local S3.

    The only place that maps AWS's host names to the local endpoint: the bucket stands before
    ``s3.<region>.amazonaws.com``.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    """
    host, _, key = url.removeprefix("https://").partition("/")
    found = _HOST.fullmatch(host)
    if not url.startswith("https://") or not found or len(url) > 1024:
        raise DeploymentError(f"TemplateURL must be a supported URL of S3, not {url!r}.")
    body = Requests(aws).call("s3", "GetObject", Bucket=found["bucket"], Key=key)["Body"].read()
    text: str = body.decode()
    return text
