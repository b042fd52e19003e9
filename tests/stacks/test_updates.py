"""What an update of a companion's parameter replaces: nothing, but for what is named here."""

import pytest

from tests.local_aws.errors import RefusedError
from tests.support.changes import Kind, changes
from tests.support.generated import COPIES, TESTS, all_on, completed, template
from tests.support.parameter_values import COMPANIONS, VALUES

REPLACED = {
    # Another address is another subscription; so is another topic.
    "NotificationEmail": {"SOCABackupAlertsSubscription"},
    "NotificationTopicArn": {"SOCABackupAlertsSubscription"},
    # A group cannot move; its selection is then updated.
    "TestVpcId": {"SOCARestoreTestSecurityGroup"},
}
# Everything is named after the one; the other changes nothing by itself.
NO_UPDATE = {"ClusterId", "VaultLockConfirmation"}
# What is refused without the parameter goes with it.
GOES_WITH = {"TestEC2": {"TestVpcId": "", "TestSubnetId": ""}}


def _update(of: str, before: dict[str, str], after: dict[str, str]) -> dict[str, Kind]:
    """Return what the update does to each resource that does not stay as it is."""
    parameters = completed(of, before), completed(of, after)
    found = changes(template(of), template(of), *parameters)
    return {name: change.kind for name, change in found.items() if change.kind != "unchanged"}


@pytest.mark.parametrize(
    ("of", "name"),
    [
        (of, name)
        for of in (COPIES, TESTS)
        for name in template(of)["Parameters"]
        if name not in NO_UPDATE
    ],
)
def test_a_parameter_is_changed_in_place(of: str, name: str) -> None:
    """From and to each of its values, with everything else on or off."""
    kinds: dict[str, set[str]] = {}
    for base in ({}, all_on(of)):
        for value in {**VALUES, **COMPANIONS}[name].good:
            other = {**base, **GOES_WITH.get(name, {}), name: value}
            try:
                made = (_update(of, base, other), _update(of, other, base))
            except RefusedError:
                continue  # the values do not go together
            for resource, kind in (*made[0].items(), *made[1].items()):
                kinds.setdefault(kind, set()).add(resource)
    assert kinds
    assert kinds.get("replaced", set()) == REPLACED.get(name, set())
