"""Whether the backup role may use the keys that encrypt the cluster's data and its backups."""

from collections.abc import Iterable, Iterator
from functools import partial

from _backup.iam import Answer, decide
from _backup.matching import unknown

from generator.live import checks
from generator.live.carriers import FILE_SYSTEMS, FSX, FSX_VOLUMES, VOLUMES, carriers
from generator.live.errors import NotAnsweredError
from generator.live.facts import Facts
from generator.live.once import answered
from generator.live.reading import name_in, side_by_side
from generator.live.resource_facts import Key
from generator.protection.abilities import REQUESTS, RESTORE, Request
from generator.protection.texts import accounts

_ENABLED, _DISABLED, _TO_BE_DELETED = "Enabled", "Disabled", "PendingDeletion"


def why_unusable(arn: str, types: Iterable[str], facts: Facts) -> str:
    """Return why a key is of no use to the role, for backups of these types; empty: it is.

    What the role's own policies say is compared with the template elsewhere. Raises
    NotAnsweredError if AWS does not say it, or if nobody can know.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    """
    key = facts.key(arn)
    if key is None:
        return "does not exist"
    state = str(key.metadata.get("KeyState", ""))
    if state != _ENABLED:
        return f"cannot be used (its state is {state})"
    if key.is_awss:  # whoever may use the service may use it
        return ""
    if key.policy is None:
        raise NotAnsweredError(
            f"whether the role may use the key {arn} is known only in the account {key.account}: "
            "check the key's policy there"
        )
    answers = {each.action: _answer(key, each, facts) for each in _requests(types)}
    denied = [action for action, answer in answers.items() if answer is Answer.DENIED]
    if denied:
        return f"has a policy that does not let the role use it ({checks.named(denied)})"
    if Answer.UNKNOWN in answers.values():
        raise NotAnsweredError(
            f"whether the policy of the key {arn} lets the role use it depends on a condition that "
            "cannot be checked from here: check the policy"
        )
    return ""


def remedy(arn: str, facts: Facts, otherwise: str) -> str:
    """Return the command that makes an unusable key usable again; of most, what is given.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html
    """
    key = facts.key(arn)
    state = key.metadata.get("KeyState") if key else ""
    if key and key.account != facts.place.account:  # its own account alone can do that
        return otherwise
    its = ("--key-id", name_in(arn))
    enable = facts.command("aws", "kms", "enable-key", *its)
    if state == _TO_BE_DELETED:  # then it is disabled
        keep = facts.command("aws", "kms", "cancel-key-deletion", *its)
        return f"{keep} && {enable}"
    return enable if state == _DISABLED else otherwise


def users_of_keys(facts: Facts) -> dict[str, tuple[set[str], list[str]]]:
    """Return the types and the names of what each key encrypts, by the ARN of the key."""
    found: dict[str, tuple[set[str], list[str]]] = {}

    def add(key: str | None, kind: str, name: str) -> None:
        if key:
            types, users = found.setdefault(key, (set(), []))
            types.add(kind)
            users.append(name)

    for volume, its in facts.volumes.items():
        add(its.get("KmsKeyId"), VOLUMES, volume)
    for carrier in carriers(facts):
        if carrier.type == FILE_SYSTEMS:
            add(facts.efs.get(carrier.arn, {}).get("KmsKeyId"), FILE_SYSTEMS, str(carrier))
        elif carrier.type in (FSX, FSX_VOLUMES):
            its = facts.fsx_volumes.get(carrier.arn, {})
            of = [
                each
                for each in facts.fsx_file_systems.values()
                if each["ResourceARN"] == carrier.arn
                or each["FileSystemId"] == its.get("FileSystemId")
            ]
            for each in of:
                add(each.get("KmsKeyId"), carrier.type, str(carrier))
    return found


def ask_for_keys(facts: Facts) -> None:
    """Ask for all keys side by side, for what asks for one after the other later."""
    found = [*users_of_keys(facts)]
    if checks.known(lambda: facts.vault) and (key := facts.vault.get("EncryptionKeyArn")):
        found.append(key)
    side_by_side(answered, [partial(facts.key, arn) for arn in dict.fromkeys(found)])


def _requests(types: Iterable[str]) -> Iterator[Request]:
    """Yield what a restore of these types asks of a key."""
    for name in types:
        for request in REQUESTS.get((name, RESTORE), []):
            if request.action.startswith("kms:"):
                yield request


def _answer(key: Key, request: Request, facts: Facts) -> Answer:
    """Return the answer of the key's policy to a request of the role."""
    region = unknown("AWS::Region")
    context = {
        name: value.replace(region, facts.place.region) if isinstance(value, str) else value
        for name, value in request.context.items()
    }
    its = {**accounts(facts.place), "kms:CallerAccount": facts.place.account, **context}
    principal = {"AWS": facts.role_arn}
    return decide([key.policy or {}], request.action, key.arn, its, principal=principal)
