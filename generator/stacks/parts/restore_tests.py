"""Restore tests: what AWS Backup restores, when, from which backups, and where."""

from typing import Any

from troposphere import And, Equals, GetAtt, If, Join, Ref, Split, Sub
from troposphere.backup import (
    RestoreTestingPlan,
    RestoreTestingRecoveryPointSelection,
    RestoreTestingSelection,
)
from troposphere.ec2 import SecurityGroup, SecurityGroupRule

from generator.stacks.cluster import tags
from generator.stacks.declarations import (
    ROLE_ARN,
    VAULT_ARN,
    EachMemberEquals,
    Flag,
    Input,
    Optional,
    Refusal,
    Schedule,
    Switch,
    TimeZone,
)

SOURCE = "Backup stack"
SCHEDULE = "Schedule"
TESTS = "What is restored"

BACKUP_VAULT_ARN = Input(
    "BackupVaultArn",
    group=SOURCE,
    label="Vault with the backups (ARN)",
    Description=(
        "ARN of the vault, in the region and account of this stack: the output BackupVaultArn of "
        "the cluster's backup stack, or CopyDestinationVaultArn of the stack of its copies"
    ),
    Type="String",
    AllowedPattern=f"^{VAULT_ARN}$",
    ConstraintDescription=(
        "Type the ARN of a vault: "
        "arn:aws:backup:us-east-1:111122223333:backup-vault:Vault-soca-mycluster"
    ),
)

BACKUP_ROLE_ARN = Input(
    "BackupRoleArn",
    group=SOURCE,
    label="Role that restores (ARN)",
    Description=(
        "ARN of the role: the output BackupRoleArn of the cluster's backup stack or, to test "
        "copies, RestoreRoleArn of their stack. If that stack is in this region, its alerts also "
        "tell of tests that fail"
    ),
    Type="String",
    AllowedPattern=f"^{ROLE_ARN}$",
    ConstraintDescription=(
        "Type the ARN of a role: arn:aws:iam::111122223333:role/soca-SOCAAWSBackupRole-1A2B3C4D5E6F"
    ),
)

TEST_SCHEDULE = Schedule(
    "TestSchedule",
    group=SCHEDULE,
    label="Tests start at",
    default="cron(0 7 2 * ? *)",
    Description=(
        "When tests start: an AWS cron expression in the time zone below. cron(0 7 2 * ? *) is the "
        "second day of each month at 07:00"
    ),
)

TEST_SCHEDULE_TIMEZONE = TimeZone(
    "TestScheduleTimezone",
    group=SCHEDULE,
    Description="Time zone of the schedule: an IANA name such as Europe/Paris; empty: UTC",
)

START_WINDOW_HOURS = Input(
    "StartWindowHours",
    group=SCHEDULE,
    label="Start within (hours)",
    Description=(
        "Hours, 1 to 168, within which tests start; AWS Backup chooses the moment at random"
    ),
    Type="Number",
    Default=8,
    MinValue=1,
    MaxValue=168,
    ConstraintDescription="Type a whole number of hours, 1 to 168: 8",
)

SELECTION_WINDOW_DAYS = Input(
    "SelectionWindowDays",
    group=SCHEDULE,
    label="Age of the backup at most (days)",
    Description=(
        "Days, 1 to 29: no older backup is restored. Monthly backups of EFS are in cold storage "
        "after 30 days, from which a restore costs more and takes hours longer"
    ),
    Type="Number",
    Default=7,
    MinValue=1,
    MaxValue=29,
    ConstraintDescription="Type a whole number of days, 1 to 29: 7",
)

RECOVERY_POINT = Input(
    "RecoveryPoint",
    group=SCHEDULE,
    label="Which backup",
    Description=(
        "newest: the newest backup of each resource; random: any one of its backups within the age "
        "above"
    ),
    Type="String",
    Default="newest",
    AllowedValues=["newest", "random"],
)

TEST_EFS = Switch(
    "TestEFS",
    group=TESTS,
    label="Test EFS",
    default="yes",
    Description=(
        "yes: restore file systems, each as a whole into a new one, which AWS charges per GB; no: "
        "do not. To test a small one only, name it below"
    ),
)

EFS_FILE_SYSTEM_ARNS = Optional(
    "EFSFileSystemArns",
    group=TESTS,
    label="Only these file systems (ARNs)",
    Description=(
        "ARNs of up to 30 file systems to test, separated by commas; empty: all that have a backup "
        "in the vault. Only if EFS is tested"
    ),
    Type="CommaDelimitedList",
    pattern="arn:aws[a-z-]*:elasticfilesystem:[a-z0-9-]+:[0-9]{12}:file-system/fs-[0-9a-f]{8,40}",
    ConstraintDescription=(
        "Leave empty or type ARNs of file systems, with commas only between them: "
        "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-0123456789abcdef0"
    ),
)

