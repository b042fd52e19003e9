"""E9561: resources of a selection that are no ARN of anything that AWS Backup backs up."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.resource_arns import resource_arn_fault
from _backup.rule import BackupRule, Problem, problem
from _backup.template import selections
from _backup.values import Values

HARM = {
    "Resources": "so AWS Backup refuses the selection or backs up nothing for it",
    "NotResources": "so it excludes nothing",
}


class SelectedResources(BackupRule):
    id = "E9561"
    shortdesc = "Resource of a selection that is not the ARN of something AWS Backup backs up"
    description = (
        "Resources and NotResources take ARNs, or patterns of ARNs, of the resources that AWS "
        "Backup backs up. What !Ref returns is an id or a name in most cases. An ARN with a wrong "
        "word in it, or of another service, matches nothing: there is no job, and no job fails."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html"
    tags = ["resources", "backup", "selection"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check what the selections name."""
        for selection in selections(values):
            for name, harm in HARM.items():
                for item in values.items(values.at(selection, name)):
                    fault = resource_arn_fault(values, item)
                    if fault:
                        yield problem(item, f"{name} {item}: {fault.why}, {harm}: {fault.instead}")
