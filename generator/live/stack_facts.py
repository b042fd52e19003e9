"""What AWS says about a backup stack: its template, its plan, its vault, its role, its alerts."""

import contextlib
import json
import shlex
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from generator.cloudformation.read import Template, parse
from generator.live.account import Account
from generator.live.errors import NotAnsweredError, NotThereError
from generator.live.once import Once, fact
from generator.live.reading import Data, by_key, document, name_in, side_by_side
from generator.protection.model import HIDDEN
from generator.protection.texts import Place

TAG_KEYS = ("soca:BackupPlan", "edh:BackupPlan")
"""What SOCA tags with before and since 26.4.0."""


@dataclass
class StackFacts:
    """The facts about one backup stack, which DescribeStacks has described."""

    account: Account
    stack: Data
    now: datetime
    hours: int | None = None
    """How far back jobs are looked at; None: as long as the worst loss, plus two."""
    once: Once = field(default_factory=Once)
    """The answers."""

    @cached_property
    def place(self) -> Place:
        """Where the stack is."""
        _, partition, _, region, account, _ = str(self.stack["StackId"]).split(":", 5)
        return Place(partition, region, account)

    def command(self, *words: str) -> str:
        """Return a command of the AWS CLI that can be copied, whatever its words hold."""
        profile = self.account.profile
        where = ["--region", self.place.region, *(["--profile", profile] if profile else [])]
        return shlex.join([*words, *where])

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The parameters of the stack."""
        return {
            each["ParameterKey"]: each.get("ResolvedValue", each.get("ParameterValue", ""))
            for each in self.stack.get("Parameters", [])
        }

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The outputs of the stack."""
        return {each["OutputKey"]: each["OutputValue"] for each in self.stack.get("Outputs", [])}

    @property
    def cluster(self) -> str:
        """The ID of the cluster, which is the value of the tag."""
        return self._shown("ClusterId", "")

    @property
    def tag_key(self) -> str:
        """The key of the tag that marks a resource for backup."""
        tag = self.outputs.get("BackupTag", "").removesuffix(f"={self.cluster}")
        return self._shown("BackupTagKey", tag or TAG_KEYS[0])

    def _shown(self, name: str, default: str) -> str:
        self.check_shown(name)
        return self.parameters.get(name) or default

    def check_shown(self, *names: str) -> None:
        """Raise NotAnsweredError if the stack hides one of the parameters."""
        for name in names:
            if self.parameters.get(name) == HIDDEN:
                raise NotAnsweredError(f"the stack does not show its parameter {name} (NoEcho)")

    @cached_property
    def vault_name(self) -> str:
        """The vault that holds the backups."""
        return self.outputs["BackupVaultName"]

    @cached_property
    def vault_arn(self) -> str:
        """Its ARN."""
        place = self.place
        return (
            f"arn:{place.partition}:backup:{place.region}:{place.account}:backup-vault:"
            f"{self.vault_name}"
        )

    @cached_property
    def role_arn(self) -> str:
        """The role for backup and restore."""
        return self.outputs["BackupRoleArn"]

    @cached_property
    def topic_arn(self) -> str:
        """The topic that receives alerts; empty: there is none."""
        arn = self.outputs.get("AlertTopicArn", "none")
        return "" if arn == "none" else arn

    @fact
    def template(self) -> Template:
        """The deployed template."""
        stack = self.stack["StackId"]
        answer = self.account.ask("cloudformation.GetTemplate", StackName=stack)
        body = answer["TemplateBody"]  # the SDK reads JSON
        text = body if isinstance(body, str) else json.dumps(body, default=str)
        return parse(self.stack["StackName"], text)

    @fact
    def stack_resources(self) -> list[Data]:
        """The resources of the stack, of which DescribeStackResources would tell 100 at most."""
        return self.account.pages(
            "cloudformation.ListStackResources",
            "StackResourceSummaries",
            StackName=self.stack["StackId"],
        )

    def physical_ids(self, kind: str) -> list[str]:
        """Return the physical ids of the stack's resources of a type."""
        return [
            each["PhysicalResourceId"]
            for each in self.stack_resources
            if each["ResourceType"] == kind and each.get("PhysicalResourceId")
        ]

    # What makes the backups.

    @fact
    def plan(self) -> Data:
        """The plan, with its next ten runs."""
        plan = self.outputs["BackupPlanId"]
        answer = self.account.ask(
            "backup.GetBackupPlan", BackupPlanId=plan, MaxScheduledRunsPreview=10
        )
        if answer.get("DeletionDate"):  # AWS Backup remembers it
            raise NotThereError(f"the plan {plan} is deleted", "")
        return answer

    @fact
    def selections(self) -> list[Data]:
        """The resource assignments of the plan."""
        plan = self.outputs["BackupPlanId"]
        listed = self.account.pages(
            "backup.ListBackupSelections", "BackupSelectionsList", BackupPlanId=plan
        )
        return [
            answer["BackupSelection"]
            for answer in side_by_side(
                lambda its: self.account.ask(
                    "backup.GetBackupSelection", BackupPlanId=plan, SelectionId=its["SelectionId"]
                ),
                listed,
            )
        ]

    @fact
    def vault(self) -> Data:
        """The vault; of one that does not exist, AWS Backup says that it is denied."""
        name = self.vault_name
        try:
            return self.account.ask("backup.DescribeBackupVault", BackupVaultName=name)
        except NotAnsweredError as error:
            if error.action:
                with contextlib.suppress(NotAnsweredError):
                    listed = self.account.pages("backup.ListBackupVaults", "BackupVaultList")
                    if name not in {each["BackupVaultName"] for each in listed}:
                        raise NotThereError(f"there is no vault {name}", "") from error
            raise

    @fact
    def vault_policy(self) -> str | None:
        """The access policy of the vault; None: it has none."""
        try:
            answer = self.account.ask(
                "backup.GetBackupVaultAccessPolicy", BackupVaultName=self.vault_name
            )
        except NotThereError:
            return None
        return str(answer.get("Policy", "")) or None

    @fact
    def role(self) -> Data:
        """The role."""
        found: Data = self.account.ask("iam.GetRole", RoleName=name_in(self.role_arn))["Role"]
        return found

    @fact
    def role_policies(self) -> dict[str, Data]:
        """The role's own policies, by name."""
        role = name_in(self.role_arn)
        names = self.account.pages("iam.ListRolePolicies", "PolicyNames", RoleName=role)
        answers = side_by_side(
            lambda name: self.account.ask("iam.GetRolePolicy", RoleName=role, PolicyName=name),
            names,
        )
        return {each["PolicyName"]: each["PolicyDocument"] for each in answers}

    @fact
    def attached_policies(self) -> list[str]:
        """The ARNs of the policies that are attached to the role."""
        return [
            each["PolicyArn"]
            for each in self.account.pages(
                "iam.ListAttachedRolePolicies",
                "AttachedPolicies",
                RoleName=name_in(self.role_arn),
            )
        ]

    @fact
    def managed_policies(self) -> dict[str, Data]:
        """The policies that are attached to the role, and its boundary, by ARN."""
        boundary = self.role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")

        def asked(arn: str) -> Data:
            policy = self.account.ask("iam.GetPolicy", PolicyArn=arn)["Policy"]
            version = policy["DefaultVersionId"]
            answer = self.account.ask("iam.GetPolicyVersion", PolicyArn=arn, VersionId=version)
            found: Data = document(answer["PolicyVersion"]["Document"])
            return found

        return by_key(asked, [*self.attached_policies, *filter(None, [boundary])])

    @fact
    def region_settings(self) -> Data:
        """Which types the region is opted in to."""
        answer = self.account.ask("backup.DescribeRegionSettings")
        found: Data = answer.get("ResourceTypeOptInPreference", {})
        return found

    # Who hears of it.

    @fact
    def topic(self) -> Data:
        """The attributes of the topic."""
        answer = self.account.ask("sns.GetTopicAttributes", TopicArn=self.topic_arn)
        found: Data = answer["Attributes"]
        return found

    @fact
    def subscriptions(self) -> list[Data]:
        """The subscriptions to the topic."""
        return self.account.pages(
            "sns.ListSubscriptionsByTopic", "Subscriptions", TopicArn=self.topic_arn
        )

    @fact
    def event_rules(self) -> dict[str, tuple[Data, list[Data]] | None]:
        """The stack's rules of EventBridge, each with its targets, by name; None: it is gone."""

        def asked(name: str) -> tuple[Data, list[Data]] | None:
            try:
                rule = self.account.ask("events.DescribeRule", Name=name)
                targets = self.account.pages("events.ListTargetsByRule", "Targets", Rule=name)
            except NotThereError:
                return None
            return rule, targets

        return by_key(asked, self.physical_ids("AWS::Events::Rule"))

    @fact
    def alarms(self) -> list[Data]:
        """The stack's alarms that are there."""
        names = self.physical_ids("AWS::CloudWatch::Alarm")
        if not names:
            return []
        return self.account.pages("cloudwatch.DescribeAlarms", "MetricAlarms", AlarmNames=names)
