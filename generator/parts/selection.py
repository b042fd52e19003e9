"""What the plan backs up: resources of the protected types that carry the cluster's tag."""

from collections.abc import Sequence

from troposphere import GetAtt, Ref, Sub
from troposphere.backup import (
    BackupPlan,
    BackupSelection,
    BackupSelectionResourceType,
    ConditionParameter,
    Conditions,
)
from troposphere.iam import Role

from generator.cluster import CLUSTER_ID
from generator.families import Family


def backup_selection(plan: BackupPlan, role: Role, families: Sequence[Family]) -> BackupSelection:
    """Return the selection: resources of these families AND the tag of this cluster.

    Resources with Conditions is an intersection; Resources with ListOfTags would be a union, every
    instance of the account. The key has a prefix in Conditions, and none in ListOfTags.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    """
    return BackupSelection(
        "SOCABackupSelection",
        BackupPlanId=Ref(plan),
        BackupSelection=BackupSelectionResourceType(
            SelectionName=Sub("Tag-${ClusterId}"),
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
