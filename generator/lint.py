"""Finds what is wrong with the text of a template."""

from generator.cloudformation.finding import Finding
from generator.cloudformation.schemas import import_cfn_lint
from generator.paths import ROOT, RULES

# A larger template cannot be passed as TemplateBody, the way to create a stack without S3.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_TEMPLATE_BODY_BYTES = 51_200
# The difference is a reserve for urgent fixes.
MAX_BYTES = 49_500


def findings(text: str) -> list[Finding]:
    """Return what cfn-lint finds in the template, in every region, with its informational rules.

    The template cannot switch a rule off, as others' templates can (ignore_checks in Metadata).
    Only the project's .cfnlintrc counts, not one in the working or the home directory.
    https://github.com/aws-cloudformation/cfn-lint
    """
    import_cfn_lint()
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import Runner

    template, matches = decode_str(text)
    if template is not None:
        # The templates that .cfnlintrc names are for running `cfn-lint` by hand.
        config = ConfigMixIn(
            ["--config-file", str(ROOT / ".cfnlintrc"), "--append-rules", str(RULES)],
            templates=[],
            mandatory_checks=["E", "W", "I"],
        )
        runner = Runner(config)
        matches = list(runner.validate_template(template))
    results = [
        Finding(match.linenumber, match.columnnumber, match.rule.id, match.message)
        for match in matches
    ]
    if (size := len(text.encode())) > MAX_BYTES:
        results.append(
            Finding(
                1,
                1,
                "size",
                f"the template has {size} bytes, and we allow {MAX_BYTES}: CloudFormation takes "
                f"{MAX_TEMPLATE_BODY_BYTES} in --template-body, and the difference is a reserve "
                "for urgent fixes. Shorten descriptions or split the template",
            )
        )
    return sorted(results)
