"""An update is foreseen from AWS's own schemas."""

from typing import Any

import pytest

from tests.local_aws.errors import RefusedError
from tests.local_aws.samples import BACKUP, PLAN, SELECTION, VAULT, edited
from tests.support.changes import Change, changes, create_only_properties


def template(**resources: Any) -> dict[str, Any]:
    kept = {**BACKUP["Resources"], **resources}
    return {**BACKUP, "Resources": {name: one for name, one in kept.items() if one}}


SAME = dict.fromkeys(BACKUP["Resources"], Change("unchanged"))


def test_the_same_template_changes_nothing() -> None:
    assert changes(BACKUP, BACKUP) == SAME


def test_a_parameter_updates_what_uses_it_in_place() -> None:
    found = changes(BACKUP, BACKUP, {"Days": 30}, {"Days": 31})
    assert found == {**SAME, "Plan": Change("updated", ("BackupPlan",))}


def test_a_replaced_vault_changes_the_plan_that_names_it() -> None:
    found = changes(BACKUP, template(Vault=edited(VAULT, BackupVaultName="Vault-y")))
    assert found == {
        **SAME,
        "Vault": Change("replaced", ("BackupVaultName",)),
        "Plan": Change("updated", ("BackupPlan",)),
    }


def test_replacement_goes_on_through_what_it_replaces() -> None:
    """The role is replaced, so the selection is: its whole BackupSelection is createOnly."""
    role = {**BACKUP["Resources"]["Role"]}
    found = changes(BACKUP, template(Role=edited(role, Path="/x/")))
    assert found["Role"] == Change("replaced", ("Path",))
    assert found["Selection"] == Change("replaced", ("BackupSelection",))
    assert found["Plan"] == found["Vault"] == Change("unchanged")


def test_tags_are_updated_in_place() -> None:
    found = changes(BACKUP, template(Vault=edited(VAULT, BackupVaultTags={"a": "c"})))
    assert found["Vault"] == Change("updated", ("BackupVaultTags",))


def test_added_and_removed() -> None:
    found = changes(BACKUP, template(Selection=None, Other=VAULT))
    assert (found["Selection"].kind, found["Other"].kind) == ("removed", "added")


def test_a_condition_that_turns_false_removes() -> None:
    conditional = {
        **template(Selection={**SELECTION, "Condition": "Keep"}),
        "Conditions": {"Keep": {"Fn::Equals": [{"Ref": "Days"}, 30]}},
    }
    found = changes(conditional, conditional, {}, {"Days": 31})
    assert found["Selection"] == Change("removed")


def test_another_type_under_the_same_name_is_refused() -> None:
    with pytest.raises(RefusedError, match="type is not permitted: Vault"):
        changes(BACKUP, template(Vault=PLAN, Plan=None, Selection=None))


@pytest.mark.parametrize(
    ("resource_type", "path"),
    [
        ("AWS::Backup::BackupVault", ["EncryptionKeyArn"]),
        ("AWS::Backup::BackupSelection", ["BackupSelection"]),
        ("AWS::IAM::Role", ["RoleName"]),
        ("AWS::EC2::Instance", ["InstanceType"]),
    ],
)
def test_the_schemas_say_what_cannot_be_updated(resource_type: str, path: list[str]) -> None:
    assert path in create_only_properties(resource_type, "us-east-1")
    assert create_only_properties("AWS::Backup::BackupPlan", "us-east-1") == []
