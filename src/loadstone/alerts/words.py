"""An event in words: what it is about, the fact, the place, the next steps; and a notice as a message."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from loadstone.alerts.model import Delivery, Message, Notice
from loadstone.database.outbox import Event


@dataclass(frozen=True, kw_only=True)
class Words:
    """One event in words; ``same`` is what equal events have in common besides ``about``."""

    about: str
    same: str
    fact: str
    place: str
    steps: tuple[str, ...]


def about_of(event: Event) -> str:
    """What an event is about, as what closes it says it too."""
    noun = event.topic.partition(".")[0]
    if noun == "breaker":
        return f"system:{event.key}"
    job = event.body.get("job")
    return f"job:{job}" if job else f"{noun}:{event.key}"


def words_of(event: Event) -> Words:
    """An event in words; one of an unknown topic is told by its topic and its values."""
    noun, body = event.topic.partition(".")[0], event.body
    if noun in ("fault", "task"):
        return _of_fault(event)
    if noun == "breaker":
        return _of_breaker(event)
    if noun == "schedule":
        return _of_schedule(event)
    if noun == "file":
        return _of_file(event)
    if noun == "feed":
        return _of_feed(event)
    told = ", ".join(f"{name} {value}" for name, value in body.items() if value not in (None, {}, []))
    fact = f"{event.topic.replace('.', ' ')} {event.key}: {told}".rstrip(": ")
    if event.topic == "execution.late":
        fact = f"job {body.get('job')} has not ended by {body.get('due_at')}, its deadline"
    place = f"execution {event.key} of job {body.get('job')}" if noun == "execution" else event.key
    steps = (f"`loadstone jobs run {event.key}` shows how it stands.",) if noun == "execution" else ()
    return Words(about=about_of(event), same=event.topic, fact=fact, place=place, steps=steps)


def key_of(rule: str, words: Words) -> str:
    """Equal for equal faults: the same rule, job or system, step and code."""
    return hashlib.sha256("\0".join((rule, words.about, words.same)).encode()).hexdigest()


def message_of(notice: Notice, delivery: Delivery) -> Message:
    """The message: severity and fact in the subject, then place, count and next steps."""
    times = f" ({notice.count:,} times)" if notice.count > 1 else ""
    raised = f"escalated to level {delivery.level + 1}: " if delivery.level else ""
    subject = _line(f"[{notice.severity}] {raised}{notice.fact}{times}")
    span = f"{notice.first_at:%Y-%m-%d %H:%M:%S} UTC"
    if notice.count > 1:
        span = f"{notice.count:,} times, from {span} to {notice.last_at:%Y-%m-%d %H:%M:%S} UTC"
    lines = [notice.fact, "", f"Where: {notice.place}", f"When:  {span}", "", "Next:"]
    steps = [*notice.steps, f"`loadstone notifications acknowledge {notice.id}` says that you look after it."]
    lines += [f"{number}. {step}" for number, step in enumerate(steps, 1)]
    values = {
        "notice": notice.id,
        "rule": notice.rule,
        "topic": notice.topic,
        "about": notice.about,
        "severity": notice.severity,
        "level": delivery.level,
        "fact": notice.fact,
        "place": notice.place,
        "next_steps": steps,
        "count": notice.count,
        "first_at": notice.first_at.isoformat(),
        "last_at": notice.last_at.isoformat(),
        "key": delivery.key,
    }
    return Message(key=delivery.key, subject=subject, text="\n".join(lines) + "\n", values=values)


# Private functions


def _of_fault(event: Event) -> Words:
    body = event.body
    fact = f"[{body.get('code')}] {body.get('message')}"
    where = [f"job {body.get('job')}, step {body.get('step')}, execution {event.key}"]
    if body.get("place"):
        where.append(str(body["place"]))
    steps = (*map(str, body.get("hints") or ()), f"`loadstone jobs run {event.key}` shows the step.")
    return Words(
        about=about_of(event),
        same=f"{event.topic}|{body.get('step')}|{body.get('code')}",
        fact=fact,
        place="; ".join(where),
        steps=steps,
    )


def _of_breaker(event: Event) -> Words:
    return Words(
        about=about_of(event),
        same="outage",
        fact=f"{event.key} is away, and work on it waits: {event.body.get('reason')}",
        place=f"external system {event.key}",
        steps=(
            f"`loadstone connections test {event.key}` says what is wrong: DNS, port, login or rights.",
            "nothing need be started again: waiting work goes on when the system answers.",
        ),
    )


def _of_file(event: Event) -> Words:
    body, verb = event.body, event.topic.partition(".")[2]
    feed = f" of feed {body['feed']}" if body.get("feed") else ""
    how = f"{verb} ({body['reason']})" if body.get("reason") else verb
    return Words(
        about=about_of(event),
        same=event.topic,
        fact=f"file {body.get('name', event.key)}{feed} is {how}: {body.get('message', '')}".rstrip(": "),
        place=f"file {event.key}",
        steps=(*body.get("hints", ()), f"`loadstone files show {event.key}` shows all that is known of it."),
    )


def _of_feed(event: Event) -> Words:
    body, verb = event.body, event.topic.partition(".")[2]
    feed, day = body.get("feed", event.key), body.get("business_date")
    return Words(
        about=about_of(event),
        same=event.topic,
        fact=f"feed {feed} is {verb}: {body.get('message', '')}".rstrip(": "),
        place=f"feed {feed} of {body.get('source')}, business date {day}",
        steps=(
            f"`loadstone feeds show {feed}` shows whom to ask, and its connection.",
            f"`loadstone files list --feed {feed}` shows its last files; one with another business date or name?",
            f"`loadstone files excuse {feed} {day} --because TEXT` where none will come.",
        ),
    )


def _of_schedule(event: Event) -> Words:
    body = event.body
    due, reason = body.get("due_at"), body.get("reason") or body.get("message")
    fact = f"schedule {event.key} did not start" + (f" what was due at {due}" if due else "") + f": {reason}"
    return Words(
        about=about_of(event),
        same=f"{event.topic}|{body.get('code')}",
        fact=fact,
        place=f"schedule {event.key}" + (f", job {body['job']}" if body.get("job") else ""),
        steps=(
            f"`loadstone schedules ticks {event.key}` shows its latest ticks.",
            f"`loadstone schedules backfill {event.key} --from TIME --to TIME` launches what was missed.",
        ),
    )


def _line(text: str) -> str:
    """One line of at most 200 characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 200 else flat[:197] + "..."
