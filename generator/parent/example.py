"""An example parent of the Backup template: SOCA 2.6.1's main stack, cut down to what it needs.

Its resources, parameters and outputs have the same names as in SOCA.
https://github.com/awslabs/scale-out-computing-on-aws/tree/2.6.1/source
"""

from troposphere import AWSObject, GetAtt, Output, Parameter, Ref, Sub, Template
from troposphere.cloudformation import CustomResource, Stack

from generator.paths import ROOT
from generator.stacks import backup
from generator.stacks.parts import vault
from generator.stacks.render import render

PATH = ROOT / "docs" / "examples" / "parent.template"
DESCRIPTION = "Example: main stack of Scale-Out Computing on AWS that nests Backup.template"

S3_INSTALL_BUCKET = Parameter(
    "S3InstallBucket",
    Description="Name of the S3 bucket that holds the templates, 3 to 63 characters, without dots",
    Type="String",
    # No dots: no TLS certificate of S3 covers a host name that starts with such a bucket's.
    AllowedPattern="^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
    ConstraintDescription=(
        "Type a bucket name of 3 to 63 lower-case letters, digits or '-', such as my-soca-bucket"
    ),
)
S3_INSTALL_BUCKET_REGION = Parameter(
    "S3InstallBucketRegion",
    Description="Region of that bucket, such as us-east-1; it may differ from the cluster's",
    Type="String",
    AllowedPattern="^[a-z]{2,4}(-[a-z]+)+-[0-9]+$",
    ConstraintDescription="Type the region of the bucket, such as us-east-1",
)
S3_INSTALL_FOLDER = Parameter(
    "S3InstallFolder",
    Description="Folder in the bucket that contains templates/, without / at either end",
    Type="String",
    AllowedPattern="^[^/]+(/[^/]+)*$",
    ConstraintDescription="Type the folder without / at either end, such as soca/2.6.1",
)
# In SOCA's main stack, these are attributes of resources that the example leaves out.
PREREQUISITE_FUNCTION_ARN = Parameter(
    "PrerequisiteFunctionArn",
    Description="ARN of the function that makes the cluster ID from the stack name",
    Type="String",
)
VPC_ID = Parameter(
    "VpcId", Description="ID of the cluster's VPC, for the Security stack", Type="String"
)
CLIENT_IP = Parameter(
    "ClientIp",
    Description="IP range that may reach the scheduler, for the Security stack: 198.51.100.0/24",
    Type="String",
)
SCHEDULER_PUBLIC_IP = Parameter(
    "SchedulerPublicIP",
    Description="Public IP address of the scheduler, for the Security stack",
    Type="String",
)
EIP_NAT = Parameter(
    "EIPNat",
    Description="Public IP address of the NAT gateway, for the Security stack",
    Type="String",
)

PASSED_ON = ("BackupVaultName", "BackupVaultArn", "BackupRoleName", "BackupRoleArn", "BackupTag")
"""The outputs of the Backup stack that the example passes on as its own."""


def template() -> Template:
    """Return the example.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
    """
    parent = Template(DESCRIPTION)
    parent.set_version("2010-09-09")
    vault.EXISTING_VAULT_NAME.declare_in(parent)
    for parameter in (
        S3_INSTALL_BUCKET,
        S3_INSTALL_BUCKET_REGION,
        S3_INSTALL_FOLDER,
        PREREQUISITE_FUNCTION_ARN,
        VPC_ID,
        CLIENT_IP,
        SCHEDULER_PUBLIC_IP,
        EIP_NAT,
    ):
        parent.add_parameter(parameter)
        parent.add_parameter_to_group(parameter, "Installation")
    prerequisites = parent.add_resource(check_prerequisites())
    cluster_id = GetAtt(prerequisites, "ClusterId")
    security = parent.add_resource(security_stack(cluster_id))
    nested = parent.add_resource(backup_stack(cluster_id, security))
    outputs = backup.template().outputs
    for name in PASSED_ON:
        description = outputs[name].properties["Description"]
        value = GetAtt(nested, f"Outputs.{name}")
        parent.add_output(Output(name, Description=description, Value=value))
    return parent


def check_prerequisites() -> AWSObject:
    """Return the custom resource from which SOCA gets the cluster ID."""
    return CustomResource(
        "CheckSOCAPreRequisite",
        ServiceToken=Ref(PREREQUISITE_FUNCTION_ARN),
        Region=Ref("AWS::Region"),
        StackName=Ref("AWS::StackName"),
        ClusterIdPrefix="soca",
        VPCCidrPrefixBits=16,
        PublicSubnetMaskPrefixBits=4,
        PrivateSubnetMaskPrefixBits=2,
    )


def security_stack(cluster_id: GetAtt) -> Stack:
    """Return SOCA's Security stack, which has the roles of the scheduler and the compute nodes."""
    parameters = (
        VPC_ID,
        CLIENT_IP,
        S3_INSTALL_BUCKET,
        S3_INSTALL_FOLDER,
        SCHEDULER_PUBLIC_IP,
        EIP_NAT,
    )
    return Stack(
        "Security",
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        TemplateURL=template_url("Security.template"),
        Parameters={"ClusterId": cluster_id, **{each.title: Ref(each) for each in parameters}},
    )


def backup_stack(cluster_id: GetAtt, security: Stack) -> Stack:
    """Return the Backup stack, which is deleted with its parent.

    Deleting it loses no backups: the nested template retains the vault and the role. If the whole
    stack stayed, its plan would stay as well. The cluster's next stack, which adopts the vault,
    would then fail because of an identical plan, or back everything up twice.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    return Stack(
        "Backup",
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        TemplateURL=template_url("Backup.template"),
        Parameters={
            # The value of the tag on the cluster's resources: a typed one could differ unnoticed.
            "ClusterId": cluster_id,
            # Role ARNs: the outputs of the same stack that end in ProfileArn are not roles.
            "SchedulerIAMRoleArn": GetAtt(security, "Outputs.SchedulerIAMRoleArn"),
            "ComputeNodeIAMRoleArn": GetAtt(security, "Outputs.ComputeNodeIAMRoleArn"),
            "ExistingVaultName": Ref(vault.EXISTING_VAULT_NAME),
        },
    )


def template_url(name: str) -> Sub:
    """Return the address of a template in the bucket, in a form that works in every partition.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    """
    return Sub(
        "https://${S3InstallBucket}.s3.${S3InstallBucketRegion}.${AWS::URLSuffix}"
        f"/${{S3InstallFolder}}/templates/{name}"
    )


def snippet() -> str:
    """Return the lines of the example that a main stack needs: the Backup stack's resource."""
    lines = render(template()).splitlines(keepends=True)
    start = lines.index("  Backup:\n", lines.index("Resources:\n"))
    end = lines.index("\n", start)
    return "".join(lines[start:end])


def block() -> str:
    """Return the snippet as a code block in Markdown."""
    return f"```yaml\n{snippet()}```\n"
