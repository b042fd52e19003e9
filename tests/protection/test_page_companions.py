"""The pages of the companion templates: a vault for copies, and restore tests."""

import copy
from functools import cache

import pytest

from generator.cloudformation.read import Template, parse
from generator.protection import page
from generator.protection.explain import Explanation, explain
from generator.protection.gaps import gaps
from generator.stacks import templates
from generator.stacks.render import render
from tests.protection.pages import DATE, by_heading, of_others, ours
from tests.protection.test_page import Changes, one_each
from tests.support.parameter_values import CLUSTER

COPIES, TESTING = "BackupCopyDestination.template", "BackupRestoreTesting.template"
BACKUP_ROLE = "arn:aws:iam::111122223333:role/backup"
GIVEN = {
    "BackupVaultArn": "arn:aws:backup:us-east-1:111122223333:backup-vault:Vault-soca-mycluster",
    "BackupRoleArn": BACKUP_ROLE,
}
PLACE = {"TestVpcId": "vpc-12345678", "TestSubnetId": "subnet-12345678"}
INSTANCES = {**PLACE, "TestEC2": "yes"}
FROM = {"SourceAccountId": "222233334444"}
RESTORES = {"CreateRestoreRole": "yes"}
DENIED = {"DenyRecoveryPointDeletion": "yes"}
CONFIRMED = {"VaultLockConfirmation": "permanent"}
ROLE = "arn:aws:iam::222233334444:role/cluster-backup"
LOCK, DENIAL, UNHEARD = "No lock", "policy denies nobody", "Nobody hears of"
NO_ROLE = "No role of the stack restores"
PASSES = {"restored scheduler", "role of compute nodes", "login node or desktop"}

CHANGES: dict[str, dict[str, Changes]] = {
    COPIES: {
        "ClusterId": Changes({"What", "Where", "Stays"}, value="soca-other"),
        "SourceAccountId": Changes(
            {"Copies", "Assumed"}, {NO_ROLE}, {NO_ROLE}, value="222233334444"
        ),
        "SourceRoleArn": Changes({"Copies"}, beside=FROM, value=ROLE),
        "AllowCopyBack": Changes({"Copies"}, beside=FROM, value="yes"),
        "NotificationEmail": Changes({"Alerts"}, {UNHEARD}, value="a@example.com"),
        "NotificationTopicArn": Changes(
            {"Alerts"}, {UNHEARD}, value="arn:aws:sns:us-east-1:111122223333:alerts"
        ),
        "ExistingVaultName": Changes(
            {"What", "Copies", "Where", "Stays"}, {LOCK, DENIAL}, value="Old"
        ),
        "VaultLock": Changes({"Where"}, {LOCK}, beside=CONFIRMED, value="compliance"),
        "VaultLockGraceDays": Changes(
            {"Where"}, beside={**CONFIRMED, "VaultLock": "compliance"}, value="9"
        ),
        "VaultLockConfirmation": Changes(set(), value="permanent"),
        "DenyRecoveryPointDeletion": Changes({"Where"}, {DENIAL}, value="yes"),
        "RecoveryPointAdminRoleArn": Changes({"Where"}, beside=DENIED, value=ROLE),
        "CreateRestoreRole": Changes({"Restore"}, {NO_ROLE}, {"FSx", *PASSES}, value="yes"),
        "SchedulerIAMRoleArn": Changes(
            {"Restore"}, {"restored scheduler"}, beside=RESTORES, value=ROLE
        ),
        "ComputeNodeIAMRoleArn": Changes(
            {"Restore"}, {"role of compute nodes"}, beside=RESTORES, value=ROLE
        ),
        "AdditionalInstanceRoleArns": Changes(
            {"Restore"}, {"login node or desktop"}, beside=RESTORES, value=ROLE
        ),
        "PermissionsBoundaryArn": Changes(
            {"Restore"}, beside=RESTORES, value="arn:aws:iam::aws:policy/x"
        ),
        "ProtectFSx": Changes({"Restore"}, {"FSx"}, beside=RESTORES, value="yes"),
    },
    TESTING: {
        "ClusterId": Changes(set(), value="soca-other"),
        "BackupVaultArn": Changes({"Tests"}, value=GIVEN["BackupVaultArn"] + "-2"),
        "BackupRoleArn": Changes({"Tests"}, value=ROLE),
        "TestSchedule": Changes({"Tests"}, value="cron(0 7 ? * SUN *)"),
        "TestScheduleTimezone": Changes({"Tests"}, value="Europe/Paris"),
        "StartWindowHours": Changes({"Tests"}, value="2"),
        "SelectionWindowDays": Changes({"Tests"}, value="29"),
        "RecoveryPoint": Changes({"Tests"}, value="random"),
        "TestEFS": Changes({"What", "Tests"}, set(), {"EFS file systems are not"}, value="no"),
        "EFSFileSystemArns": Changes(
            {"Tests"},
            value="arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-12345678",
        ),
        "TestEBS": Changes({"What", "Tests"}, set(), {"EBS volumes are not"}, value="no"),
        "TestEC2": Changes({"What", "Tests"}, {"EC2 instances are not"}, also=PLACE, value="yes"),
        "TestVpcId": Changes(set(), beside=INSTANCES, value="vpc-87654321"),
        "TestSubnetId": Changes({"Tests"}, beside=INSTANCES, value="subnet-87654321"),
        "ValidationWindowHours": Changes({"Tests"}, value="3"),
    },
}
"""Template -> option -> what it changes, alone or beside others."""
ROWS = {
    f"{template.partition('.')[0]} {name}": (template, name, changes)
    for template, options in CHANGES.items()
    for name, changes in options.items()
}


