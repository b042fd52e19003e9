"""The command that prepares the restore of an instance, run on metadata as AWS returns it."""

import json
from pathlib import Path

import pytest

from tests.local_aws.faulty_proxy import Answer, Fault, Proxy
from tests.project.pages import OPERATIONS
from tests.support.cli_lines import blocks
from tests.support.shell import SHELLS, run

# In the form of those that public programs feed to a restore; every value is a string.
METADATA = {
    "CapacityReservationSpecification": '{"CapacityReservationPreference":"open"}',
    "CpuOptions": '{"CoreCount":1,"ThreadsPerCore":2}',
    "IamInstanceProfileName": "soca-mycluster-Scheduler",
    "InstanceType": "m5.large",
    "NetworkInterfaces": '[{"DeviceIndex":0,"NetworkInterfaceId":"eni-1","SubnetId":"subnet-1"}]',
    "Placement": '{"AvailabilityZone":"us-east-1a","GroupName":"","Tenancy":"default"}',
    "SecurityGroupIds": '["sg-1"]',
    "SubnetId": "subnet-1",
    "VpcId": "vpc-1",
}


def prepared(block: str, shell: str, endpoint_url: str, folder: Path) -> dict[str, str]:
    """Return what the block writes to restore.json."""
    body = json.dumps({"RestoreMetadata": METADATA}).encode()
    answer = Answer(200, {"Content-Type": "application/json"}, body)
    with Proxy(endpoint_url) as aws:
        aws.add(Fault(lambda exchange: exchange.send(answer), name="/restore-metadata"))
        run(block, shell, aws.url, folder)
    written: dict[str, str] = json.loads((folder / "restore.json").read_text("utf-8"))
    return written


@pytest.mark.parametrize("shell", SHELLS)
def test_an_instance_is_restored_without_the_old_interfaces_and_cpu_options(
    shell: str, endpoint_url: str, tmp_path: Path
) -> None:
    [block] = [
        "\n".join(lines)
        for _, lines in blocks(OPERATIONS.read_text("utf-8"))
        if "get-recovery-point-restore-metadata" in "\n".join(lines)
    ]
    metadata = prepared(block, shell, endpoint_url, tmp_path)
    assert metadata["NetworkInterfaces"] == "[]"
    assert metadata["CpuOptions"] == "{}"
    assert metadata["SubnetId"] != METADATA["SubnetId"]
    assert json.loads(metadata["SecurityGroupIds"]) != ["sg-1"]
    assert metadata["InstanceType"] == METADATA["InstanceType"]
    assert {type(value) for value in metadata.values()} == {str}
