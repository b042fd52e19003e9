"""Pages of our template and of a small one of others, in forms that tests can look into."""

import re
from datetime import date
from functools import cache

from generator.cloudformation.read import Template, parse
from generator.protection import page
from generator.protection.explain import Explanation, explain
from tests.support.generated import text
from tests.support.parameter_values import CLUSTER

DATE = date(2026, 11, 25)


@cache
def ours() -> Template:
    return parse("t", text())


def explained(**given: str) -> Explanation:
    return explain(ours(), {"ClusterId": CLUSTER, **given}, DATE)


def of_others(source: str, **given: str) -> str:
    return page.as_text(explain(parse("t", source), given, DATE))


def by_heading(explanation: Explanation) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    for line in page.answers(explanation):
        heading = line[:16].strip()
        if heading:
            sections[heading] = []
        [*sections.values()][-1].append(line[16:])
    return sections


OTHERS = """\
Parameters:
  Days: {Type: Number}
  Secret: {Type: String, NoEcho: true, Default: hush}
Conditions:
  InParis: !Equals [!Ref AWS::Region, eu-west-3]
  Idle: !Equals [!Ref AWS::Region, us-east-1]
  InChina: !Equals [!Ref AWS::Partition, aws-cn]
Resources:
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: p
        BackupPlanRule:
          - RuleName: "daily\\e[31m"
            TargetBackupVault: Default
            ScheduleExpression: !If [InParis, cron(0 1 * * ? *), cron(0 5 1 JAN ? *)]
            Lifecycle: {DeleteAfterDays: !Ref Days}
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: s
        IamRoleArn: arn:aws:iam::111122223333:role/backup
        ListOfTags:
          - {ConditionType: STRINGEQUALS, ConditionKey: backup, ConditionValue: !Ref Secret}
"""


ROLE = """\
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: SERVICE}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Effect: Allow, Action: "ec2:*", Resource: "*"}]}
"""


def with_role(service: str, taken: str) -> str:
    source = OTHERS + ROLE.replace("SERVICE", service)
    source = source.replace("arn:aws:iam::111122223333:role/backup", "!GetAtt Role.Arn")
    return re.sub(r"ListOfTags:\n.*", f"Resources: {taken}", source)