@cache
def companion(name: str) -> Template:
    return parse(name, render(templates()[name]))


def explained(name: str, **given: str) -> Explanation:
    needed = GIVEN if name == TESTING else {}
    return explain(companion(name), {"ClusterId": CLUSTER, **needed, **given}, DATE)


@pytest.mark.parametrize("name", CHANGES)
def test_every_option_is_in_the_table(name: str) -> None:
    assert CHANGES[name].keys() == companion(name).parameters.keys()


@pytest.mark.parametrize(("template", "name", "changes"), ROWS.values(), ids=ROWS)
def test_an_option_changes_these_lines_and_no_others(
    template: str, name: str, changes: Changes
) -> None:
    before = explained(template, **changes.beside)
    after = explained(template, **{**changes.beside, **changes.also, name: changes.value})
    old, new = by_heading(before), by_heading(after)
    assert {each for each in {*old, *new} if old.get(each) != new.get(each)} == changes.headings
    missing, still = ({gap.text for gap in gaps(each)} for each in (before, after))
    assert one_each(missing - still, changes.closes)
    assert one_each(still - missing, changes.opens)


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("beside", [{}, RESTORES, {"TestEFS": "no", "TestEBS": "no", **INSTANCES}])
def test_each_parameter_that_a_gap_names_closes_it(name: str, beside: dict[str, str]) -> None:
    beside = {key: value for key, value in beside.items() if key in companion(name).parameters}
    for gap in gaps(explained(name, **beside)):
        for parameter in {*gap.parameters} - {"BackupRoleArn"}:
            value = "governance" if parameter == "VaultLock" else CHANGES[name][parameter].value
            value = "yes" if parameter.startswith("Test") else value
            more = PLACE if parameter == "TestEC2" else {}
            after = gaps(explained(name, **{**beside, **more, parameter: value}))
            assert gap.text not in {each.text for each in after}, parameter


OF_COPIES = """\
What            copies, or backups, that plans elsewhere make into Copies-soca-mycluster
Copies          accepted from account 222233334444, only by the role cluster-backup
                accepted from the account of the stack, as far as IAM allows
                not back: the key of the vault allows no other account to use it
Where           vault Copies-soca-mycluster
                key: made by the stack
                lock: governance, which an administrator can lift; backups are kept at least 1 day
                deletion: by nobody until an administrator lifts the lock, then by whomever IAM
                allows
Restore         EC2 instances, EBS volumes and EFS file systems, by the stack's role
                roles that a restored instance may have again: none
Alerts          a@example.com (once confirmed) hears of:
                  aborted and failed restores
                  recovery points that could not be deleted and the deletion of the vault
Stays           the vault Copies-soca-mycluster, its backups and its key
Assumed         condition HasSourceAccount is true: AWS::AccountId decides it
"""


