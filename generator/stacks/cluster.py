"""What every part knows about the cluster: its ID, and the tag that marks a resource for backup."""

from troposphere import Ref, Sub, Tags

from generator.stacks.declarations import Input

GROUP = "Cluster"


def cluster_id(use: str) -> Input:
    """Return the parameter for the ID of the cluster; ``use`` is what the template makes of it."""
    return Input(
        "ClusterId",
        group=GROUP,
        label="Cluster ID",
        Description=(f"ID of the cluster, 2 to 43 characters, for example soca-mycluster. {use}"),
        Type="String",
        MinLength=2,
        MaxLength=43,
        AllowedPattern="^[A-Za-z0-9][A-Za-z0-9_-]{1,42}$",
        ConstraintDescription=(
            "Type 2 to 43 letters, digits, '-' or '_', starting with a letter or a digit: "
            "soca-mycluster"
        ),
    )


CLUSTER_ID = cluster_id(
    "It names the vault and the plan and is the value (case-sensitive) of the tag that marks a "
    "resource for backup"
)

BACKUP_TAG_KEY = Input(
    "BackupTagKey",
    group=GROUP,
    label="Backup tag key",
    Description=(
        "Key of the tag that marks a resource for backup, 1 to 128 characters, case-sensitive; the "
        "value is the cluster ID. SOCA 26.4.0 and later use edh:BackupPlan"
    ),
    Type="String",
    Default="soca:BackupPlan",
    MinLength=1,
    MaxLength=128,
    # No space at either end: pasted by mistake, it would deploy and match no resource.
    AllowedPattern=(
        "^(?![aA][wW][sS]:)[A-Za-z0-9_.:/=+@-]([A-Za-z0-9 _.:/=+@-]{0,126}[A-Za-z0-9_.:/=+@-])?$"
    ),
    ConstraintDescription=(
        "Type 1 to 128 letters, digits, spaces or _.:/=+-@, not starting with aws: and without a "
        "space at either end: soca:BackupPlan"
    ),
)

DECLARED = (CLUSTER_ID, BACKUP_TAG_KEY)


def tag_map(name: str | Sub) -> dict[str, Ref | Sub | str]:
    """Return the tags of one of our resources as a map, which is what AWS Backup takes."""
    return {"Name": name, "soca:ClusterId": Ref(CLUSTER_ID)}


def tags(name: str | Sub) -> Tags:
    """Return the tags of one of our resources as a list, which is what other services take."""
    return Tags(tag_map(name))


def owner_tag() -> Tags:
    """Return the only tag of resources that exist several times and have no name of their own."""
    return Tags({"soca:ClusterId": Ref(CLUSTER_ID)})
