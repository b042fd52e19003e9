"""What the plan backs up: resources of the protected types with the cluster's tag."""

from collections.abc import Sequence
from typing import Any

from troposphere import GetAtt, Ref, Sub
from troposphere.backup import (
    BackupPlan,
    BackupSelection,
    BackupSelectionResourceType,
    ConditionParameter,
    Conditions,
)
from troposphere.iam import Role

from generator.stacks.cluster import CLUSTER_ID
from generator.stacks.protected_types import ProtectedType


def backup_selections(
    plan: BackupPlan, role: Role, types: Sequence[ProtectedType]
) -> list[BackupSelection]:
    """Return one selection of all types that are always protected, and one of each optional type.

    Every change to a selection replaces it, so an optional type has a selection of its own.

    Resources and Conditions intersect. Resources and ListOfTags would add up, to every instance of
    the account. The tag key has a prefix in Conditions, but not in ListOfTags.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    """

    def selection(
        title: str, name: str, selected: Sequence[ProtectedType], **attributes: Any
    ) -> BackupSelection:
        return BackupSelection(
            title,
            **attributes,
            BackupPlanId=Ref(plan),
            BackupSelection=BackupSelectionResourceType(
                SelectionName=Sub(name),
                IamRoleArn=GetAtt(role, "Arn"),
                Resources=[Sub(arn) for each in selected for arn in each.arns],
                Conditions=Conditions(
                    StringEquals=[
                        ConditionParameter(
                            ConditionKey=Sub("aws:ResourceTag/${BackupTagKey}"),
                            ConditionValue=Ref(CLUSTER_ID),
                        )
                    ]
                ),
            ),
        )

    return [
        selection(
            "SOCABackupSelection", "Tag-${ClusterId}", [each for each in types if not each.flag]
        ),
        *(
            selection(
                f"SOCA{each.name}BackupSelection",
                f"{each.name}-${{ClusterId}}",
                [each],
                Condition=each.flag.name,
            )
            for each in types
            if each.flag
        ),
    ]