def test_the_page_of_a_vault_for_copies() -> None:
    given = {**FROM, **RESTORES, "SourceRoleArn": ROLE, "NotificationEmail": "a@example.com"}
    found = page.answers(explained(COPIES, **given, VaultLock="governance"))
    assert found == OF_COPIES.splitlines()


@pytest.mark.parametrize(("account", "told"), [("222233334444", 0), ("111122223333", 1)])
def test_a_role_of_another_account_cannot_copy(account: str, told: int) -> None:
    """Slip: believe that the role of an account that is not let in may copy."""
    others = ROLE.replace("222233334444", account)
    found = [each.text for each in gaps(explained(COPIES, **FROM, SourceRoleArn=others))]
    said = (
        "No copies of account 222233334444 are accepted: only a role in account 111122223333 may "
        "copy"
    )
    assert found.count(said) == told


def test_within_an_account_the_role_of_the_backup_stack_restores() -> None:
    for given, end in (({}, "the role of its backup stack does"), (FROM, "restores the copies")):
        [told] = [gap.text for gap in gaps(explained(COPIES, **given)) if NO_ROLE in gap.text]
        assert told.endswith(end)


def test_what_happens_to_an_adopted_vault_is_heard_of_for_certain() -> None:
    given = {"ExistingVaultName": "Old", "NotificationEmail": "a@example.com"}
    assert by_heading(explained(COPIES, **given))["Alerts"] == [
        "a@example.com (once confirmed) hears of:",
        "  recovery points that could not be deleted and the deletion of the vault",
    ]


OF_TESTS = f"""\
What            restore tests of EFS file systems, EBS volumes and EC2 instances; nothing is backed
                up here
Tests           EFS file systems, EBS volumes and EC2 instances are restored on the 2nd day of each
                month at 07:00 UTC, within 8 hours; from the newest backup that is at most 7 days
                old; deleted after 1 hour
                  next: Wed 2026-12-02 07:00, Sat 2027-01-02 07:00, Tue 2027-02-02 07:00
                  from the vault Vault-soca-mycluster (us-east-1, account 111122223333), by the role
                  backup (account 111122223333)
                  EC2 instances: in subnet-12345678; nothing gets in or out; no instance profile is
                  given
Alerts          none in this stack

Not protected, or not heard of
- Only the alerts of the stack that made the role, if it has them, tell of failed tests:
  BackupRoleArn is {BACKUP_ROLE}
"""


def test_the_page_of_restore_tests() -> None:
    assert page.as_text(explained(TESTING, **INSTANCES)).partition("\n\n")[2] == OF_TESTS


def test_a_plan_that_tests_nothing() -> None:
    document = {**companion(TESTING).document, "Rules": {}}
    nothing = {"ClusterId": CLUSTER, **GIVEN, "TestEFS": "no", "TestEBS": "no"}
    found = by_heading(explain(Template("t", document), nothing, DATE))
    assert found["What"] == ["restore tests of nothing; nothing is backed up here"]
    assert found["Tests"] == [
        "nothing by ${SOCARestoreTestingPlan}: the template selects nothing for it"
    ]


NOTHING = """\
Resources:
  Plan: {Type: AWS::Backup::RestoreTestingPlan}
  One: {Type: AWS::Backup::RestoreTestingSelection,
        Properties: {RestoreTestingPlanName: !Ref Plan, ProtectedResourceType: EFS}}
  Two: {Type: AWS::Backup::RestoreTestingSelection,
        Properties: {RestoreTestingPlanName: !Ref Plan, ProtectedResourceType: EFS}}
  Odd: {Type: AWS::Backup::RestoreTestingSelection,
        Properties: {RestoreTestingPlanName: !Ref Plan}}
"""


def test_restore_tests_that_say_nothing() -> None:
    told = " ".join(of_others(NOTHING).split())
    assert "Tests EFS file systems and resources of no type are restored at no time UTC, " in told
    assert " from no vault, by the role none " in told


