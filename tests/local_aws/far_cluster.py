"""A large cluster that is far away: each answer takes 100 ms longer. For measuring."""

import logging
import sys
from contextlib import ExitStack
from typing import NamedTuple

from moto.server import ThreadedMotoServer

from tests.local_aws.cluster import AGE, NAME, Cluster, healthy_cluster
from tests.local_aws.cluster_parts import IMAGE, as_list, tags
from tests.local_aws.far_s3 import LATENCY_SECONDS
from tests.local_aws.history import Tagged
from tests.local_aws.local_aws import ACCOUNT

NIGHTS = 50


class Size(NamedTuple):
    """How many of each type carry the tag."""

    instances: int = 100
    volumes: int = 50
    file_systems: int = 30
    fsx: int = 20


USUAL = Size()


class FarCluster:
    """The cluster, until the process ends, and the command that inspects it.

    With the usual size there are 200 resources, 10,000 recovery points and 6,000 jobs. What was
    answered once is given again, so that the first inspection pays for making the answers.
    """

    def __init__(self, size: Size = USUAL) -> None:
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        made = healthy_cluster(f"http://{host}:{port}", RetentionDays=str(NIGHTS))
        self._open = ExitStack()  # what it holds would end with it
        self.cluster = self._open.enter_context(made)
        grow(self.cluster, size)
        self.cluster.front.latency_seconds = LATENCY_SECONDS
        self.cluster.front.remembers = True

    def forget(self) -> None:
        """Forget the requests so far."""
        self.cluster.front.seen.clear()

    def inspect(self, stack: str = NAME) -> tuple[str, ...]:
        """Return the command that inspects a stack, the cluster's main one."""
        variables = (f"{name}={value}" for name, value in self.cluster.environment.items())
        return ("env", *variables, sys.executable, "build.py", "inspect", stack)


def grow(cluster: Cluster, size: Size) -> None:
    """Let so many resources of the cluster carry the tag, the present ones among them."""
    there = [each.kind for each in cluster.resources]
    names = {
        kind: [f"{kind}-{number}" for number in range(number - there.count(kind))]
        for kind, number in zip(("EC2", "EBS", "EFS", "FSx"), size, strict=True)
    }
    new = [Tagged("EC2", _instance(cluster, name), name) for name in names["EC2"]]
    new += [Tagged("EBS", _volume(cluster, name), name) for name in names["EBS"]]
    new += [Tagged("EFS", _file_system(cluster, name), name) for name in names["EFS"]]
    new += [
        Tagged("FSx", cluster.add_fsx("LUSTRE", tags(name))["ResourceARN"], name)
        for name in names["FSx"]
    ]
    cluster.set_age(AGE)
    cluster.resources += new
    cluster.add_points(*new)


def _instance(cluster: Cluster, name: str) -> str:
    profile = {"Name": cluster.main.resources["SchedulerProfile"]}
    [made] = cluster.aws.client("ec2").run_instances(
        ImageId=IMAGE,
        MinCount=1,
        MaxCount=1,
        IamInstanceProfile=profile,
        TagSpecifications=[{"ResourceType": "instance", "Tags": as_list(tags(name))}],
    )["Instances"]
    return f"arn:aws:ec2:{cluster.aws.region}:{ACCOUNT}:instance/{made['InstanceId']}"


def _volume(cluster: Cluster, name: str) -> str:
    made = cluster.aws.client("ec2").create_volume(
        AvailabilityZone=f"{cluster.aws.region}a",
        Size=10,
        Encrypted=True,
        KmsKeyId=cluster.key,
        TagSpecifications=[{"ResourceType": "volume", "Tags": as_list(tags(name))}],
    )
    return f"arn:aws:ec2:{cluster.aws.region}:{ACCOUNT}:volume/{made['VolumeId']}"


def _file_system(cluster: Cluster, name: str) -> str:
    made = cluster.aws.client("efs").create_file_system(
        CreationToken=name, Encrypted=True, KmsKeyId=cluster.key, Tags=as_list(tags(name))
    )
    arn: str = made["FileSystemArn"]
    return arn
