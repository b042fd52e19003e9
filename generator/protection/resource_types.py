"""The types of resources that AWS Backup backs up, as people call them."""

from _backup.matching import unknown
from _backup.resource_arns import KINDS

NAMES = {
    ("ec2", "instance/"): "EC2 instances",
    ("ec2", "volume/"): "EBS volumes",
    ("elasticfilesystem", "file-system/"): "EFS file systems",
    ("fsx", "file-system/"): "FSx file systems",
    ("fsx", "volume/"): "FSx volumes",
    ("rds", "db:"): "RDS databases",
    ("rds", "cluster:"): "Aurora, Neptune and DocumentDB clusters",
    ("dynamodb", "table/"): "DynamoDB tables",
    ("s3", ""): "S3 buckets",
    ("storagegateway", "gateway/"): "Storage Gateway volumes",
    ("backup-gateway", "vm/"): "virtual machines",
    ("redshift", "cluster:"): "Redshift clusters",
    ("redshift-serverless", "namespace/"): "Redshift Serverless namespaces",
    ("timestream", "database/"): "Timestream databases",
    ("cloudformation", "stack/"): "CloudFormation stacks",
    ("ssm-sap", ""): "SAP HANA databases",
    ("eks", "cluster/"): "EKS clusters",
    ("dsql", "cluster/"): "Aurora DSQL clusters",
}
"""By service and resource of the ARN."""


def name_of(resource: str) -> str:
    """Return the name of a type, by service and resource of the ARN in one text."""
    service, _, beginning = resource.partition(":")
    return NAMES[service, beginning]


ARNS = {
    NAMES[kind.service, kind.resource]: (
        f"{kind.service}:{unknown('AWS::Region')}:{unknown('AWS::AccountId')}:{kind.resource}"
        f"{unknown('its id', colons=False)}"
        if kind.service != "s3"
        else f"s3:::{unknown('its id', colons=False)}"
    )
    for kind in KINDS
}
"""By name, the ARN of one resource of the type, from the service on."""

GIVEN = "given resources"
"""What stands for the type of resources whose ARNs only a deployment knows."""

CONTINUOUS = frozenset(
    NAMES[its] for its in (("rds", "db:"), ("rds", "cluster:"), ("s3", ""), ("ssm-sap", ""))
)
"""The types of which AWS Backup makes continuous backups if a rule asks for them.

Of the others it makes those that are told, at the times that are told.
"""

OWN_KEY = frozenset(NAMES["ec2", its] for its in ("instance/", "volume/")) | frozenset(
    NAMES["fsx", its] for its in ("file-system/", "volume/")
)
"""The types whose backups keep the key of what is backed up, among those that SOCA has."""

_TESTED_AS: dict[str, dict[str, None]] = {}
for _kind in KINDS:
    for _word in _kind.tested_as:
        _its = NAMES[_kind.service, _kind.resource]
        _name = _its if _kind.tested_as == (_word,) else f"{_word} clusters"
        _TESTED_AS.setdefault(_word.lower(), {})[_name] = None
TESTED = {word: tuple(names) for word, names in _TESTED_AS.items()}
"""The names of what restore tests restore, by AWS Backup's word for it in small letters."""

STAYS_WARM = frozenset(NAMES[kind.service, kind.resource] for kind in KINDS if kind.warm)
"""The types whose backups never move to cold storage."""
