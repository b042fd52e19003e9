"""E9522: topics to which AWS Backup's messages cannot be published."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

sys.path.extend({str(Path(__file__).parents[1])} - {*sys.path})  # cfn-lint loads each file alone

from _backup.cases import Case, Given, both
from _backup.documents import UNKNOWN_DOCUMENT, Reader, in_each_world, marked
from _backup.iam import Answer, as_list, decide
from _backup.matching import like, unknown
from _backup.own_arns import ACCOUNT, OwnArns
from _backup.publishers import ALARMS, EVENTS, Publisher, publishers
from _backup.roles import policies_of, roles_at
from _backup.rule import BackupRule, Problem, problem
from _backup.template import KEYS
from _backup.values import Values

TOPIC = "AWS::SNS::Topic"
# A policy of a topic: which property holds its topics.
TOPIC_POLICIES = {"AWS::SNS::TopicPolicy": "Topics", "AWS::SNS::TopicInlinePolicy": "TopicArn"}
PUBLISH = "sns:Publish"
USE_OF_KEY = ("kms:GenerateDataKey", "kms:Decrypt")


class TopicPolicy(BackupRule):
    id = "E9522"
    shortdesc = "Topic to which a service cannot publish, so nobody hears of a failed backup"
    description = (
        "Vault notifications need a topic policy that allows backup.amazonaws.com to publish, and "
        "EventBridge rules need one that allows events.amazonaws.com, or an execution role that "
        "may publish. SNS's default policy, with its condition on AWS:SourceOwner, allows neither; "
        "alarms need a policy that allows cloudwatch.amazonaws.com as soon as another one is in "
        "its place. If the topic is encrypted, the policy of its key must allow the same service "
        "kms:GenerateDataKey* and kms:Decrypt, which is impossible with alias/aws/sns. Nothing "
        "fails: the messages are lost. Only alarms and rules about AWS Backup are checked."
    )
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-notifications.html"
    tags = ["resources", "backup", "sns", "events", "notifications"]

    def check(self, values: Values) -> Iterator[Problem]:
        """Check the topics of vaults, and those of rules and alarms about AWS Backup."""
        topics = dict(values.of_type(TOPIC))
        by_topic: dict[str, list[_Request]] = {}
        for request in _requests(values, topics):
            by_topic.setdefault(request.topic, []).append(request)
        for name, requests in by_topic.items():
            for key in values.at(topics[name], "KmsMasterKeyId"):
                yield from self._key(values, key, requests)
            yield from self._policies(values, requests)

    def _policies(self, values: Values, requests: list["_Request"]) -> Iterator[Problem]:
        """Yield the first publisher of each service that cannot publish."""
        told: set[str] = set()
        read: dict[str, list[tuple[Given, _Read]]] = {}  # because reading takes long
        for request in requests:
            service = request.publisher.service
            if service in told:
                continue
            alike = repr((request.publisher.role, request.given))
            if alike not in read:
                read[alike] = list(_worlds(values, request))
            fault = _policy_fault(values, request, read[alike])
            if fault:
                told.add(service)
                yield fault

    def _key(self, values: Values, key: Case, requests: list["_Request"]) -> Iterator[Problem]:
        """Yield the key if services cannot use it, once for all of them."""
        given: Given = {}
        services: set[str] = set()
        why = ""
        # With a role, EventBridge uses the key as the role. What is alike is asked once.
        asked = {
            repr((request.publisher.service, request.given)): request
            for request in requests
            if not request.publisher.role
        }
        for request in asked.values():
            merged = both(request.given, key.given, given)
            if merged is not None and values.possible(merged):
                fault, needs = _key_fault(values, key, merged, request.publisher.service)
                if fault:
                    given, why = needs, fault
                    services.add(request.publisher.service)
        if services:
            whole = why.replace("WHO", " and ".join(sorted(services)))
            yield problem(
                key, f"KmsMasterKeyId {key} of topic {requests[0].topic!r} {whole}", given
            )


class _Request(NamedTuple):
    """A publisher that publishes to a topic of the template, and what must be true for it."""

    publisher: Publisher
    topic: str
    given: Given


def _requests(values: Values, topics: Mapping[str, Case]) -> Iterator[_Request]:
    """Yield what is published to topics of the template."""
    for publisher in publishers(values):
        meant, _ = publisher.topic.reference
        for name in [meant] if meant else topics:
            given = both(publisher.topic.given, topics[name].given) if name in topics else None
            if given is None:
                continue
            own = OwnArns(values, given, name)
            arn = own.within(marked(publisher.topic.text or ""))
            if like(arn, own.arn(name)) and values.possible(given):
                yield _Request(publisher, name, given)


class _Policy(NamedTuple):
    """A policy that a topic has, or may have."""

    name: str
    document: Mapping[str, Any]
    certain: bool


class _Role(NamedTuple):
    """A role in the template."""

    name: str
    trust: Mapping[str, Any]
    documents: list[Mapping[str, Any]]
    boundaries: list[Mapping[str, Any]]


class _Read(NamedTuple):
    """What the template says of a topic and a role, if some conditions are true, others false."""

    policies: list[tuple[str, str, dict[str, Any]]]  # logical id, property with topics, properties
    roles: list[_Role]


class _World(NamedTuple):
    """The same, as it is for a request."""

    own: OwnArns
    policies: list[_Policy]
    roles: list[_Role]


def _worlds(values: Values, request: _Request) -> Iterator[tuple[Given, _Read]]:
    """Yield what has to do with a request for each combination of conditions."""
    own = OwnArns(values, request.given, request.topic)
    its = own.arn(request.topic)
    policies = [
        (name, property_name, policy)
        for kind, property_name in TOPIC_POLICIES.items()
        for name, policy in values.of_type(kind)
        # No other policies: what is read must not depend on their conditions.
        for arns in [values.items(values.at(policy, property_name))]
        if any(like(own.within(marked(arn.text or "")), its) is not False for arn in arns)
    ]

    def read(reader: Reader) -> _Read:
        properties = [(name, key, reader.document(policy)) for name, key, policy in policies]
        return _Read(properties, [*_roles(values, request, reader)])

    return in_each_world(values, request.given, read)


def _policy_fault(
    values: Values, request: _Request, worlds: list[tuple[Given, _Read]]
) -> Problem | None:
    """Return why the service cannot publish to the topic; None: it can, or nobody knows."""
    for given, read in worlds:
        roles = [role.name for role in read.roles]
        own = OwnArns(values, given, request.topic, request.publisher.name, *roles)
        world = _World(own, [*_policies(request, own, read)], read.roles)
        if not _can_publish(request, world) and values.possible(given):
            return _fault(request, world, given)
    return None


def _policies(request: _Request, own: OwnArns, read: _Read) -> Iterator[_Policy]:
    """Yield the policies that the topic has, or may have."""
    for name, property_name, properties in read.policies:
        its = own.within(properties)
        known = its != UNKNOWN_DOCUMENT
        topics = as_list(its.get(property_name, []) if known else unknown(name))
        are_its = {like(str(arn), own.arn(request.topic)) for arn in topics}
        document = its.get("PolicyDocument", {}) if known else its
        if not isinstance(document, dict):
            document = UNKNOWN_DOCUMENT
        if are_its - {False}:
            yield _Policy(name, document, certain=True in are_its)


def _roles(values: Values, request: _Request, reader: Reader) -> Iterator[_Role]:
    """Yield the roles of the template that the publisher's can be."""
    arns = [request.publisher.role] if request.publisher.role else []
    for name, properties, _ in roles_at(values, arns):
        its = policies_of(values, name, properties)
        trust = reader.document(properties).get("AssumeRolePolicyDocument")
        yield _Role(
            name,
            trust if isinstance(trust, dict) else UNKNOWN_DOCUMENT,
            [reader.document(document) for document in its.documents + its.others],
            [reader.document(each) for each in its.boundaries if reader.is_there(each)],
        )


