"""Whatever takes tags says which cluster it belongs to."""

import pytest

from generator.stacks import TEMPLATES
from tests.support.generated import all_on, resolved
from tests.support.parameter_values import CLUSTER

WITHOUT_TAGS = {
    "AWS::Backup::BackupSelection",
    "AWS::Backup::RestoreTestingSelection",
    "AWS::KMS::Alias",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
}
"""The types for which AWS has no tags."""

WITHOUT_NAME = {"AWS::CloudWatch::Alarm", "AWS::Events::Rule"}
"""What is made several times over has no name of its own."""


@pytest.mark.parametrize("of", TEMPLATES)
def test_every_resource_that_takes_tags_carries_the_cluster(of: str) -> None:
    made = resolved(of=of, **all_on(of))
    for logical_id, kind in made.types.items():
        if kind in WITHOUT_TAGS:
            continue
        found = [tags for name, tags in made.resources[logical_id].items() if name.endswith("Tags")]
        assert found, f"{logical_id} has no tags: add some, or add its type to WITHOUT_TAGS"
        for tags in found:
            named = {tag["Key"]: tag["Value"] for tag in tags} if isinstance(tags, list) else tags
            assert named["soca:ClusterId"] == CLUSTER
            assert kind in WITHOUT_NAME or CLUSTER in named["Name"]
