"""What the roles of a stack let AWS Backup do, and which roles they pass on."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from _backup.actions import COPYING, SEARCHING
from _backup.iam import Answer, Document, as_list, decide
from _backup.matching import like, unknown

from generator.protection.abilities import (
    ANY,
    BACKUP,
    COPY,
    EC2,
    EXPIRE,
    PAUSE_WINDOWS,
    REQUESTS,
    RESOURCES,
    RESTORE,
    VAULT,
    VSS,
    WITHOUT_ACCOUNT,
    Request,
)
from generator.protection.model import Ability, Role
from generator.protection.texts import Place, Stack, accounts, document_of, maps, text, texts

# AWS's own policies, and what they allow for every type.
_MANAGED = {
    "AWSBackupServiceRolePolicyForBackup": {BACKUP, COPY, EXPIRE},
    "AWSBackupServiceRolePolicyForRestores": {RESTORE},
}
_ALL: Document = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
_ATTACHED = {
    "AWS::IAM::Policy": "Roles",
    "AWS::IAM::ManagedPolicy": "Roles",
    "AWS::IAM::RolePolicy": "RoleName",
}
"""Resources that give roles a policy, and the property that names the roles."""


class Use(NamedTuple):
    """What selections do with a role."""

    searches: bool
    """Whether one of them does not name single resources."""
    copied_to: frozenset[str] = frozenset()
    """The ARNs of the vaults that their plans copy to."""
    taken: frozenset[tuple[str, str]] = frozenset()
    """Types of resources, and patterns of ARNs, that they take in part only."""
    pauses_windows: bool = False


# Of a role that no selection of the template names.
_NOT_USED = Use(searches=True)


def roles(stack: Stack, uses: Mapping[str, Use]) -> dict[str, Role]:
    """Return the roles of the stack by their ARN, as references to them give it.

    ``uses`` are by the ARN, too.
    """
    found = {}
    for name, properties in stack.of_type("AWS::IAM::Role"):
        arn = stack.attribute(name, "Arn")
        policies, kept = _policies(stack, name, properties)
        lacks, passes = _judged(json.dumps(policies), stack.place, uses.get(arn, _NOT_USED))
        trusted = _is_trusted(properties.get("AssumeRolePolicyDocument"), arn)
        found[arn] = Role(arn, trusted, lacks, passes, kept)
    return found


def _policies(
    stack: Stack, role: str, properties: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Return what there is to know of a role's policies, and whether it is kept with them."""
    made = {stack.ref(name): name for name, _ in stack.of_type("AWS::IAM::ManagedPolicy")}
    inline = properties.get("Policies", [])
    hidden = not isinstance(inline, list)
    managed: set[str] = set()
    named = set()
    for arn in texts(properties.get("ManagedPolicyArns")):
        beginning, _, name = arn.rpartition("/")
        if arn in made:
            named.add(made[arn])
        elif ":iam::aws:policy" in beginning and name in _MANAGED:
            managed |= _MANAGED[name]
        else:
            hidden = True
    beside = dict(_beside(stack, role, named))
    inline = [each.get("PolicyDocument") for each in maps(inline)]
    boundary = text(properties.get("PermissionsBoundary"))
    boundaries = [
        document_of(held.get("PolicyDocument"))
        for name, held in stack.of_type("AWS::IAM::ManagedPolicy")
        if name == made.get(boundary)
    ]
    return {
        "documents": [document_of(each) for each in [*inline, *beside.values()]],
        "boundaries": boundaries,
        "managed": sorted(managed),
        "hidden": hidden,
        "bounded": bool(boundary) and not boundaries,
    }, all(map(stack.is_kept, [role, *beside]))


def _beside(stack: Stack, role: str, named: set[str]) -> Iterator[tuple[str, Any]]:
    """Yield logical id and document of each resource that gives the role a policy.

    ``named`` are those that the role names.
    """
    for kind, key in _ATTACHED.items():
        for name, policy in stack.of_type(kind):
            if name in named or stack.ref(role) in texts(policy.get(key)):
                yield name, policy.get("PolicyDocument")


@lru_cache(maxsize=64)
def _judged(
    policies: str, place: Place, use: Use
) -> tuple[dict[Ability, tuple[str, ...] | None], frozenset[tuple[str, str]]]:
    """Return what a role lacks, and what it passes.

    Remembered, because most parameters change no policy.
    """
    judge = _Judge(place, **json.loads(policies))
    lacks = {ability: judge.lacks(ability, use) for ability in REQUESTS}
    return lacks, frozenset(judge.passes())