def _can_publish(request: _Request, world: _World) -> bool:
    """Return whether the service can publish to the topic, or nobody knows."""
    service = request.publisher.service
    if service == ALARMS and not any(policy.certain for policy in world.policies):
        return True  # SNS's default policy lets them
    if any(_allows(policy, request, world, {"Service": service}) for policy in world.policies):
        return True
    if request.publisher.role is None:
        return False
    return not world.roles or any(_acts(role, request, world) for role in world.roles)


def _allows(
    policy: _Policy,
    request: _Request,
    world: _World,
    principal: Mapping[str, str],
    *,
    owned: bool = False,
) -> bool:
    """Return whether the policy lets somebody publish to the topic, or nobody knows."""
    # Of the services, only alarms send the owner, which SNS's default policy asks for.
    owned = owned or request.publisher.service == ALARMS
    context: dict[str, str | list[str]] = {
        "aws:SourceArn": world.own.arn(request.publisher.name),
        "aws:SourceOwner": ACCOUNT if owned else [],
    }
    arn = world.own.arn(request.topic)
    answer = decide([policy.document], PUBLISH, arn, context, principal=principal)
    return answer is not Answer.DENIED


def _acts(role: _Role, request: _Request, world: _World) -> bool:
    """Return whether EventBridge can publish to the topic as the role, or nobody knows."""
    own = world.own
    arn = own.arn(role.name)
    trust = decide([own.within(role.trust)], "sts:AssumeRole", arn, principal={"Service": EVENTS})
    if trust is Answer.DENIED:
        return False
    documents, boundaries = own.within(role.documents), own.within(role.boundaries)
    answer = decide(documents, PUBLISH, own.arn(request.topic), boundaries=boundaries)
    if answer is not Answer.DENIED:
        return True
    return any(_allows(policy, request, world, {"AWS": arn}) for policy in world.policies)


