"""Stacks come and go as CloudFormation's documentation says."""

import json
from typing import Any

import pytest

from tests.support.deployer import Deployer, Stack, creation_order, fetch_template
from tests.support.errors import DeploymentError, RefusedError
from tests.support.local_aws import LocalAws
from tests.support.resolver import Evaluation, Place

TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "backup.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
ALLOW = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "tag:GetResources", "Resource": "*"}],
}
ROLE: dict[str, Any] = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": TRUST,
        "Policies": [{"PolicyName": "Read", "PolicyDocument": ALLOW}],
    },
}
VAULT: dict[str, Any] = {
    "Type": "AWS::Backup::BackupVault",
    "Properties": {"BackupVaultName": "Vault-x", "BackupVaultTags": {"a": "b"}},
}
PLAN = {
    "Type": "AWS::Backup::BackupPlan",
    "Properties": {
        "BackupPlan": {
            "BackupPlanName": "Backup-x",
            "BackupPlanRule": [
                {
                    "RuleName": "Daily",
                    "TargetBackupVault": {"Ref": "Vault"},
                    "StartWindowMinutes": "60",
                    "Lifecycle": {"DeleteAfterDays": {"Ref": "Days"}},
                }
            ],
        }
    },
}
SELECTION: dict[str, Any] = {
    "Type": "AWS::Backup::BackupSelection",
    "Properties": {
        "BackupPlanId": {"Ref": "Plan"},
        "BackupSelection": {
            "SelectionName": "Tag-x",
            "IamRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "Resources": ["arn:aws:ec2:*:*:instance/*"],
        },
    },
}
RETAINED = {"DeletionPolicy": "RetainExceptOnCreate"}
BACKUP: dict[str, Any] = {
    "Parameters": {"Days": {"Type": "Number", "Default": 30}},
    # Written in the wrong order: references decide.
    "Resources": {
        "Selection": SELECTION,
        "Plan": PLAN,
        "Vault": {**VAULT, **RETAINED},
        "Role": {**ROLE, **RETAINED},
    },
    "Outputs": {
        "VaultArn": {"Value": {"Fn::GetAtt": ["Vault", "BackupVaultArn"]}},
        "RoleName": {"Value": {"Ref": "Role"}},
        "Days": {"Value": {"Ref": "Days"}},
    },
}
BROKEN = {**SELECTION, "Properties": {**SELECTION["Properties"], "BackupPlanId": "none"}}


def with_resources(**resources: Any) -> str:
    kept = {**BACKUP["Resources"], **resources}
    return json.dumps({**BACKUP, "Resources": {k: v for k, v in kept.items() if v}})


def vaults(aws: LocalAws) -> list[str]:
    found = aws.client("backup").list_backup_vaults()["BackupVaultList"]
    return [vault["BackupVaultName"] for vault in found]


def roles(aws: LocalAws) -> list[str]:
    return [role["RoleName"] for role in aws.client("iam").list_roles()["Roles"]]


def plans(aws: LocalAws) -> list[str]:
    found = aws.client("backup").list_backup_plans()["BackupPlansList"]
    return [plan["BackupPlanId"] for plan in found]


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


def edited(resource: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {**resource, "Properties": {**resource["Properties"], **properties}}


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


def nested(aws: LocalAws, child: str, **parent: Any) -> Stack:
    aws.client("s3").create_bucket(Bucket="install")
    aws.client("s3").put_object(Bucket="install", Key="soca/Backup.template", Body=child.encode())
    template = {
        "Parameters": {"Days": {"Type": "Number", "Default": 9}},
        "Resources": {
            "Backup": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {
                    "TemplateURL": {
                        "Fn::Sub": "https://s3.${AWS::URLSuffix}/install/soca/Backup.template"
                    },
                    "Parameters": {"Days": {"Ref": "Days"}, **parent.get("parameters", {})},
                },
            },
            **parent.get("resources", {}),
        },
        "Outputs": {
            "Vault": {"Value": {"Fn::GetAtt": ["Backup", parent.get("get", "Outputs.VaultArn")]}},
            "Days": {"Value": {"Fn::GetAtt": "Backup.Outputs.Days"}},
        },
    }
    rules = parent.get("evaluate_nested_rules", True)
    return Deployer(aws).create(json.dumps(template), "soca", evaluate_nested_rules=rules)


def test_a_parent_reads_its_nested_stacks_outputs(aws: LocalAws) -> None:
    stack = nested(aws, with_resources())
    assert stack.outputs["Vault"] == stack.nested["Backup"].outputs["VaultArn"]
    assert stack.outputs["Days"] == "9"
    assert stack.nested["Backup"].name.startswith("soca-Backup-")
    assert stack.resources["Backup"].startswith("arn:aws:cloudformation:us-east-1:")
    assert vaults(aws) == ["Vault-x"]


def test_deleting_a_parent_deletes_what_its_nested_stack_does_not_retain(aws: LocalAws) -> None:
    nested(aws, with_resources()).delete()
    assert (vaults(aws), len(roles(aws)), plans(aws)) == (["Vault-x"], 1, [])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"get": "Outputs.Nothing"}, "no attribute Outputs.Nothing"),
        ({"parameters": {"Other": "x"}}, "Other"),
        ({"parameters": {"Days": ["1", "2"]}}, "not a string"),
        ({"parameters": {"Days": "many"}}, "not a number"),
        ({"resources": {"Vault": {**VAULT, "DependsOn": "Backup"}}}, "AlreadyExists"),
    ],
)
def test_a_parent_fails_with_its_nested_stack(aws: LocalAws, change: Any, why: str) -> None:
    with pytest.raises(DeploymentError, match=why):
        nested(aws, with_resources(), **change)
    assert plans(aws) == []


def test_a_parents_rollback_deletes_its_nested_stack_and_keeps_what_that_retains(
    aws: LocalAws,
) -> None:
    with pytest.raises(DeploymentError, match="no attribute"):
        nested(aws, with_resources(), get="Outputs.Nothing")
    assert (vaults(aws), len(roles(aws)), plans(aws)) == (["Vault-x"], 1, [])


def test_a_failed_nested_creation_leaves_nothing(aws: LocalAws) -> None:
    with pytest.raises(DeploymentError, match="soca: CREATE_FAILED: Backup: soca-Backup-"):
        nested(aws, with_resources(Selection={**BROKEN, "DependsOn": ["Vault", "Role"]}))
    assert (vaults(aws), roles(aws)) == ([], [])


def test_rules_of_a_nested_stack_can_be_switched_off(aws: LocalAws) -> None:
    rule = {"Never": {"Assertions": [{"Assert": {"Fn::Equals": ["a", "b"]}}]}}
    child = json.dumps({**BACKUP, "Rules": rule})
    nested(aws, child, evaluate_nested_rules=False)
    with pytest.raises(DeploymentError, match="Rule Never"):
        nested(aws, child)


@pytest.mark.parametrize(
    "url",
    [
        "https://install.s3.us-east-1.amazonaws.com/a/b.template",
        "https://install.s3.amazonaws.com/a/b.template",
        "https://s3.us-east-1.amazonaws.com/install/a/b.template",
        "https://s3.amazonaws.com/install/a/b.template",
        "https://s3-us-east-1.amazonaws.com/install/a/b.template",
        "https://install.s3.cn-north-1.amazonaws.com.cn/a/b.template",
    ],
)
def test_a_template_url_has_one_of_awss_forms(aws: LocalAws, url: str) -> None:
    aws.client("s3").create_bucket(Bucket="install")
    aws.client("s3").put_object(Bucket="install", Key="a/b.template", Body=b"text")
    assert fetch_template(aws, url) == "text"


@pytest.mark.parametrize(
    "url",
    [
        "http://install.s3.us-east-1.amazonaws.com/a",
        "https://install.s3-website-us-east-1.amazonaws.com/a",
        "https://example.com/install/a",
        "https://s3.amazonaws.com/install",
        "https://install.s3.us-east-1.amazonaws.com/missing",
        "https://install.s3.us-east-1.amazonaws.com/" + "a" * 1024,
        "s3://install/a",
    ],
)
def test_another_template_url_fails(aws: LocalAws, url: str) -> None:
    aws.client("s3").create_bucket(Bucket="install")
    with pytest.raises(DeploymentError):
        fetch_template(aws, url)
