"""What a cluster gets when its stack nests the Backup template: the promises of SOCA's own page."""

import json
from typing import Any

import pytest

from generator.stacks import backup
from generator.stacks.render import render
from tests.deployed.support import role_policies
from tests.local_aws.deployer import Deployer, Stack
from tests.local_aws.errors import DeploymentError
from tests.local_aws.local_aws import ACCOUNT, LocalAws
from tests.support.changes import changes
from tests.support.parameter_values import ON, on
from tests.support.soca import BUCKET, CLUSTER_ID, FOLDER, deploy, install, publish, soca_261

VAULT = f"Vault-{CLUSTER_ID}"


@pytest.fixture(autouse=True)
def installed(aws: LocalAws) -> None:
    """Put the template where every cluster here finds it."""
    install(aws)


def vaults(aws: LocalAws) -> list[str]:
    found = aws.client("backup").list_backup_vaults()["BackupVaultList"]
    return [vault["BackupVaultName"] for vault in found]


def plans(aws: LocalAws) -> list[dict[str, Any]]:
    backup = aws.client("backup")
    ids = [plan["BackupPlanId"] for plan in backup.list_backup_plans()["BackupPlansList"]]
    return [backup.get_backup_plan(BackupPlanId=plan_id)["BackupPlan"] for plan_id in ids]


def selections(aws: LocalAws, stack: Stack) -> list[dict[str, Any]]:
    return list(aws.selections[stack.outputs["BackupPlanId"]].values())


def test_the_parent_nests_the_published_url(aws: LocalAws) -> None:
    nested = deploy(aws).evaluation.existing["Backup"]["Properties"]["TemplateURL"]
    place = {"${S3InstallBucket}": BUCKET, "${S3InstallFolder}": FOLDER}
    place |= {"${AWS::Region}": "us-east-1", "${AWS::URLSuffix}": "amazonaws.com"}
    written = nested["Fn::Sub"]
    for variable, value in place.items():
        written = written.replace(variable, value)
    assert written == publish(aws)


def test_a_cluster_gets_what_the_page_promises(aws: LocalAws) -> None:
    deploy(aws)
    vault = aws.client("backup").describe_backup_vault(BackupVaultName=VAULT)
    assert vault["BackupVaultArn"] == f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:{VAULT}"
    [plan] = plans(aws)
    assert plan["BackupPlanName"] == f"Backup-{CLUSTER_ID}"
    [rule] = plan["Rules"]
    assert rule["RuleName"] == "SOCADailyBackup"
    assert rule["TargetBackupVaultName"] == VAULT
    # Every day, starting between 05:00 and 06:00 UTC; kept for 30 days, never in cold storage.
    assert rule["ScheduleExpression"] == "cron(0 5 * * ? *)"
    assert rule.get("ScheduleExpressionTimezone", "Etc/UTC") == "Etc/UTC"
    assert rule["StartWindowMinutes"] == 60
    assert rule["Lifecycle"] == {"DeleteAfterDays": 30}
    assert rule["RecoveryPointTags"] == {
        "Name": f"{CLUSTER_ID}-Backup",
        "soca:ClusterId": CLUSTER_ID,
    }


def test_everything_tagged_is_selected_under_the_role(aws: LocalAws) -> None:
    stack = deploy(aws)
    [selection] = selections(aws, stack)
    assert selection["SelectionName"] == f"Tag-{CLUSTER_ID}"
    assert selection["IamRoleArn"] == stack.outputs["BackupRoleArn"]
    [condition] = selection["Conditions"]["StringEquals"]
    key, value = condition["ConditionKey"], condition["ConditionValue"]
    assert (key, value) == ("aws:ResourceTag/soca:BackupPlan", CLUSTER_ID)
    # The tags that the cluster's own resources carry are the ones looked for.
    [instance] = aws.client("ec2").describe_instances()["Reservations"][0]["Instances"]
    [file_system] = aws.client("efs").describe_file_systems()["FileSystems"]
    for resource in (instance, file_system):
        assert {"Key": key.removeprefix("aws:ResourceTag/"), "Value": value} in resource["Tags"]