TEST_EBS = Switch(
    "TestEBS",
    group=TESTS,
    label="Test EBS",
    default="yes",
    Description=(
        "yes: restore volumes that carry the backup tag themselves; no: do not. The volumes of an "
        "instance are restored with it"
    ),
)

TEST_EC2 = Switch(
    "TestEC2",
    group=TESTS,
    label="Test EC2",
    Description=(
        "yes: restore instances for one hour, with a network that lets nothing in or out. A "
        "restored scheduler runs as a second one, so read the page on restore tests first; no: do "
        "not"
    ),
)

TEST_VPC_ID = Optional(
    "TestVpcId",
    group=TESTS,
    label="VPC for restored instances",
    Description="ID of the VPC of the subnet below, needed to test EC2. Empty: for other tests",
    pattern="vpc-[0-9a-f]{8,17}",
    ConstraintDescription="Leave empty or type the ID of a VPC: vpc-0123456789abcdef0",
)

TEST_SUBNET_ID = Optional(
    "TestSubnetId",
    group=TESTS,
    label="Subnet for restored instances",
    Description=(
        "ID of the subnet in which instances are restored, best one with the local route only; "
        "needed to test EC2. Empty: for other tests"
    ),
    pattern="subnet-[0-9a-f]{8,17}",
    ConstraintDescription="Leave empty or type the ID of a subnet: subnet-0123456789abcdef0",
)

VALIDATION_WINDOW_HOURS = Input(
    "ValidationWindowHours",
    group=TESTS,
    label="Keep what was restored for (hours)",
    Description=(
        "Hours, 0 to 168, before AWS Backup deletes the file systems and volumes that it restored: "
        "time for checks of your own. Instances are always deleted after one hour"
    ),
    Type="Number",
    Default=1,
    MinValue=0,
    MaxValue=168,
    ConstraintDescription="Type a whole number of hours, 0 to 168: 1",
)

HAS_TIMEZONE = Flag("HasTimezone", TEST_SCHEDULE_TIMEZONE.is_given)
TAKES_NEWEST = Flag("TakesNewest", Equals(Ref(RECOVERY_POINT), "newest"))
TESTS_EFS = Flag("TestsEFS", TEST_EFS.is_on)
HAS_FILE_SYSTEMS = Flag("HasFileSystems", EFS_FILE_SYSTEM_ARNS.is_given)
TESTS_EBS = Flag("TestsEBS", TEST_EBS.is_on)
TESTS_EC2 = Flag("TestsEC2", And(TEST_EC2.is_on, TEST_VPC_ID.is_given, TEST_SUBNET_ID.is_given))

# Where rules are not evaluated, EC2 is not tested.
EC2_HAS_A_PLACE = Refusal(
    "EC2HasAPlace",
    when=TEST_EC2.is_on,
    demand=And(TEST_VPC_ID.is_given, TEST_SUBNET_ID.is_given),
    otherwise=(
        "Instances are restored only where you say: type TestVpcId and TestSubnetId, or set "
        "TestEC2 to no"
    ),
)

# Where rules are not evaluated, what nothing uses is ignored.
FILE_SYSTEMS_ARE_TESTED = Refusal(
    "FileSystemsAreTested",
    when=Equals(Ref(TEST_EFS), "no"),
    demand=EachMemberEquals(Ref(EFS_FILE_SYSTEM_ARNS), ""),
    otherwise=(
        "Without tests of EFS nothing uses EFSFileSystemArns: set TestEFS to yes, or leave "
        "EFSFileSystemArns empty"
    ),
)
EC2_IS_TESTED = Refusal(
    "EC2IsTested",
    when=Equals(Ref(TEST_EC2), "no"),
    demand=And(TEST_VPC_ID.is_empty, TEST_SUBNET_ID.is_empty),
    otherwise=(
        "Without tests of EC2 nothing uses TestVpcId and TestSubnetId: set TestEC2 to yes, or "
        "leave them empty"
    ),
)

# Where rules are not evaluated, there is a plan that tests nothing, and TestedTypes says so.
SOMETHING_IS_TESTED = Refusal(
    "SomethingIsTested",
    when=And(Equals(Ref(TEST_EFS), "no"), Equals(Ref(TEST_EBS), "no")),
    demand=TEST_EC2.is_on,
    otherwise="Nothing would be tested: set TestEFS, TestEBS or TestEC2 to yes",
)

