"""Who answers which call: CloudFormation, FSx and tagging are here, the others in their modules."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from tests.local_aws import backup_service, moto_corrections
from tests.local_aws.errors import AnsweredError
from tests.local_aws.front import Moto, Parameters, Serves
from tests.local_aws.served import Paging, Served, ServedStack, page, without_none

_HUNDRED = Paging(usual=100)
_TAGGED = Paging("ResourcesPerPage", "PaginationToken", 100)


def _stack(served: Served, asked: Parameters) -> ServedStack:
    """Return the stack of that name or id; one that is deleted has only its id."""
    wanted = asked.pop("StackName")
    for stack in served.stacks:
        is_there = stack.described["StackStatus"] != "DELETE_COMPLETE"
        if wanted == stack.described["StackId"] or (
            is_there and wanted == stack.described["StackName"]
        ):
            return stack
    raise AnsweredError("ValidationError", f"Stack with id {wanted} does not exist")


def _describe_stacks(served: Served, asked: Parameters, _: Moto) -> dict[str, Any]:
    found = [_stack(served, asked)] if "StackName" in asked else served.stacks
    shown, token = page(served, asked, (stack.described for stack in found), _HUNDRED)
    return without_none({"Stacks": shown, "NextToken": token})


def _get_template(served: Served, asked: Parameters, _: Moto) -> dict[str, Any]:
    if asked.pop("TemplateStage", "Original") != "Original":
        raise AnsweredError("ValidationError", "only the original template is served here")
    template = _stack(served, asked).template
    return {"TemplateBody": template, "StagesAvailable": ["Original", "Processed"]}


def _stack_resources(served: Served, asked: Parameters, _: Moto) -> dict[str, Any]:
    resources = _stack(served, asked).resources
    shown, token = page(served, asked, resources, _HUNDRED)
    return without_none({"StackResourceSummaries": shown, "NextToken": token})


def _by_id(
    items: list[dict[str, Any]], member: str, ids: list[str], code: str
) -> list[dict[str, Any]]:
    known = {item[member]: item for item in items}
    if lacking := [each for each in ids if each not in known]:
        raise AnsweredError(code, f"{lacking} does not exist")
    return [known[each] for each in ids] if ids else items


def _fsx_file_systems(served: Served, asked: Parameters, _: Moto) -> dict[str, Any]:
    ids = asked.pop("FileSystemIds", [])
    found = _by_id(served.fsx_file_systems, "FileSystemId", ids, "FileSystemNotFound")
    shown, token = page(served, asked, found)
    return without_none({"FileSystems": shown, "NextToken": token})


def _fsx_volumes(served: Served, asked: Parameters, _: Moto) -> dict[str, Any]:
    found = _by_id(served.fsx_volumes, "VolumeId", asked.pop("VolumeIds", []), "VolumeNotFound")
    for each in asked.get("Filters", []):
        if each["Name"] != "file-system-id":
            raise AnsweredError("BadRequest", f"the filter {each['Name']} is not served here")
        found = [volume for volume in found if volume["FileSystemId"] in each["Values"]]
    shown, token = page(served, asked, found)
    asked.pop("Filters", None)
    return without_none({"Volumes": shown, "NextToken": token})


def _tagged(served: Served) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the ARNs and tags that moto knows, then ours.

    A recovery point has the tags of its resource, under the ARN of whoever holds it.
    """
    from moto.core.resource_tagging import iter_taggable_backends

    of_moto = {
        each.arn: each.tags
        for backend in iter_taggable_backends(served.account, served.region)
        if backend.SERVICE_NAMESPACE != "fsx"
        for each in backend.iter_tagged_resources()
    }
    of_fsx = {
        item["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in item["Tags"]}
        for item in (*served.fsx_file_systems, *served.fsx_volumes)
    }
    known = {**of_moto, **of_fsx}
    yield from known.items()
    for point in served.points:
        yield point["RecoveryPointArn"], known.get(point["ResourceArn"], {})


def _kind(arn: str) -> str:
    service, _, rest = arn.split(":", 2)[2].partition(":")
    resource = rest.split(":", 2)[2]
    return f"{service}:{resource.replace(':', '/').partition('/')[0]}"


def _get_resources(served: Served, asked: Parameters, _: Moto) -> dict[str, Any]:
    wanted = asked.get("TagFilters", [])
    kinds = asked.get("ResourceTypeFilters", [])
    arns = asked.get("ResourceARNList", [])

    def fits(arn: str, tags: Mapping[str, str]) -> bool:
        kind = _kind(arn)
        return (
            bool(tags)
            and (not arns or arn in arns)
            and (not kinds or kind in kinds or kind.partition(":")[0] in kinds)
            and all(
                each["Key"] in tags
                and tags[each["Key"]] in (each.get("Values") or [tags[each["Key"]]])
                for each in wanted
            )
        )

    found = (
        {"ResourceARN": arn, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}
        for arn, tags in _tagged(served)
        if fits(arn, tags)
    )
    shown, token = page(served, asked, found, _TAGGED)
    for name in ("TagFilters", "ResourceTypeFilters", "ResourceARNList"):
        asked.pop(name, None)
    return {"ResourceTagMappingList": shown, "PaginationToken": token or ""}


def serves(served: Served) -> dict[str, Serves]:
    """Return who answers which call of any service."""
    return {
        **backup_service.serves(served),
        "cloudformation.DescribeStacks": partial(_describe_stacks, served),
        "cloudformation.GetTemplate": partial(_get_template, served),
        "cloudformation.ListStackResources": partial(_stack_resources, served),
        "fsx.DescribeFileSystems": partial(_fsx_file_systems, served),
        "fsx.DescribeVolumes": partial(_fsx_volumes, served),
        "resourcegroupstaggingapi.GetResources": partial(_get_resources, served),
        **moto_corrections.serves(served),
    }
