"""Stacks come and go as CloudFormation's documentation says."""

import json
from typing import Any

import pytest

from tests.local_aws.deployer import Deployer, Stack, creation_order
from tests.local_aws.errors import DeploymentError, RefusedError
from tests.local_aws.evaluation import Evaluation, Place
from tests.local_aws.local_aws import LocalAws
from tests.local_aws.samples import (
    ALLOW,
    BACKUP,
    BROKEN,
    PLAN,
    ROLE,
    SELECTION,
    TRUST,
    VAULT,
    edited,
    plans,
    roles,
    vaults,
    with_resources,
)


def create(aws: LocalAws, text: str = "", **parameters: Any) -> Stack:
    return Deployer(aws).create(text or with_resources(), "cluster", parameters)


def test_a_stack_makes_its_resources(aws: LocalAws) -> None:
    stack = create(aws, Days="7")
    backup = aws.client("backup")
    plan = backup.get_backup_plan(BackupPlanId=stack.resources["Plan"])["BackupPlan"]
    [rule] = plan["Rules"]
    assert plan["BackupPlanName"] == "Backup-x"
    assert (rule["TargetBackupVaultName"], rule["StartWindowMinutes"]) == ("Vault-x", 60)
    assert rule["Lifecycle"] == {"DeleteAfterDays": 7}
    arn = stack.outputs["VaultArn"]
    assert arn == "arn:aws:backup:us-east-1:123456789012:backup-vault:Vault-x"
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {"a": "b"}
    assert stack.outputs["RoleName"].startswith("cluster-Role-")
    assert aws.client("iam").list_role_policies(RoleName=stack.resources["Role"])[
        "PolicyNames"
    ] == ["Read"]


def test_what_moto_lacks_is_recorded_and_says_so(aws: LocalAws) -> None:
    stack = create(aws)
    [request] = stack.recorded
    assert request.operation == "CreateBackupSelection"
    assert request.parameters["BackupSelection"]["IamRoleArn"].endswith(stack.resources["Role"])
    [selection] = aws.selections[stack.resources["Plan"]].values()
    assert selection == request.parameters["BackupSelection"]


def test_a_stack_records_its_own_requests_only(aws: LocalAws) -> None:
    deployer = Deployer(aws)
    deployer.create(with_resources(), "first")
    text = with_resources(Vault=edited(VAULT, BackupVaultName="Vault-y"), Selection=None)
    assert deployer.create(text, "second").recorded == []


def test_references_decide_the_order() -> None:
    resources = {**BACKUP["Resources"], "Role": {**ROLE, "DependsOn": "Plan"}}
    order = creation_order(Evaluation({**BACKUP, "Resources": resources}, {}, Place()))
    assert order == ["Vault", "Plan", "Role", "Selection"]


def test_a_circle_is_refused(aws: LocalAws) -> None:
    with pytest.raises(RefusedError, match="Circular dependency"):
        create(aws, with_resources(Vault={**VAULT, "DependsOn": "Selection"}))


def test_deleting_a_stack_keeps_what_is_retained(aws: LocalAws) -> None:
    stack = create(aws)
    role = stack.resources["Role"]
    stack.delete()
    assert (vaults(aws), roles(aws), plans(aws)) == (["Vault-x"], [role], [])
    assert stack.retained == {"Vault": "Vault-x", "Role": role}
    assert not stack.resources
    policies = aws.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
    assert policies == ["Read"]


def test_deleting_a_stack_deletes_what_is_not_retained(aws: LocalAws) -> None:
    create(aws, with_resources(Vault=VAULT, Role=ROLE)).delete()
    assert (vaults(aws), roles(aws), plans(aws)) == ([], [], [])


def test_a_vault_that_exists_fails_the_deployment(aws: LocalAws) -> None:
    create(aws).delete()
    with pytest.raises(DeploymentError, match="AlreadyExistsException"):
        create(aws)
    assert (vaults(aws), len(roles(aws)), plans(aws)) == (["Vault-x"], 1, [])


def test_a_failed_creation_leaves_nothing_that_is_retained_except_on_create(aws: LocalAws) -> None:
    with pytest.raises(DeploymentError, match="CREATE_FAILED: Selection"):
        create(aws, with_resources(Selection={**BROKEN, "DependsOn": ["Vault", "Role", "Plan"]}))
    assert (vaults(aws), roles(aws), plans(aws)) == ([], [], [])


def test_a_failed_creation_leaves_what_is_retained(aws: LocalAws) -> None:
    broken = {**BROKEN, "DependsOn": ["Vault"]}
    vault = {**VAULT, "DeletionPolicy": "Retain"}
    with pytest.raises(DeploymentError, match=r"Retained: \{'Vault': 'Vault-x'\}"):
        create(aws, with_resources(Selection=broken, Vault=vault))
    assert vaults(aws) == ["Vault-x"]


def test_a_vault_with_recovery_points_blocks_its_deletion(aws: LocalAws) -> None:
    stack = create(aws, with_resources(Vault=VAULT))
    aws.add_recovery_point("Vault-x")
    with pytest.raises(DeploymentError, match="contains recovery points"):
        stack.delete()
    assert vaults(aws) == ["Vault-x"]
    assert list(stack.resources) == ["Vault"]