def _fault(request: _Request, world: _World, given: Given) -> Problem:
    publisher, topic, _ = request
    service = publisher.service
    why = ""
    todo = f"add an AWS::SNS::TopicPolicy that allows {service} sns:Publish"
    certain = [policy for policy in world.policies if policy.certain]
    if certain:
        name = certain[0].name
        todo = f"allow {service} sns:Publish on this topic in {name!r}"
        if _allows(certain[0], request, world, {"Service": service}, owned=True):
            why = f" ({name!r} asks for AWS:SourceOwner, which {service} does not send)"
        elif service == ALARMS:
            why = f" ({name!r} replaces SNS's default policy, which lets alarms publish)"
    if publisher.role:
        why += ", and the role in RoleArn may not either"
        todo += ", and leave RoleArn out"
    return problem(
        publisher.topic,
        f"{publisher.what} names topic {topic!r}, but no policy in this template allows {service} "
        f"to publish to it{why}, so its messages are lost: {todo}",
        given,
        "policy",
    )


def _key_fault(values: Values, key: Case, given: Given, service: str) -> tuple[str, Given]:
    """Return why the service, WHO, cannot use the key, and what must be true; empty: it can."""
    todo = "WHO kms:GenerateDataKey* and kms:Decrypt"
    if (key.text or "").endswith("alias/aws/sns"):
        return (
            "is a key that AWS manages, which WHO cannot use, so the messages are lost: use a key "
            f"of your own whose policy allows {todo}"
        ), given
    for name, properties in _keys(values, key):
        merged = both(given, properties.given)
        worlds = [] if merged is None else _documents(values, properties, merged)
        for needs, its in worlds:
            policy = its.get("KeyPolicy", {}) if its != UNKNOWN_DOCUMENT else its
            answers = {
                decide([policy], action, unknown(name), principal={"Service": service})
                for action in USE_OF_KEY
                if isinstance(policy, dict)
            }
            if Answer.DENIED in answers and values.possible(needs):
                return (
                    f"is key {name!r}, whose policy does not allow WHO to use it, so the messages "
                    f"are lost: allow {todo} in KeyPolicy"
                ), needs
    return "", given


def _documents(values: Values, case: Case, given: Given) -> Iterable[tuple[Given, Any]]:
    return in_each_world(values, given, lambda reader: reader.document(case))


def _keys(values: Values, key: Case) -> Iterator[tuple[str, Case]]:
    """Yield the keys of the template that an id, an ARN or an alias can mean."""
    texts = {key.text or ""}
    for name, properties in values.of_type("AWS::KMS::Alias"):
        aliases = {alias.text for alias in values.at(properties, "AliasName")}
        if key.reference == (name, "") or key.text in aliases:
            texts |= {target.text or "" for target in values.at(properties, "TargetKeyId")}
    for name, properties in values.of_type(*KEYS):
        its = re.compile(rf"\$\{{{re.escape(name)}(\.\w+)?\}}$")
        if any(map(its.search, texts)):
            yield name, properties
