"""What whoever creates or updates a stack has to acknowledge."""

from generator.cloudformation.functions import calls_in
from generator.cloudformation.read import Template

# The types that need a capability, and the property that gives one a name of its own, if it can
# have one. A name that refers to something else (UserName of an access key) is not such a name.
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
    is_macro = (call.name == "Fn::Transform" for call in calls_in(template.document))
    if template.document.get("Transform") or any(is_macro):
        needed.append("CAPABILITY_AUTO_EXPAND")
    return needed