def test_a_plan_with_a_foreign_selection_blocks_what_it_uses(aws: LocalAws) -> None:
    stack = create(aws, with_resources(Vault=VAULT))
    aws.selections[stack.resources["Plan"]]["by hand"] = {}
    with pytest.raises(DeploymentError, match="selections must be deleted"):
        stack.delete()
    assert set(stack.resources) == {"Plan", "Vault"}


def selecting(**members: Any) -> dict[str, Any]:
    chosen = {**SELECTION["Properties"]["BackupSelection"], **members}
    return edited(SELECTION, BackupSelection={k: v for k, v in chosen.items() if v})


OTHER_TRUST = json.loads(json.dumps(TRUST).replace("backup.", "ec2."))
LIMITED = {**TRUST, "Statement": [{**TRUST["Statement"][0], "Condition": {"Null": {"a": "true"}}}]}
LARGE = [{"PolicyName": f"P{n}", "PolicyDocument": {**ALLOW, "Id": "x" * 2000}} for n in range(6)]


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        ({"Plan": json.loads(json.dumps(PLAN).replace('{"Ref": "Vault"}', '"no"'))}, "NotFound"),
        ({"Vault": edited(VAULT, BackupVaultName="a.b")}, "does not match"),
        ({"Vault": edited(VAULT, BackupVaultName="x" * 51)}, "does not match"),
        ({"Vault": edited(VAULT, Colour="red")}, "Colour"),
        ({"Vault": edited(VAULT, LockConfiguration={"MinRetentionDays": "soon"})}, "'soon'"),
        ({"Selection": selecting(SelectionName="bad name!!")}, "does not match"),
        ({"Selection": selecting(Resources=None)}, "must be non-empty"),
        ({"Selection": selecting(Resources="arn")}, "Invalid type"),
        ({"Selection": selecting(Unknown=["arn"])}, "Unknown"),
        (
            {
                "Selection": selecting(
                    ListOfTags=[
                        {"ConditionType": "LIKE", "ConditionKey": "k", "ConditionValue": "v"}
                    ]
                )
            },
            "'LIKE' is not one of",
        ),
        ({"Role": edited(ROLE, AssumeRolePolicyDocument=OTHER_TRUST)}, "cannot be assumed"),
        ({"Role": edited(ROLE, Policies=[{"PolicyName": "P", "PolicyDocument": {}}])}, "Malformed"),
        ({"Role": edited(ROLE, AssumeRolePolicyDocument=LIMITED)}, "cannot be assumed"),
        ({"Vault": {"Type": VAULT["Type"]}}, "required key BackupVaultName"),
        ({"Plan": {**PLAN, "Properties": {"BackupPlan": {}}}}, "Missing required parameter"),
        ({"Selection": selecting(IamRoleArn=None)}, "RoleName"),
        ({"Role": edited(ROLE, Policies=LARGE)}, "LimitExceeded"),
        ({"Role": edited(ROLE, ManagedPolicyArns=["arn:aws:iam::aws:policy/No"])}, "NoSuchEntity"),
        ({"Role": edited(ROLE, MaxSessionDuration=43201)}, "more than 43200"),
    ],
)
def test_the_services_own_refusals_fail_the_deployment(
    aws: LocalAws, resources: Any, why: str
) -> None:
    with pytest.raises(DeploymentError, match=why):
        create(aws, with_resources(**resources))
    assert (vaults(aws), roles(aws), plans(aws)) == ([], [], [])


@pytest.mark.parametrize(
    ("capabilities", "role", "needed"),
    [
        ((), ROLE, "CAPABILITY_IAM"),
        (("CAPABILITY_IAM",), edited(ROLE, RoleName="x"), "CAPABILITY_NAMED_IAM"),
        ((), edited(ROLE, RoleName="x"), "CAPABILITY_NAMED_IAM"),
    ],
)
def test_iam_resources_need_a_capability(
    aws: LocalAws, capabilities: Any, role: Any, needed: str
) -> None:
    with pytest.raises(RefusedError, match=needed):
        Deployer(aws).create(with_resources(Role=role), "cluster", capabilities=capabilities)
    assert vaults(aws) == []


def test_a_named_role_deploys_with_its_capability(aws: LocalAws) -> None:
    stack = Deployer(aws).create(
        with_resources(Role=edited(ROLE, RoleName="x")),
        "cluster",
        capabilities=("CAPABILITY_NAMED_IAM",),
    )
    assert stack.resources["Role"] == "x"


@pytest.mark.parametrize("name", ["1x", "a_b", "", "x" * 129])
def test_a_stack_name_that_aws_refuses_is_refused(aws: LocalAws, name: str) -> None:
    with pytest.raises(RefusedError, match="name of a stack"):
        Deployer(aws).create(with_resources(), name)


def test_an_unknown_type_and_a_large_body_are_refused(aws: LocalAws) -> None:
    with pytest.raises(RefusedError, match="AWS::Lambda::Function"):
        create(aws, with_resources(Other={"Type": "AWS::Lambda::Function"}))
    with pytest.raises(RefusedError, match="51,200"):
        create(aws, with_resources() + " " * 51_200)
