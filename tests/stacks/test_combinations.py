"""Whatever is chosen together deploys and lints, or is refused by the sentence that says why."""

import json
from typing import Any

import pytest

from generator.lint import findings
from generator.stacks import TEMPLATES
from tests.local_aws.errors import RefusedError
from tests.local_aws.evaluation import Resolved
from tests.support.combinations import (
    NOT_CONFIRMED,
    REFUSALS,
    Row,
    entangled,
    forbidden,
    free_pairs,
    pairs,
    switches,
)
from tests.support.generated import COPIES, TESTS, as_template, resolved, template, without_rules
from tests.support.parameter_values import ACCOUNT


@pytest.mark.parametrize("of", TEMPLATES)
def test_every_pair_deploys_or_is_refused_and_the_sentence_says_why(of: str) -> None:
    """And so does every combination of the parameters that the refusals are about."""
    alone = set()
    for given in (*pairs(of), *free_pairs(of), *entangled(of)):
        why = forbidden(given, of)
        if not why:
            resolved(of=of, **given)
            continue
        with pytest.raises(RefusedError) as refusal:
            resolved(of=of, **given)
        assert any(sentence in str(refusal.value) for sentence in why), given
        alone |= why if len(why) == 1 else set()
    assert alone == set(REFUSALS[of])
    assert len(REFUSALS[of]) == len(template(of)["Rules"])


@pytest.mark.parametrize("of", TEMPLATES)
def test_every_pair_lints(of: str) -> None:
    """As a template without conditions, in the regions of its types.

    The one finding is about what was asked for: a lock that nobody can lift.
    """
    for given in switches(of):
        made = resolved(of=of, **given)
        found = {
            str(finding)
            for finding in findings(json.dumps(as_template(of, made), indent=1))
            if not finding.rule.startswith("I") and finding.rule != "W9514"
        }
        assert found == set(), given


# Nested stacks may not evaluate rules: then the safer reading deploys.


def test_every_reading_of_copies_is_the_safer_one() -> None:
    for given in (*pairs(COPIES), *free_pairs(COPIES)):
        made = without_rules(of=COPIES, **given)
        assert set(made.types) == _resources_of_copies(given)
        assert (made.outputs["RestoreRoleArn"] == "none") == (given["CreateRestoreRole"] == "no")
        if given["ExistingVaultName"]:
            assert made.outputs["VaultManagedByStack"] == "no"
            continue
        vault = made.resources["SOCABackupVault"]
        mode = given["VaultLock"]
        confirmed = mode == "compliance" and NOT_CONFIRMED not in forbidden(given, COPIES)
        lock = vault.get("LockConfiguration", {})
        assert ("MinRetentionDays" in lock) == (mode != "none")
        assert ("ChangeableForDays" in lock) == confirmed
        assert "MaxRetentionDays" not in lock
        effects = [one["Effect"] for one in vault.get("AccessPolicy", {}).get("Statement", [])]
        accepts = ["Allow"] if given["SourceAccountId"] else []
        denies = ["Deny"] if given["DenyRecoveryPointDeletion"] == "yes" else []
        assert effects == accepts + denies
        assert _accounts(made) == {ACCOUNT} | (
            {given["SourceAccountId"]} - {""} if given["AllowCopyBack"] == "yes" else set()
        )


def _accounts(made: Resolved) -> set[str]:
    """Return who is named in the key's policy."""
    statements: list[dict[str, Any]] = made.resources["SOCABackupVaultKey"]["KeyPolicy"][
        "Statement"
    ]
    return {statement["Principal"]["AWS"] for statement in statements}


def _resources_of_copies(given: Row) -> set[str]:
    email, topic = given["NotificationEmail"], given["NotificationTopicArn"]
    expected = set()
    if not given["ExistingVaultName"]:
        expected |= {"SOCABackupVault", "SOCABackupVaultKey", "SOCABackupVaultKeyAlias"}
    if given["CreateRestoreRole"] == "yes":
        expected |= {"SOCAAWSBackupRestoreRole"}
    if email or topic:
        expected |= {"SOCABackupJobAlert", "SOCABackupExpired"}
    if email:
        expected |= {"SOCABackupAlertsSubscription"}
    if email and not topic:
        expected |= {"SOCABackupAlertsTopic", "SOCABackupAlertsTopicPolicy"}
    return expected


def test_every_reading_of_restore_tests_is_the_safer_one() -> None:
    for given in (*pairs(TESTS), *free_pairs(TESTS)):
        made = without_rules(of=TESTS, **given)
        place = given["TestVpcId"] and given["TestSubnetId"]
        tested = [kind for kind in ("EFS", "EBS", "EC2") if given[f"Test{kind}"] == "yes"]
        tested = [kind for kind in tested if kind != "EC2" or place]
        group = {"SOCARestoreTestSecurityGroup"} if "EC2" in tested else set()
        selections = {f"SOCARestoreTesting{kind}" for kind in tested}
        assert set(made.types) == {"SOCARestoreTestingPlan"} | selections | group
        assert made.outputs["TestedTypes"] == " ".join(["tested:", *tested])