class _Judge:
    """Decides what policies allow."""

    def __init__(  # noqa: PLR0913 - what there is to know
        self,
        place: Place,
        *,
        documents: list[Document],
        boundaries: list[Document],
        managed: list[str],
        hidden: bool,
        bounded: bool,
    ) -> None:
        self._place = place
        self._documents = documents
        self._boundaries = boundaries
        self._managed = managed
        """The abilities that AWS's own policies give."""
        self._doubtful = {Answer.ALLOWED: bounded, Answer.DENIED: hidden}
        """Whether a boundary elsewhere may allow less, and a policy elsewhere more."""
        self._relevant: dict[str, tuple[list[Document], list[Document]]] = {}
        self._answers: dict[str, Answer] = {}

    def lacks(self, ability: Ability, use: Use) -> tuple[str, ...] | None:
        """Return the actions that an ability lacks; None: policies elsewhere decide it."""
        kind, does = ability
        requests = [*REQUESTS[ability]]
        if does == COPY:
            requests += [Request(COPYING[1], arn) for arn in sorted(use.copied_to) or [VAULT]]
        if does == BACKUP:
            requests += PAUSE_WINDOWS if use.pauses_windows and kind == EC2 else []
            asked = [one for each in requests for one in _as_used(each, kind, use)]
        else:
            asked = [[each] for each in requests]
        answers = [(each[0].action, self._answers_of(each, does)) for each in asked]
        denied = [action for action, answer in answers if answer is Answer.DENIED]
        if not denied and any(answer is Answer.UNKNOWN for _, answer in answers):
            return None
        return tuple(dict.fromkeys(denied))

    def _answers_of(self, same: list[Request], does: str) -> Answer:
        """Return the answer to requests that describe the same in several ways."""
        answers = [self._answer(each, does) for each in same]
        return next((each for each in answers if each is not Answer.UNKNOWN), Answer.UNKNOWN)

    def _answer(self, request: Request, does: str) -> Answer:
        is_managed = does in self._managed
        key = f"{request} {is_managed}"
        if key not in self._answers:  # many types ask the same
            answer = self._decide(request, [_ALL] if is_managed else [])
            self._answers[key] = Answer.UNKNOWN if self._doubtful.get(answer) else answer
        return self._answers[key]

    def _decide(self, request: Request, managed: list[Document]) -> Answer:
        documents, boundaries = self._about(request.action)
        return decide(
            [*documents, *managed],
            request.action,
            _arn(self._place, request.about),
            {**accounts(self._place), **request.context},
            boundaries=boundaries,
        )

    def _about(self, action: str) -> tuple[list[Document], list[Document]]:
        """Return documents and boundaries with the statements that can be about the action."""
        if action not in self._relevant:
            documents = (_only_about(each, action) for each in self._documents)
            self._relevant[action] = (
                [each for each in documents if each["Statement"]],
                [_only_about(each, action) for each in self._boundaries],
            )
        return self._relevant[action]

    def passes(self) -> Iterator[tuple[str, str]]:
        """Yield roles, or patterns, and the services that each may be passed to."""
        documents, boundaries = self._about("iam:PassRole")
        if RESTORE in self._managed:
            documents = [*documents, _passes_all(self._place)]
        for document in documents:
            for statement in document["Statement"]:
                if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
                    continue
                for service in _services(statement.get("Condition")):
                    # Without a condition, to any service; only EC2 matters.
                    context = {
                        "iam:PassedToService": "ec2.amazonaws.com" if service == "*" else service
                    }
                    for arn in map(str, as_list(statement.get("Resource", []))):
                        role = re.sub("[*?]+", unknown("a role"), arn)
                        # Another statement may be about some of the roles.
                        alone = [{**document, "Statement": [statement]}]
                        answers = [
                            decide(each, "iam:PassRole", role, context, boundaries=boundaries)
                            for each in (alone, documents)
                        ]
                        if Answer.DENIED not in answers:
                            yield arn, service


def _as_used(request: Request, kind: str, use: Use) -> Iterator[list[Request]]:
    """Yield what is asked about each of the resources that selections take.

    What is known of a resource is its ARN in the selection, and what type it is of.
    """
    if request.action in SEARCHING and not use.searches:
        return
    arns = sorted(arn for its, arn in use.taken if its == kind)
    if arns and request.about == RESOURCES[kind]:
        # A pattern stands for resources that nobody knows.
        item = unknown("an item", colons=False)
        for arn in arns:
            yield [request._replace(about=re.sub("[*?]+", item, arn)), request]
    else:
        yield [request]


def _only_about(document: Document, action: str) -> dict[str, Any]:
    statements = as_list(document.get("Statement", []))
    return {**document, "Statement": [each for each in statements if _can_be(each, action)]}


def _can_be(statement: Any, action: str) -> bool:
    """Return whether a statement can be about the action."""
    if not isinstance(statement, dict) or "Action" not in statement:
        return True
    patterns = (str(pattern).lower() for pattern in as_list(statement["Action"]))
    return any(like(pattern, action.lower()) is not False for pattern in patterns)


def _arn(place: Place, about: str) -> str:
    """Return the ARN of something that an action is about."""
    if about == ANY or about.startswith(("arn:", "\0")):
        return about
    service, _, beginning = about.partition(":")
    account = "" if about in WITHOUT_ACCOUNT else place.account
    rest = beginning if about == VSS else f"{beginning}{unknown('its id', colons=False)}"
    return f"arn:{place.partition}:{service}:{place.region}:{account}:{rest}"


def _is_trusted(document: Any, arn: str) -> bool | None:
    """Return whether AWS Backup may assume a role; what it sends besides is not documented."""
    answer = decide(
        [document_of(document)],
        "sts:AssumeRole",
        arn,
        principal={"Service": "backup.amazonaws.com"},
    )
    return None if answer is Answer.UNKNOWN else answer is Answer.ALLOWED


def _passes_all(place: Place) -> dict[str, Any]:
    """Return what AWS's policy for restores says about EC2; it says it of others, too."""
    return {
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": f"arn:{place.partition}:iam::*:role/*",
                "Condition": {"StringLike": {"iam:PassedToService": "ec2.amazonaws.com"}},
            }
        ]
    }


def _services(condition: Any) -> list[str]:
    """Return what a statement says about the service; ``*``: nothing."""
    block = condition if isinstance(condition, dict) else {}
    named = [
        str(service)
        for tests in block.values()
        if isinstance(tests, dict)
        for key, values in tests.items()
        if key.lower() == "iam:passedtoservice"
        for service in as_list(values)
    ]
    return named or ["*"]
