"""Calls to the local AWS as a resource handler makes them: typed, validated, recorded."""

import re
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from tests.local_aws import shapes
from tests.local_aws.errors import DeploymentError
from tests.local_aws.local_aws import LocalAws

NOT_IN_MOTO = {
    ("backup", "CreateBackupSelection"),
    ("backup", "CreateRestoreTestingPlan"),
    ("backup", "CreateRestoreTestingSelection"),
    ("backup", "DeleteBackupSelection"),
    ("backup", "DeleteRestoreTestingPlan"),
    ("backup", "DeleteRestoreTestingSelection"),
    ("backup", "PutBackupVaultAccessPolicy"),
}
"""What moto 5.2.5 does not answer: validated and recorded, and never sent."""


@dataclass(frozen=True)
class Request:
    """One call of a handler."""

    service: str
    operation: str
    parameters: dict[str, Any]


@dataclass
class Requests:
    """Makes the calls of one deployment, and remembers them."""

    aws: LocalAws
    made: list[Request] = field(default_factory=list)

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Make the call and return its answer; raise DeploymentError when it is refused.

        Values are given as templates hold them: text becomes the number or boolean that the
        model asks for, as CloudFormation does. The answer of a recorded call is empty.
        """
        shape = self.aws.model(service).operation_model(operation).input_shape
        given = {name: value for name, value in parameters.items() if value is not None}
        typed = shapes.typed(shape, given, operation)
        self.made.append(Request(service, operation, typed))
        method = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()
        try:
            if (service, operation) in NOT_IN_MOTO:
                shapes.validate(shape, typed)
                return {}
            answer: dict[str, Any] = getattr(self.aws.client(service), method)(**typed)
        except (ClientError, ParamValidationError) as error:
            raise DeploymentError(f"{operation}: {error}") from error
        return answer
