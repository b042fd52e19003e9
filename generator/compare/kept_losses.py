"""What no longer outlives the stack, as far as the model of protection does not tell it."""

from collections.abc import Iterator
from typing import Any

from generator.cloudformation.read import Template
from generator.cloudformation.references import references
from generator.compare.change import ProtectionLoss
from generator.compare.data_loss import POLICIES, keeps, may_keep, stateful
from generator.protection.texts import VAULTS

_OUTLIVES = " no longer outlives the stack"
# What the model calls a resource, and the types of those that have to refer to it.
_OF_THE_MODEL: dict[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(VAULTS, ("the vault ", ())),
    "AWS::KMS::Key": ("the vault's key", VAULTS),
    "AWS::IAM::Role": ("the role", ("AWS::Backup::BackupSelection",)),
}


def kept_losses(
    old: Template, new: Template, told: list[ProtectionLoss]
) -> Iterator[ProtectionLoss]:
    """Yield what is no longer kept and is not among the losses that the model told."""
    sentences = [loss.sentence for loss in told if loss.sentence.endswith(_OUTLIVES)]
    for name, before in old.resources.items():
        after = new.resources.get(name)
        if (
            after is not None
            and any(may_keep(before.get(each)) and not keeps(after.get(each)) for each in POLICIES)
            and stateful(before)
            and not _is_told(name, before, (old, new), sentences)
        ):
            yield ProtectionLoss(f"{name} ({before['Type']}){_OUTLIVES}")


def _is_told(
    name: str, before: dict[str, Any], sides: tuple[Template, Template], sentences: list[str]
) -> bool:
    called, users = _OF_THE_MODEL.get(before["Type"], ("", ()))
    return (
        bool(called)
        and any(sentence.startswith(called) for sentence in sentences)
        # To the model, what was kept in one case alone was not kept.
        and all(may_keep(before.get(each)) for each in POLICIES)
        and all(not users or name in _used_by(side, users) for side in sides)
    )


def _used_by(template: Template, types: tuple[str, ...]) -> set[str]:
    return references(
        [each.get("Properties") for each in template.resources.values() if each["Type"] in types]
    )
