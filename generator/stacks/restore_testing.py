"""The template of restore tests, beside the backup stack: its parts, in their order."""

from troposphere import GetAtt, Output, Ref, Template

from generator import VERSION
from generator.stacks import cluster, console_urls, outputs
from generator.stacks.declarations import declare
from generator.stacks.parts import restore_tests

DESCRIPTION = (
    "(SO0072) - Scale-Out Computing on AWS: AWS Backup restores a cluster's backups regularly, to "
    f"test them, and deletes the result. Template version {VERSION}"
)


def template() -> Template:
    """Return the template of restore tests.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
    """
    made = declare(
        DESCRIPTION,
        [
            cluster.cluster_id(
                "It names the plan, in which - becomes _: of the clusters a-b and a_b only one can "
                "have such a stack"
            ),
            *restore_tests.DECLARED,
            *console_urls.DECLARED,
        ],
    )

    the_plan = restore_tests.plan()
    the_group = restore_tests.security_group()
    for resource in (the_plan, *restore_tests.selections(the_plan, the_group), the_group):
        made.add_resource(resource)

    for output in (
        Output(
            "RestoreTestingPlanName",
            Description="Name of the restore testing plan",
            Value=Ref(the_plan),
        ),
        Output(
            "RestoreTestingPlanArn",
            Description="ARN of the restore testing plan, by which restore jobs can be listed",
            Value=GetAtt(the_plan, "RestoreTestingPlanArn"),
        ),
        Output(
            "TestedTypes",
            Description="What is restored to test it",
            Value=restore_tests.tested(),
        ),
        outputs.jobs_url(),
        outputs.of_template(),
    ):
        made.add_output(output)
    return made
