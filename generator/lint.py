"""What is wrong with the text of a template."""

from generator.cloudformation.finding import Finding
from generator.paths import ROOT, RULES

# A larger template cannot be passed as TemplateBody, which is how a stack is created without S3.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_TEMPLATE_BODY_BYTES = 51_200
# The difference is what an urgent fix may need.
MAX_BYTES = 49_500


def findings(text: str) -> list[Finding]:
    """Return what cfn-lint finds in the template, in every region, informational rules included.

    The project's .cfnlintrc counts, and none in the working or the home directory.
    https://github.com/aws-cloudformation/cfn-lint
    """
    # Imported here, because that takes longer than generating.
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import Runner

    template, matches = decode_str(text)
    if template is not None:
        # The templates in the configuration are for running `cfn-lint` by hand.
        config = ConfigMixIn(
            ["--config-file", str(ROOT / ".cfnlintrc"), "--append-rules", str(RULES)], templates=[]
        )
        runner = Runner(config)
        matches = list(runner.validate_template(template))
    found = [
        Finding(match.linenumber, match.columnnumber, match.rule.id, match.message)
        for match in matches
    ]
    if (size := len(text.encode())) > MAX_BYTES:
        found.append(
            Finding(
                1,
                1,
                "size",
                f"{size} bytes, and {MAX_BYTES} are allowed: CloudFormation takes "
                f"{MAX_TEMPLATE_BODY_BYTES} in --template-body, and the difference is for urgent "
                "fixes. Shorten descriptions or split the template",
            )
        )
    return sorted(found)