OTHERS = """\
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: far
      AccessPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: "*"
            Action: backup:CopyIntoBackupVault
            Resource: "*"
            Condition: {StringEquals: {aws:PrincipalOrgID: o-1}}
          - {Effect: Allow, Principal: {AWS: "arn:aws:iam::1:user/x"}, Action: "backup:List*",
             Resource: "*"}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: backup.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Effect: Allow, Resource: "*",
                                        Action: ["elasticfilesystem:*", "kms:*"]}]}
  Plan:
    Type: AWS::Backup::RestoreTestingPlan
    Properties:
      RestoreTestingPlanName: p
      ScheduleExpression: cron(0 7 ? * SUN *)
      RecoveryPointSelection: {Algorithm: RANDOM_WITHIN_WINDOW, IncludeVaults: ["*"],
                               ExcludeVaults: [!GetAtt Vault.BackupVaultArn]}
  Instances:
    Type: AWS::Backup::RestoreTestingSelection
    Properties:
      RestoreTestingPlanName: p
      RestoreTestingSelectionName: i
      ProtectedResourceType: EC2
      ProtectedResourceArns: ["*"]
      ProtectedResourceConditions: {StringEquals: [{Key: "aws:ResourceTag/a", Value: b}]}
      IamRoleArn: !GetAtt Role.Arn
      RestoreMetadataOverrides: {iamInstanceProfileName: admin}
  Elsewhere:
    Type: AWS::Backup::RestoreTestingSelection
    Properties:
      RestoreTestingPlanName: other
      RestoreTestingSelectionName: e
      ProtectedResourceType: S3
      ProtectedResourceArns: ["arn:aws:s3:::bucket"]
      IamRoleArn: !GetAtt Role.Arn
"""


def test_a_template_of_others_with_a_vault_and_restore_tests() -> None:
    told = " ".join(of_others(OTHERS).split())
    for sentence in (
        'Copies accepted from everybody, only if {"StringEquals": {"aws:PrincipalOrgID": "o-1"}} ',
        "allowed to x (account 1): backup:List* ",
        "Restore EFS file systems, by the stack's role ",
        "Stays nothing is kept ",
        "with the tag a=b are restored every Sunday at 07:00 UTC, within 24 hours; from a random ",
        "next: Sun 2026-11-29 07:00, Sun 2026-12-06 07:00, Sun 2026-12-13 07:00 ",
        "from every vault but far, by the role ${Role.Arn} ",
        "S3 buckets (bucket only) are restored by a plan that is not in the template ",
        "in a subnet that AWS Backup chooses; with the security group that AWS Backup chooses; ",
        "with the profile admin ",
        "- The vault far is not kept when the stack goes ",
        "- No role can restore EC2 instances: it lacks ",
        "- Tests of EC2 instances fail: the role lacks ",
        "- A restored instance may do what its profile lets it: admin ",
        "- A restored instance may have a way in or out: its security group is none that the ",
        "- Nobody hears of a test that fails",
    ):
        assert sentence in told
    # Nobody knows whether there are instances or FSx to restore.
    assert "can have its role again" not in told
    assert "FSx" not in told


def test_a_role_that_the_tests_cannot_use() -> None:
    told = of_others(OTHERS.replace("backup.amazonaws.com", "ec2.amazonaws.com"))
    assert "- Tests of S3 buckets fail: AWS Backup may not assume the role\n" in told
    assert "Restore         by no role of this stack\n" in told
    told = of_others(OTHERS.replace("Service: backup.amazonaws.com", "Service: !ImportValue x"))
    assert (
        "\n                only if the role trusts AWS Backup, which the template does not" in told
    )


@pytest.mark.parametrize(
    ("before", "after", "line", "gap"),
    [
        (
            "Effect: Allow\n            Principal",
            "Effect: Deny\n            Principal",
            "none: the policy of the vault denies them (see below)",
            "- The policy of far denies backup:CopyIntoBackupVault to everybody\n",
        ),
        ("backup:CopyIntoBackupVault", "backup:StartCopyJob", "accepted from the account of", ""),
    ],
)
def test_copies_that_a_vault_does_not_accept(before: str, after: str, line: str, gap: str) -> None:
    source = OTHERS.replace(before, after).replace(
        "            Condition: {StringEquals: {aws:PrincipalOrgID: o-1}}\n", ""
    )
    told = of_others(source)
    assert f"\nCopies          {line}" in told
    assert gap in told


