"""What the plan backs up: resources of the protected types that carry the cluster's tag."""

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
from generator.stacks.protected_types import Family


def backup_selection(
    title: str,
    name: str,
    plan: BackupPlan,
    role: Role,
    families: Sequence[Family],
    **attributes: Any,
) -> BackupSelection:
    """Return a selection: resources of these families AND the tag of this cluster.

    Every change to a selection replaces it, so what is optional is a selection of its own.

    Resources with Conditions is an intersection; Resources with ListOfTags would be a union, every
    instance of the account. The key has a prefix in Conditions, and none in ListOfTags.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    """
    return BackupSelection(
        title,
        **attributes,
        BackupPlanId=Ref(plan),
        BackupSelection=BackupSelectionResourceType(
            SelectionName=Sub(name),
            IamRoleArn=GetAtt(role, "Arn"),
            Resources=[Sub(arn) for family in families for arn in family.arns],
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
