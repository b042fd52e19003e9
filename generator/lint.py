"""Finds what is wrong with the text of a template."""

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any

from generator.cloudformation.finding import Finding
from generator.cloudformation.schemas import import_cfn_lint
from generator.paths import ROOT, RULES

if TYPE_CHECKING:
    from cfnlint.rules import Rules

# A larger template cannot be passed as TemplateBody, the way to create a stack without S3.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_TEMPLATE_BODY_BYTES = 51_200
# The difference is a reserve for urgent fixes.
MAX_BYTES = 49_500


# A stack may be in any region, so a type that a region lacks is a finding. These are exceptions: a
# template that has one of them is for the regions in which AWS Backup tests restores.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
IN_FEWER_REGIONS = {"AWS::Backup::RestoreTestingPlan", "AWS::Backup::RestoreTestingSelection"}


def regions(types: Collection[str]) -> list[str]:
    """Return the regions that a template with these types of resources is for, sorted.

    Which region has a type is what cfn-lint's schemas say.
    """
    import_cfn_lint()
    from cfnlint.helpers import REGIONS
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

    needed = IN_FEWER_REGIONS.intersection(types)
    return sorted(
        region
        for region in REGIONS
        if needed.issubset(PROVIDER_SCHEMA_MANAGER.get_resource_types(region))
    )


def findings(text: str) -> list[Finding]:
    """Return what cfn-lint finds in the template, in its regions, with its informational rules.

    The template cannot switch a rule off, nor leave a region out, as others' templates can
    (Metadata). Only the project's .cfnlintrc counts, not one in the working or the home directory.
    https://github.com/aws-cloudformation/cfn-lint
    """
    import_cfn_lint()
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import run_template_by_data

    template, matches = decode_str(text)
    if template is not None:
        config = _config(mandatory_checks=["E", "W", "I"], regions=regions(_types(template)))
        matches = list(run_template_by_data(template, config, _rules()))
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


@cache
def _rules() -> "Rules":
    """Return cfn-lint's rules and ours; loading them takes longer than linting a small template."""
    from cfnlint.runner import Runner

    return Runner(_config()).rules


def _config(**more: Any) -> Any:
    from cfnlint.config import ConfigMixIn

    # The templates that .cfnlintrc names are for running `cfn-lint` by hand.
    arguments = ["--config-file", str(ROOT / ".cfnlintrc"), "--append-rules", str(RULES)]
    return ConfigMixIn(arguments, templates=[], **more)


def _types(template: Any) -> set[str]:
    resources = template.get("Resources") if isinstance(template, dict) else None
    each = resources.values() if isinstance(resources, dict) else ()
    types = (resource.get("Type") for resource in each if isinstance(resource, dict))
    return {kind for kind in types if isinstance(kind, str)}