DECLARED = (
    BACKUP_VAULT_ARN,
    BACKUP_ROLE_ARN,
    TEST_SCHEDULE,
    TEST_SCHEDULE_TIMEZONE,
    START_WINDOW_HOURS,
    SELECTION_WINDOW_DAYS,
    RECOVERY_POINT,
    TEST_EFS,
    EFS_FILE_SYSTEM_ARNS,
    TEST_EBS,
    TEST_EC2,
    TEST_VPC_ID,
    TEST_SUBNET_ID,
    VALIDATION_WINDOW_HOURS,
    HAS_TIMEZONE,
    TAKES_NEWEST,
    TESTS_EFS,
    HAS_FILE_SYSTEMS,
    TESTS_EBS,
    TESTS_EC2,
    FILE_SYSTEMS_ARE_TESTED,
    EC2_HAS_A_PLACE,
    EC2_IS_TESTED,
    SOMETHING_IS_TESTED,
)


def plan() -> RestoreTestingPlan:
    """Return the plan: when, and from which backups of the vault.

    Time zone and start window are always there: AWS Backup ignores an update that leaves them out.
    The vault chooses the backups, not a tag: AWS's pages contradict each other on the form of a
    tag's key. A name takes letters, digits and _.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
    """
    name = Sub("Test-${ClusterId}")
    return RestoreTestingPlan(
        "SOCARestoreTestingPlan",
        RestoreTestingPlanName=Join("_", Split("-", name)),
        ScheduleExpression=Ref(TEST_SCHEDULE),
        ScheduleExpressionTimezone=HAS_TIMEZONE.then(Ref(TEST_SCHEDULE_TIMEZONE), "Etc/UTC"),
        StartWindowHours=Ref(START_WINDOW_HOURS),
        RecoveryPointSelection=RestoreTestingRecoveryPointSelection(
            Algorithm=TAKES_NEWEST.then("LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"),
            IncludeVaults=[Ref(BACKUP_VAULT_ARN)],
            RecoveryPointTypes=["SNAPSHOT"],
            SelectionWindowDays=Ref(SELECTION_WINDOW_DAYS),
        ),
        Tags=tags(name),
    )


def security_group() -> SecurityGroup:
    """Return the group of restored instances, which lets nothing in or out.

    Without a rule of ours, AWS would add one that lets everything out.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
    """
    return SecurityGroup(
        "SOCARestoreTestSecurityGroup",
        Condition=TESTS_EC2.name,
        GroupDescription=Sub("Nothing in, nothing out: restore tests of ${ClusterId}"),
        VpcId=Ref(TEST_VPC_ID),
        SecurityGroupEgress=[
            SecurityGroupRule(
                IpProtocol="-1", CidrIp="127.0.0.1/32", Description="Only to the instance itself"
            )
        ],
        Tags=tags(Sub("${ClusterId}-restore-test")),
    )


def selections(
    the_plan: RestoreTestingPlan, the_group: SecurityGroup
) -> list[RestoreTestingSelection]:
    """Return a selection for each type, which has to stand alone.

    Of instances there is no iamInstanceProfileName: a second live scheduler must not be allowed
    anything.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
    """
    everything = ["*"]

    def selection(
        kind: str, flag: Flag, arns: If | list[str], hours: Ref | int, **properties: Any
    ) -> RestoreTestingSelection:
        return RestoreTestingSelection(
            f"SOCARestoreTesting{kind}",
            Condition=flag.name,
            RestoreTestingPlanName=Ref(the_plan),
            RestoreTestingSelectionName=kind,
            ProtectedResourceType=kind,
            ProtectedResourceArns=arns,
            IamRoleArn=Ref(BACKUP_ROLE_ARN),
            ValidationWindowHours=hours,
            **properties,
        )

    hours = Ref(VALIDATION_WINDOW_HOURS)
    return [
        selection(
            "EFS",
            TESTS_EFS,
            HAS_FILE_SYSTEMS.then(Ref(EFS_FILE_SYSTEM_ARNS), everything),
            hours,
        ),
        selection("EBS", TESTS_EBS, everything, hours),
        selection(
            "EC2",
            TESTS_EC2,
            everything,
            1,
            RestoreMetadataOverrides={
                "securityGroupIds": Sub('["${Group}"]', Group=GetAtt(the_group, "GroupId")),
                "subnetId": Ref(TEST_SUBNET_ID),
            },
        ),
    ]


def tested() -> Join:
    """Return the types that are tested, as the output says it."""
    return Join(
        " ",
        [
            "tested:",
            *(
                flag.then(what)
                for flag, what in ((TESTS_EFS, "EFS"), (TESTS_EBS, "EBS"), (TESTS_EC2, "EC2"))
            ),
        ],
    )