def test_the_parent_reads_every_output(aws: LocalAws) -> None:
    stack = deploy(aws)
    outputs = stack.outputs
    assert outputs == stack.nested["Backup"].outputs
    assert outputs["BackupVaultName"] == VAULT
    assert outputs["BackupTag"] == f"soca:BackupPlan={CLUSTER_ID}"
    assert outputs["VaultConsoleUrl"] == (
        "https://us-east-1.console.aws.amazon.com/backup/home?region=us-east-1"
        f"#/backupvaults/details/{VAULT}"
    )
    assert outputs["PlanConsoleUrl"].endswith(f"#/backupplan/details/{outputs['BackupPlanId']}")
    role = aws.client("iam").get_role(RoleName=outputs["BackupRoleName"])["Role"]
    assert role["Arn"] == outputs["BackupRoleArn"]
    # AWS's policies let backup operators pass only roles with this in the name.
    assert "AWSBackup" in outputs["BackupRoleName"]


def test_the_role_may_give_a_restored_instance_its_role_again(aws: LocalAws) -> None:
    stack = deploy(aws)
    policies = role_policies(aws, stack.outputs["BackupRoleName"])
    passed = {
        arn
        for document in policies.values()
        for statement in document["Statement"]
        if statement["Action"] == ["iam:PassRole"]
        for arn in statement["Resource"]
    }
    assert passed == {
        stack.attribute("SchedulerIAMRole", "Arn"),
        stack.attribute("ComputeNodeIAMRole", "Arn"),
    }
    assert set(policies) == {
        "UseVaultsAndKeys",
        "ProtectEC2AndEBS",
        "ProtectEFS",
        "PassSchedulerRole",
        "PassComputeNodeRole",
    }


