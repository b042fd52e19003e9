"""The lines of the page about roles: what they may do, and why that is not known."""

import pytest

from generator.cloudformation.read import parse
from generator.protection import picture
from generator.protection.explain import explain
from generator.protection.given import UnknownError
from tests.protection.pages import DATE, OTHERS, of_others, with_role

HIDDEN = "only if policies that the template does not show let the role {}"
NOT_SHOWN = "only if the role trusts AWS Backup, which the template does not show"
NOT_CHECKED = "not checked: this page does not know what a role needs to {}"
VOLUMES, TABLES = "['arn:aws:ec2:*:*:volume/*']", "['arn:aws:dynamodb:*:*:table/*']"
ADMINISTRATOR = "ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]\n      Policies:"
AWS_POLICY = ADMINISTRATOR.replace("AdministratorAccess", "service-role/{}").format


@pytest.mark.parametrize(
    ("taken", "usual", "odd", "why"),
    [
        (
            VOLUMES,
            "!GetAtt Role.Arn",
            "!ImportValue role",
            "EBS volumes: only if the role, which is not in the template, may {}",
        ),
        (VOLUMES, "'*'", "!ImportValue what", f"EBS volumes: {HIDDEN}"),
        (VOLUMES, "backup.amazonaws.com", "!ImportValue who", f"EBS volumes: {NOT_SHOWN}"),
        (TABLES, "Policies:", AWS_POLICY("AWSBackup"), f"DynamoDB tables: {NOT_CHECKED}"),
        (
            "[!ImportValue arn]",
            "Policies:",
            ADMINISTRATOR,
            "given resources: whether the role may {} depends on their type",
        ),
    ],
)
def test_what_is_not_known_of_a_role_says_why(taken: str, usual: str, odd: str, why: str) -> None:
    source = with_role("backup.amazonaws.com", taken).replace('"ec2:*"', "'*'")
    source = source.replace(usual, odd)
    told = " ".join(of_others(source, Days="30").split())
    assert why.format("back them up") in told
    assert why.format("restore them") in told


@pytest.mark.parametrize(
    ("policies", "roles"),
    [
        ("Policies:", "none"),
        (AWS_POLICY("AWSBackupServiceRolePolicyForRestores"), "any"),
        ("Policies: [{PolicyDocument: {Statement: PASS}}]\n      X:", "app and web"),
    ],
)
def test_roles_that_an_instance_may_have_again(policies: str, roles: str) -> None:
    source = with_role("backup.amazonaws.com", VOLUMES.replace("volume", "instance"))
    source = source.replace("Policies:", policies)
    passing = "{{Effect: Allow, Action: iam:PassRole, Resource: 'arn:aws:iam::1:role/{}'{}}}".format
    to = ", Condition: {{StringEquals: {{iam:PassedToService: {}.amazonaws.com}}}}".format
    statements = [passing("app", ""), passing("web", to("ec2")), passing("odd", to("ssm"))]
    told = of_others(source.replace("PASS", f"[{', '.join(statements)}]"), Days="30")
    assert f"roles that a restored instance may have again: {roles}\n" in told


@pytest.mark.parametrize(
    ("service", "arns", "told"),
    [
        (
            "backup.amazonaws.com",
            "arn:aws:ec2:*:*:volume/*",
            "- EBS volumes are selected, but the role lacks what backups of them need: ",
        ),
        (
            "backup.amazonaws.com",
            "arn:aws:ec2:*:*:volume/*",
            "- The role lacks what restores of EBS volumes need: ",
        ),
        (
            "backup.amazonaws.com",
            "arn:aws:fsx:*:*:volume/*",
            "- The role lacks what deletes expired backups of FSx volumes: ",
        ),
        (
            "ec2.amazonaws.com",
            "arn:aws:ec2:*:*:volume/*",
            "- EBS volumes are selected, but AWS Backup may not assume the role ",
        ),
        (
            "backup.amazonaws.com",
            "arn:aws:ec2:*:*:volume/*",
            "- The role goes with the stack: then backups do not expire by themselves ",
        ),
    ],
)
def test_what_is_selected_and_not_protected_is_told(service: str, arns: str, told: str) -> None:
    source = with_role(service, f"['{arns}']")
    assert told in " ".join(of_others(source, Days="30").split())


def test_what_is_not_backed_up_has_no_restore_points_and_is_not_drawn() -> None:
    volumes, tables = "arn:aws:ec2:*:*:volume/*", "arn:aws:dynamodb:*:*:table/*"
    source = with_role("ssm.amazonaws.com", f"['{volumes}']")
    told = of_others(source, Days="30")
    assert "                not backed up: EBS volumes (see below)\n" in told
    assert "Restore from    nothing\nLost at worst   everything: there is never a backup\n" in told
    explanation = explain(parse("t", source), {"Days": "30"}, DATE)
    with pytest.raises(UnknownError, match="backs anything up"):
        picture.picture(explanation.types, explanation.now)
    # Those beside it have theirs.
    source = with_role("backup.amazonaws.com", f"['{volumes}', '{tables}']")
    told = of_others(source.replace('"ec2:*"', "'s3:*'"), Days="400")
    assert "EBS volumes:\n                nothing\n" in told
    assert "EBS volumes: everything: there is never a backup\n" in told


def test_a_failed_backup_that_nobody_hears_of_is_told() -> None:
    vault = "BackupVaultName: v, Notifications: {SNSTopicArn: t, BackupVaultEvents: [EVENTS]}"
    source = f"{OTHERS}  V: {{Type: AWS::Backup::BackupVault, Properties: {{{vault}}}}}\n"
    gap = "- Nobody hears of a failed backup\n"
    assert gap in of_others(source.replace("EVENTS", "COPY_JOB_FAILED"))
    assert gap not in of_others(source.replace("EVENTS", "BACKUP_JOB_COMPLETED"))


def test_what_a_role_elsewhere_passes_is_not_known() -> None:
    told = " ".join(of_others(OTHERS).split())
    assert "may have again: not known: the role is not in the template" in told
