"""Who hears of it: the topic and its policy, who is subscribed, and the alarms."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from generator.live import checks, model
from generator.live.answers import Answers
from generator.live.errors import NotThereError
from generator.live.facts import Facts
from generator.live.findings import HEARS, Answer, Finding, Verdict
from generator.live.protections import Protections
from generator.live.reading import Data

_DISABLED = "DISABLED"
_ALERTS = "see Alerts, in docs/operations.md"


def the_hearers(facts: Facts, protections: Protections) -> Answer:
    """Return whether somebody hears of a failure, and of silence."""
    if not facts.topic_arn:
        text = "nobody hears of a failure: the stack has neither an e-mail address nor a topic"
        finding = Finding(Verdict.TO_KNOW, text, f"give NotificationEmail: {_ALERTS}")
        return Answer(HEARS, "", [finding])
    return checks.answer(
        HEARS,
        lambda: f"{_subscribers(facts)}; alarms: {_states(facts)}",
        [
            lambda: _topic(facts),
            lambda: _switched_off(facts),
            checks.if_there(lambda: _unheard(facts, protections)),
            checks.if_there(lambda: _not_confirmed(facts)),
            lambda: _alarms(facts),
        ],
    )


def _subscribers(facts: Facts) -> str:
    confirmed = [each["Endpoint"] for each in facts.subscriptions if _is_confirmed(each)]
    return checks.named(confirmed)


def _states(facts: Facts) -> str:
    states = Counter(str(each.get("StateValue")) for each in facts.alarms)
    return ", ".join(f"{number} {state}" for state, number in states.items()) or "none"


def _is_confirmed(subscription: Data) -> bool:
    return str(subscription.get("SubscriptionArn", "")).startswith("arn:")


def _topic(facts: Facts) -> Iterator[Finding]:
    try:
        facts.topic  # noqa: B018 - it raises
    except NotThereError:
        text = f"the topic {facts.topic_arn} does not exist: nobody hears of anything"
        yield Finding(Verdict.NOT_WELL, text, _ALERTS)


def _switched_off(facts: Facts) -> Iterator[Finding]:
    """Yield the rules and the alarms that are there and do nothing."""
    for name, its in facts.event_rules.items():
        if its and its[0].get("State") == _DISABLED:
            yield Finding(
                Verdict.NOT_WELL,
                f"the rule {name} is disabled: nobody hears of a job that fails",
                facts.command("aws", "events", "enable-rule", "--name", name),
            )
    for alarm in facts.alarms:
        if not alarm.get("ActionsEnabled", True):
            name = alarm["AlarmName"]
            yield Finding(
                Verdict.NOT_WELL,
                f"the actions of the alarm {name} are switched off: it rings, and nobody hears it",
                facts.command(
                    *("aws", "cloudwatch", "enable-alarm-actions", "--alarm-names", name)
                ),
            )


def _unheard(facts: Facts, protections: Protections) -> Iterator[Finding]:
    """Yield what the topic is not told any more, even if nothing were switched off.

    Who is subscribed to it is asked beside this.
    """
    rules = facts.event_rules
    known = Answers(
        rules={name: its and {**its[0], "State": "ENABLED"} for name, its in rules.items()},
        targets={name: its[1] for name, its in rules.items() if its},
        alarms=[{**each, "ActionsEnabled": True} for each in facts.alarms],
        topics={facts.topic_arn: facts.topic},
    )
    for sentence in model.unheard(protections.deployed, known):
        yield Finding(Verdict.NOT_WELL, sentence, _ALERTS)


def _not_confirmed(facts: Facts) -> Iterator[Finding]:
    subscriptions = facts.subscriptions
    if not subscriptions:
        text = f"nobody is subscribed to {facts.topic_arn}: nobody hears of anything"
        yield Finding(Verdict.NOT_WELL, text, _subscribing(facts, "admin@example.com"))
        return
    facts.check_shown("NotificationEmail")
    asked = facts.parameters.get("NotificationEmail", "")
    is_heard = any(map(_is_confirmed, subscriptions))
    for each in subscriptions:
        if _is_confirmed(each):
            continue
        who, protocol = each["Endpoint"], each["Protocol"]
        is_asked = who.casefold() == asked.casefold() or not is_heard
        yield Finding(
            Verdict.NOT_WELL if is_asked else Verdict.TO_KNOW,
            f"{who} has not confirmed the subscription, and hears of nothing",
            "follow the link in the first message; if it is too old: "
            + _subscribing(facts, who, protocol),
        )
    if asked and asked.casefold() not in {each["Endpoint"].casefold() for each in subscriptions}:
        text = f"{asked} is not subscribed, and hears of nothing"
        yield Finding(Verdict.NOT_WELL, text, _subscribing(facts, asked))


def _subscribing(facts: Facts, address: str, protocol: str = "email") -> str:
    """Return the command that subscribes an address to the topic."""
    return facts.command(
        *("aws", "sns", "subscribe", "--topic-arn", facts.topic_arn, "--protocol", protocol),
        *("--notification-endpoint", address),
    )


def _alarms(facts: Facts) -> Iterator[Finding]:
    for each in facts.alarms:
        name, state = each["AlarmName"], each.get("StateValue")
        if state == "ALARM":
            text = f"the alarm {name} rings: {each.get('AlarmDescription', '')}"
            yield Finding(Verdict.TO_KNOW, text, _ALERTS)
        warm_up = timedelta(
            minutes=each.get("WarmUpConfiguration", {}).get("WarmUpPeriodDurationInMinutes", 0)
        )
        until = each["AlarmConfigurationUpdatedTimestamp"] + warm_up
        if state == "INSUFFICIENT_DATA" and until > facts.now:
            text = f"the alarm {name} is quiet until {checks.minute(until)}"
            yield Finding(Verdict.TO_KNOW, text)