def test_every_core_parameter_has_its_effect(aws: LocalAws) -> None:
    iam = aws.client("iam")
    boundary = iam.create_policy(
        PolicyName=ON["PermissionsBoundaryArn"].rpartition("/")[2],
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
            }
        ),
    )["Policy"]["Arn"]
    further = [f"arn:aws:iam::{ACCOUNT}:role/soca/login", f"arn:aws:iam::{ACCOUNT}:role/desktop"]
    stack = deploy(
        aws,
        AdditionalInstanceRoleArns=", ".join(further),
        **on(
            "BackupTagKey",
            "BackupSchedule",
            "BackupScheduleTimezone",
            "StartWindowMinutes",
            "RetentionDays",
            "VaultKmsKeyArn",
            "PermissionsBoundaryArn",
        ),
    )
    [rule] = plans(aws)[0]["Rules"]
    assert rule["ScheduleExpression"] == ON["BackupSchedule"]
    assert rule["ScheduleExpressionTimezone"] == ON["BackupScheduleTimezone"]
    assert rule["StartWindowMinutes"] == int(ON["StartWindowMinutes"])
    assert rule["Lifecycle"] == {"DeleteAfterDays": int(ON["RetentionDays"])}
    vault = aws.client("backup").describe_backup_vault(BackupVaultName=VAULT)
    assert vault["EncryptionKeyArn"] == ON["VaultKmsKeyArn"]
    [selection] = selections(aws, stack)
    [condition] = selection["Conditions"]["StringEquals"]
    assert condition["ConditionKey"] == f"aws:ResourceTag/{ON['BackupTagKey']}"
    assert stack.outputs["BackupTag"] == f"{ON['BackupTagKey']}={CLUSTER_ID}"
    name = stack.outputs["BackupRoleName"]
    role = iam.get_role(RoleName=name)["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    [statement] = role_policies(aws, name)["PassAdditionalRoles"]["Statement"]
    assert statement["Resource"] == further


def test_what_is_made_says_whose_it_is(aws: LocalAws) -> None:
    stack = deploy(aws)
    backup = aws.client("backup")
    outputs = stack.outputs
    for arn in (outputs["BackupVaultArn"], outputs["BackupPlanArn"]):
        assert backup.list_tags(ResourceArn=arn)["Tags"]["soca:ClusterId"] == CLUSTER_ID
    tags = aws.client("iam").list_role_tags(RoleName=outputs["BackupRoleName"])["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        "Name": f"SOCA-Backup-{CLUSTER_ID}",
        "soca:ClusterId": CLUSTER_ID,
    }


def test_the_backups_outlive_the_cluster(aws: LocalAws) -> None:
    stack = deploy(aws)
    aws.add_recovery_point(VAULT)
    role = stack.outputs["BackupRoleName"]
    stack.delete()
    assert vaults(aws) == [VAULT]
    assert set(role_policies(aws, role)) >= {"UseVaultsAndKeys", "ProtectEC2AndEBS", "ProtectEFS"}
    assert plans(aws) == []


def test_a_deleted_cluster_comes_back_to_its_vault(aws: LocalAws) -> None:
    first = deploy(aws)
    aws.add_recovery_point(VAULT)
    first.delete()
    with pytest.raises(DeploymentError, match="AlreadyExists"):
        deploy(aws)
    again = deploy(aws, ExistingVaultName=VAULT)
    assert vaults(aws) == [VAULT]
    assert plans(aws)[0]["Rules"][0]["TargetBackupVaultName"] == VAULT
    for output in ("BackupVaultName", "BackupVaultArn", "VaultConsoleUrl"):
        assert again.outputs[output] == first.outputs[output]
    # The old role still ends the life of the old recovery points.
    assert again.outputs["BackupRoleName"] != first.outputs["BackupRoleName"]
    aws.client("iam").get_role(RoleName=first.outputs["BackupRoleName"])


def test_a_failed_installation_leaves_nothing_in_the_way(aws: LocalAws) -> None:
    # The selection comes last, after vault, role and plan: here it names a role that is not there.
    text = render(backup.template())
    broken = text.replace(
        "IamRoleArn: !GetAtt SOCAAWSBackupRole.Arn", "IamRoleArn: arn:aws:iam::1:role/missing"
    )
    with pytest.raises(DeploymentError, match="SOCABackupSelection"):
        Deployer(aws).create(broken, "backup", {"ClusterId": CLUSTER_ID})
    assert vaults(aws) == []
    assert aws.client("iam").list_roles()["Roles"] == []
    assert plans(aws) == []
    deploy(aws)


def test_beside_the_backup_of_soca_261_it_fails_and_changes_nothing(aws: LocalAws) -> None:
    Deployer(aws).create(soca_261(retained=False), "configuration", {"ClusterId": CLUSTER_ID})
    before = plans(aws)
    with pytest.raises(DeploymentError, match="AlreadyExists"):
        deploy(aws)
    assert vaults(aws) == [VAULT]
    assert plans(aws) == before


def test_a_cluster_of_soca_261_moves_over_with_its_recovery_points(aws: LocalAws) -> None:
    old = Deployer(aws).create(soca_261(retained=True), "configuration", {"ClusterId": CLUSTER_ID})
    aws.add_recovery_point(VAULT)
    # In a stack of its own, taking the resources out of the template is what deleting is here.
    old.delete()
    assert vaults(aws) == [VAULT]
    assert set(role_policies(aws, old.retained["SOCABackupRole"])) == {
        "SocaBackup",
        "SocaBackupRestore",
    }
    deploy(aws, ExistingVaultName=VAULT)
    [plan] = plans(aws)
    assert plan["Rules"][0]["TargetBackupVaultName"] == VAULT
    assert plan["Rules"][0]["Lifecycle"] == {"DeleteAfterDays": 30}
    [vault] = aws.client("backup").list_backup_vaults()["BackupVaultList"]
    assert vault["NumberOfRecoveryPoints"] == 1


def test_the_three_updates_of_the_move_lose_nothing() -> None:
    """Protect, remove, add: as docs/operations.md has it, judged by what an update would do."""
    given = {"ClusterId": CLUSTER_ID}
    old = json.loads(soca_261(retained=False))
    protected = json.loads(soca_261(retained=True))
    assert {change.kind for change in changes(old, protected, given, given).values()} == {
        "unchanged"
    }
    without = json.loads(soca_261(retained=True))
    kept = {name for name, resource in without["Resources"].items() if "DeletionPolicy" in resource}
    assert kept == {
        "SOCABackupVault",
        "SOCABackupRole",
        "SocaBackupIamRole",
        "SOCABackupRestoreIamRole",
    }
    # Everything goes, what the old template in force keeps excepted.
    without["Resources"] = {"Other": {"Type": "AWS::SNS::Topic"}}
    removed = changes(protected, without, given, given)
    assert {name for name, change in removed.items() if change.kind == "removed"} == {
        *kept,
        "SOCABackupPlan",
        "SOCABackupSelection",
    }


def test_without_retention_a_full_vault_blocks_the_deletion_of_soca_261(aws: LocalAws) -> None:
    old = Deployer(aws).create(soca_261(retained=False), "configuration", {"ClusterId": CLUSTER_ID})
    aws.add_recovery_point(VAULT)
    with pytest.raises(DeploymentError, match="contains recovery points"):
        old.delete()


def test_an_adopted_vault_with_a_key_is_refused_where_rules_are_evaluated(aws: LocalAws) -> None:
    aws.client("backup").create_backup_vault(BackupVaultName=VAULT)
    with pytest.raises(DeploymentError, match="leave VaultKmsKeyArn empty"):
        deploy(aws, ExistingVaultName=VAULT, VaultKmsKeyArn=ON["VaultKmsKeyArn"])