KEYS = """\
Resources:
  A: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: a}}
  B:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: b, EncryptionKeyArn: !GetAtt Key.Arn}
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: "kms:*", Resource: "*"}
          - {Effect: Allow, Principal: {AWS: "222233334444"}, Action: "kms:*", Resource: "*"}
          - {Effect: Allow, Principal: {AWS: "333344445555"}, Action: "kms:D*", Resource: "*"}
"""


def test_vaults_are_named_if_they_are_several() -> None:
    told = " ".join(of_others(KEYS).split())
    assert (
        "Copies a: accepted from the account of the stack only, as far as IAM allows "
        "b: accepted from the account of the stack only, as far as IAM allows "
        "b: back to account 222233334444: the key of the vault allows it "
        "b: not back to account 333344445555: the key of the vault does not allow kms:CreateGrant "
        "and kms:GenerateDataKey Where "
    ) in told


def test_the_role_of_restores_decides_what_is_heard_of() -> None:
    email = {"NotificationEmail": "a@example.com"}
    heard = "aborted and failed restores"
    assert heard in " ".join(by_heading(explained(COPIES, **email, **RESTORES))["Alerts"])
    assert heard not in " ".join(by_heading(explained(COPIES, **email))["Alerts"])
    alert = """
  Alert:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [aws.backup], detail: {iamRoleArn: [arn:aws:iam::1:role/r]}}
      Targets: [{Id: t, Arn: arn:aws:sns:us-east-1:1:t}]
"""
    unheard = "- Only the alerts of the stack that made the role"
    tests = OTHERS.replace("!GetAtt Role.Arn", "arn:aws:iam::1:role/r")
    assert unheard in of_others(tests)
    assert unheard not in of_others(tests + alert)
    assert unheard in of_others(tests + alert.replace("role/r", "role/s"))


def test_a_boundary_leaves_open_what_can_be_restored() -> None:
    boundary = {"PermissionsBoundaryArn": "arn:aws:iam::aws:policy/x", "ProtectFSx": "yes"}
    found = " ".join(by_heading(explained(COPIES, **RESTORES, **boundary))["Restore"])
    assert found.startswith(
        "nothing for certain, by the stack's role EC2 instances, EBS volumes, EFS file systems, "
        "FSx file systems and FSx volumes: only if policies that the template does not show allow"
    )


def test_an_instance_with_a_way_out() -> None:
    given = "{iamInstanceProfileName: admin}"
    group = """
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: vpc-1}}
"""
    told = of_others(OTHERS.replace(given, """{securityGroupIds: !Sub '["${Group}"]'}""") + group)
    assert "; there is a way out to everything; no instance profile is given" in " ".join(
        told.split()
    )
    assert "- A restored instance has a way out to everything\n" in told


def test_restore_tests_beside_a_backup_plan() -> None:
    document = copy.deepcopy(ours().document)
    resources = companion(TESTING).document["Resources"]
    kept = {"SOCARestoreTestingPlan", "SOCARestoreTestingEFS"}
    document["Resources"] |= {name: resources[name] for name in kept}
    its = companion(TESTING).document
    document["Parameters"] |= {
        name: each for name, each in its["Parameters"].items() if name not in ("TestEBS", "TestEC2")
    }
    document["Conditions"] |= its["Conditions"]
    explanation = explain(Template("t", document), {"ClusterId": CLUSTER, **GIVEN}, DATE)
    found = by_heading(explanation)
    assert found["What"][0].startswith("EC2 instances, EBS volumes and EFS file systems")
    assert found["Tests"][0].startswith("EFS file systems are restored on the 2nd day")
    untested = {gap.text for gap in gaps(explanation) if "to test" in gap.text}
    assert untested == {
        "EC2 instances are not restored to test their backups",
        "EBS volumes are not restored to test their backups",
    }
