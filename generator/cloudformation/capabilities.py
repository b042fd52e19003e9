"""The capabilities that have to be acknowledged to create or update a stack."""

from generator.cloudformation.functions import calls_in
from generator.cloudformation.read import Template

# The types that need a capability, each with the property that sets the resource's own name, if it
# has one. The name of another resource (UserName of an access key) does not count.
_IAM = {
    "AWS::IAM::AccessKey": "",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": "",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": "",
}


def capabilities(template: Template) -> list[str]:
    """Return the capabilities that a stack of the template needs.

    A resource counts whether or not its condition is true. CAPABILITY_NAMED_IAM includes
    CAPABILITY_IAM.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    """
    iam = [each for each in template.resources.values() if each.get("Type") in _IAM]
    needed = []
    if any(_IAM[each["Type"]] in (each.get("Properties") or {}) for each in iam):
        needed.append("CAPABILITY_NAMED_IAM")
    elif iam:
        needed.append("CAPABILITY_IAM")
    functions = {call.name for call in calls_in(template.document)}
    # A macro among the entries of a section is left out where loops are written out.
    if template.document.get("Transform") or "Fn::Transform" in functions or template.may_have_more:
        needed.append("CAPABILITY_AUTO_EXPAND")
    return needed
