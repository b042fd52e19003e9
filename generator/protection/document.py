"""What a template protects, as a document for machines: explanation.schema.json says what it has.

A text with a part that only the deployment knows has ``${...}`` for it.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from generator.printable import json_text
from generator.protection.abilities import RESTORE
from generator.protection.derived import (
    OfType,
    as_rule,
    restore_roles,
    used_roles,
    used_vaults,
)
from generator.protection.explain import Explanation
from generator.protection.gaps import gaps
from generator.protection.model import RestoreTest, Role, Rule, Tag, Value, Vault, shown
from generator.protection.restore_points import Band, LongestGap

SCHEMA = 1
"""Goes up when a key is renamed or removed."""


def as_json(explanation: Explanation) -> str:
    """Return the explanation for machines."""
    protection = explanation.protection
    document = {
        "schema": SCHEMA,
        "template": explanation.template.name,
        "date": f"{explanation.start}",
        "time": f"{explanation.since:%H:%M}" if explanation.since else None,
        "values": explanation.shown(explanation.values),
        "not_known": explanation.unknown,
        "not_read": [*protection.not_read],
        "assumed": [
            {"condition": each.condition, "holds": each.holds, "decided_by": [*each.asks]}
            for each in explanation.assumptions
        ],
        "types": [
            _type(each, bands, gap)
            for types, bands, gap in explanation.by_timings
            for each in types
        ],
        "restore_tests": [_test(test, explanation) for test in protection.restore_tests],
        "rules": [_rule(rule, explanation) for rule in protection.rules],
        "vaults": [_vault(vault) for vault in used_vaults(protection) or explanation.copy_vaults],
        "roles": [_role(role) for role in (*used_roles(protection), *restore_roles(protection))],
        "alerts": [
            {
                "what": each.what,
                "after_hours": _value(each.after),
                "topic": shown(each.topic),
                "subscribers": _shown(protection.subscribers.get(each.topic, ())),
                "certain": each.certain,
            }
            for each in sorted(protection.heard, key=lambda each: (each.what, each.topic))
        ],
        "gaps": [
            {"text": shown(gap.text), "parameters": [*gap.parameters]} for gap in gaps(explanation)
        ],
    }
    return json_text(document)


def error_as_json(sentence: str) -> str:
    """Return why nothing is explained, for machines."""
    return json_text({"schema": SCHEMA, "error": sentence})


def _value(value: Value | None) -> Value | None:
    return shown(value) if isinstance(value, str) else value


def _shown(texts: Iterable[str]) -> list[str]:
    return sorted(map(shown, texts))


def _type(each: OfType, bands: list[Band] | None, gap: LongestGap | None) -> dict[str, Any]:
    return {
        "name": each.type,
        "selected": [
            {
                "plan": shown(reach.plan),
                "arn": shown(reach.arn) or None,
                "tags": [_tag(tag) for tag in sorted(reach.tags, key=lambda tag: tag.key)],
                "without": _shown(reach.without),
                "if_opted_in": reach.opted_in,
                "role": shown(reach.role),
            }
            for reach in each.reaches
        ],
        "backed_up": each.backed_up,
        "restored": each.restored,
        "copied": each.copied,
        "worst_loss_minutes": _minutes(gap.time if gap and not gap.without else None),
        "without_backup_minutes": _minutes(gap.without if gap else None),
        "restore_points": None if bands is None else [_band(band) for band in bands],
        "why_not_known": shown(each.why_unknown) or None,
    }


def _tag(tag: Tag) -> dict[str, str]:
    return {"operator": tag.operator, "key": shown(tag.key), "value": shown(tag.value)}


def _band(band: Band) -> dict[str, Any]:
    return {
        "from_days": band.youngest.days,
        "to_days": None if band.oldest is None else band.oldest.days,
        "count": band.count,
        "longest_gap_minutes": _minutes(band.gap),
        "rules": _shown(band.rules),
        "in_cold_storage": _shown(band.cold),
    }


def _minutes(time: timedelta | None) -> int | None:
    return None if time is None else round(time / timedelta(minutes=1))


def _rule(rule: Rule, explanation: Explanation) -> dict[str, Any]:
    return {
        "plan": shown(rule.plan),
        "name": shown(rule.name),
        "schedule": shown(rule.schedule),
        "time_zone": shown(rule.zone),
        "start_window_minutes": _value(rule.start_window),
        "completion_window_minutes": _value(rule.completion_window),
        "kept_days": _value(rule.kept),
        "cold_after_days": _value(rule.cold_after),
        "pauses_windows": rule.pauses_windows,
        "continuous": rule.continuous,
        "vault": shown(rule.vault),
        "copies": [
            {"vault": shown(copy.vault), "kept_days": _value(copy.kept)} for copy in rule.copies
        ],
        "next_starts": _starts(explanation, rule),
    }


def _starts(explanation: Explanation, rule: Rule) -> list[dict[str, Any]] | None:
    following = explanation.next_starts(rule)
    if following is None:
        return None
    return [
        {
            "at": start.at.astimezone(start.timing.zone).isoformat(),
            "certain": not start.uncertain,
        }
        for start in following
    ]


def _test(test: RestoreTest, explanation: Explanation) -> dict[str, Any]:
    plan, launch = test.plan, test.launch
    return {
        "types": [*map(shown, test.types)],
        "arns": [*map(shown, test.arns)] or None,
        "tags": [_tag(tag) for tag in sorted(test.tags, key=lambda tag: tag.key)],
        "role": shown(test.role),
        "deleted_after_hours": _value(test.validation),
        "plan": plan
        and {
            "name": shown(plan.name),
            "schedule": shown(plan.schedule),
            "time_zone": shown(plan.zone),
            "start_window_hours": _value(plan.start_window),
            "newest": plan.newest,
            "backup_at_most_days": _value(plan.window),
            "vaults": _shown(plan.vaults),
            "without_vaults": _shown(plan.without),
            "next_starts": _starts(explanation, as_rule(plan)),
        },
        "instances": launch
        and {
            "profile": shown(launch.profile) or None,
            "security_groups": [*map(shown, launch.groups)],
            "subnet": shown(launch.subnet) or None,
            "ways": None if launch.ways is None else _shown(launch.ways),
        },
    }


def _vault(vault: Vault) -> dict[str, Any]:
    if not vault.made:
        return {"name": shown(vault.name), "in_template": False}
    return {
        "name": shown(vault.name),
        "in_template": True,
        "outlives_stack": vault.kept,
        "key": shown(vault.key) or "aws/backup",
        "key_in_template": vault.key_made,
        "key_outlives_stack": vault.key_kept if vault.key_made else None,
        "lock": vault.lock
        and {
            "minimum_days": _value(vault.lock.minimum),
            "maximum_days": _value(vault.lock.maximum),
            "final_after_days": _value(vault.lock.grace),
        },
        "denied": [
            {"action": action, "except": _shown(but)} for action, but in vault.denied.items()
        ],
        "allowed": [
            {"action": shown(action), "to": shown(who)} for action, who in sorted(vault.open_to)
        ],
        "key_lets": [
            {"action": action, "to": shown(who)} for who, action in sorted(vault.key_lets)
        ],
    }


def _role(role: Role) -> dict[str, Any]:
    return {
        "arn": shown(role.arn),
        "trusts_aws_backup": role.trusted,
        "outlives_stack": role.kept,
        "restores": [
            kind for (kind, does), lacks in role.lacks.items() if (does, lacks) == (RESTORE, ())
        ],
        "passes": [
            {"role": shown(arn), "to": shown(service)} for arn, service in sorted(role.passes)
        ],
    }
