"""What is missing in vaults, and in what roles pass on, whoever fills the vaults."""

from collections.abc import Iterator, Sequence

from generator.protection.explain import Explanation
from generator.protection.gap import Gap, lacking
from generator.protection.model import Role, Vault
from generator.protection.vaults import NEEDED
from generator.protection.words import listed, named

KEYS = ("CreateVaultKmsKey", "VaultKmsKeyArn")

_PASSED = {
    "SchedulerIAMRoleArn": "A restored scheduler cannot have its role again",
    "ComputeNodeIAMRoleArn": "A restored instance cannot have the role of compute nodes again",
    "AdditionalInstanceRoleArns": "A restored login node or desktop cannot have its role again",
}
"""Parameters of our own templates, and what is missing while one is empty."""


def vaults_disabled(vaults: Sequence[Vault]) -> Iterator[Gap]:
    """Yield what policies of vaults and keys refuse to AWS Backup."""
    for vault in vaults:
        for action in NEEDED:
            if action in vault.denied:
                but = [named(arn, alone=True) for arn in sorted(vault.denied[action])]
                rest = f" but {listed(but)}" if but else ""
                yield Gap(f"The policy of {vault.name} denies {action} to everybody{rest}")
        if vault.key_refuses:
            text = "The policy of the vault's key does not let the account use it"
            yield lacking(text, vault.key_refuses)


def vaults_not_kept(vaults: Sequence[Vault]) -> Iterator[Gap]:
    """Yield what goes with the stack."""
    for vault in vaults:
        if not vault.kept:
            yield Gap(f"The vault {vault.name} is not kept when the stack goes")
        if vault.key_made and not vault.key_kept:
            yield Gap("The vault's key goes with the stack: then nobody can restore from the vault")


def vaults_not_guarded(vaults: Sequence[Vault], *, is_key_told: bool = False) -> Iterator[Gap]:
    """Yield what keeps nobody from deleting backups, and whose key it is, unless that is told."""
    for vault in vaults:
        if not vault.made:
            continue
        if vault.lock is None:
            yield Gap("No lock keeps an administrator from deleting backups", ("VaultLock",))
        if "backup:DeleteRecoveryPoint" not in vault.denied:
            text = "The vault's policy denies nobody the deletion of backups"
            yield Gap(text, ("DenyRecoveryPointDeletion",))
        if not vault.key and not is_key_told:
            text = "AWS manages the key of the vault, whose policy cannot be changed"
            yield Gap(text, KEYS)


def not_passed(explanation: Explanation, roles: Sequence[Role]) -> Iterator[Gap]:
    """Yield the roles of instances that the roles of AWS Backup do not pass on."""
    for name, text in _PASSED.items():
        if explanation.values.get(name) == "":
            yield Gap(text, (name,))
    ours = _PASSED.keys() & explanation.template.parameters.keys()
    if roles and not ours and not any(role.passes for role in roles):
        yield Gap("No restored instance can have its role again")
