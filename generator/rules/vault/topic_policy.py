"""E9522: topics to which AWS Backup's messages cannot be published."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, Partial, both
from _backup.roles import allows, covers, principals, statements, texts
from _backup.rule import BackupRule, Problem, problem
from _backup.template import VAULTS
from _backup.values import Values

TOPIC = "AWS::SNS::Topic"
# A policy of a topic: which property holds its topics.
TOPIC_POLICIES = {"AWS::SNS::TopicPolicy": "Topics", "AWS::SNS::TopicInlinePolicy": "TopicArn"}
BACKUP = "backup.amazonaws.com"
EVENTS = "events.amazonaws.com"


def _references(topic: str) -> set[str]:
    return {f"${{{topic}}}", f"${{{topic}.TopicArn}}"}


class TopicPolicy(BackupRule):
    id = "E9522"
    shortdesc = "Topic to which a service cannot publish, so nobody hears of a failed backup"
    description = (
        "By default, only its own account can publish to a topic. Vault notifications need a "
        "topic policy that allows backup.amazonaws.com to publish, and EventBridge rules need one "
        "that allows events.amazonaws.com. Neither service can use a topic that is encrypted with "
        "alias/aws/sns. Nothing fails: the messages are lost."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-notifications.html"
    tags = ["resources", "backup", "sns", "events", "notifications"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the topics of vaults, and those of EventBridge rules about AWS Backup."""
        for _, properties in values.of_type(*VAULTS):
            for arn in values.at(properties, "Notifications", "SNSTopicArn"):
                yield from self._topic(values, arn, BACKUP, "SNSTopicArn")
        for _, properties in values.of_type("AWS::Events::Rule"):
            if not self._about_backup(values, properties):
                continue
            for target in values.items(values.at(properties, "Targets")):
                for arn in values.at(target, "Arn"):
                    yield from self._topic(values, arn, EVENTS, "Arn")

    def _about_backup(self, values: Values, rule: Case) -> bool:
        sources = values.items(values.at(rule, "EventPattern", "source"))
        return any(source.text == "aws.backup" for source in sources)

    def _topic(self, values: Values, arn: Case, service: str, what: str) -> Iterator[Problem]:
        name, attribute = arn.reference
        topics = dict(values.of_type(TOPIC))
        ours = name in topics and attribute in ("", "TopicArn")
        given = both(arn.given, topics[name].given) if ours else None
        if given is None:
            return
        for key in values.at(topics[name], "KmsMasterKeyId"):
            merged = both(given, key.given)
            if (key.text or "").endswith("alias/aws/sns") and merged is not None:
                yield problem(
                    key,
                    f"KmsMasterKeyId {key} of topic {name!r} is a key that AWS manages, which "
                    f"{service} cannot use, so its messages are lost: use a key of your own whose "
                    f"policy allows {service} kms:GenerateDataKey* and kms:Decrypt",
                    merged,
                )
        if not self._lets_publish(values, name, service):
            yield problem(
                arn,
                f"{what} names topic {name!r}, but no policy in this template allows {service} to "
                "publish to it, so its messages are lost: add an AWS::SNS::TopicPolicy that "
                f"allows {service} sns:Publish",
                given,
                "policy",
            )

    def _lets_publish(self, values: Values, topic: str, service: str) -> bool:
        """Return whether a policy allows it, or may allow it because it is not fully known."""
        topics = {name: _references(name) for name, _ in values.of_type(TOPIC)}
        others = set().union(*(names for name, names in topics.items() if name != topic))
        for kind, property_name in TOPIC_POLICIES.items():
            for _, policy in values.of_type(kind):
                arns = list(values.items(values.at(policy, property_name)))
                unknown = any(isinstance(a.value, Partial) and a.text not in others for a in arns)
                if (unknown or any(arn.text in topics[topic] for arn in arns)) and self._allowed(
                    values, values.at(policy, "PolicyDocument"), service
                ):
                    return True
        return False

    def _allowed(self, values: Values, documents: list[Case], service: str) -> bool:
        if any(not isinstance(document.value, dict) for document in documents):
            return True
        for statement in statements(values, documents):
            actions = texts(values, statement, "Action")
            publishes = any(covers(action.text or "", "sns:Publish") for action in actions)
            if not publishes or not allows(values, statement):
                continue
            for principal in principals(values, statement, "Service", "AWS"):
                if principal.text in (service, "*") or isinstance(principal.value, Partial):
                    return True
        return False
