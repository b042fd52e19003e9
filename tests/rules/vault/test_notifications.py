"""E9521: events in vault notifications."""

from typing import Any

import botocore.session
import pytest

from tests.rules.support import agree, found, template, vault


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "S3_BACKUP_OBJECT_FAILED"], []),
        (["EKS_RESTORE_OBJECT_FAILED", "ACCESS_POINT_SOMETHING"], []),
        (["BACKUP_JOB_FAILED"], ["State attribute is then FAILED"]),
        (["BACKUP_JOB_EXPIRED"], ["State attribute is then EXPIRED"]),
        (["BACKUP_PLAN_CREATED"], ["'Backup Plan State Change'"]),
        (["backup_job_completed"], ["is not an event of AWS Backup"]),
        ([{"Ref": "Given"}], []),
        ({"Ref": "List"}, ["'BACKUP_JOB_FAILED' (default of parameter 'List')"]),
        ({"Ref": "Nobody"}, []),
        ([{"Fn::If": ["Never", "BACKUP_JOB_FAILED", "COPY_JOB_FAILED"]}], []),
    ],
)
def test_events(events: Any, expected: list[str]) -> None:
    whole = template(
        Vault=vault(Notifications={"SNSTopicArn": "x", "BackupVaultEvents": events}),
        Parameters={
            "Given": {"Type": "String"},
            "List": {
                "Type": "CommaDelimitedList",
                "Default": "BACKUP_JOB_COMPLETED, BACKUP_JOB_FAILED",
            },
        },
        Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
    )
    agree(found("E9521", whole), expected)


def test_every_event_that_the_api_knows_is_sent_or_deprecated() -> None:
    """Whichever event AWS adds next, this test names it before a user's template is refused."""
    model = botocore.session.get_session().get_service_model("backup")
    events: list[str] = model.shape_for("BackupVaultEvent").metadata["enum"]
    for event in events:
        properties = {"SNSTopicArn": "x", "BackupVaultEvents": [event]}
        for message in found("E9521", template(Vault=vault(Notifications=properties))):
            assert "is deprecated" in message
