"""`livechannels comment`: a preview as a comment for a pull request, by what it does to viewers and encoders."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import typer

from ..config import load
from ..consequences import Consequence, by_who_is_on_air, consequences, summed_up
from ..core.account import Account
from ..core.asking import ask
from ..ground.errors import ConfigurationError, LiveChannelsError, RefusedError
from ..ground.language import apart, listed, said_of, system_words, tr
from ..ground.redact import scrub
from ..lookups.channels import status_word
from ..lookups.playback import LiveStates
from ..previews import UNKNOWN, Diagnostic, Preview, Step
from ..previews import preview as read
from .markdown import Section, code, fitted, row
from .session import BAD_USAGE, FAILED, end, ending, say
from .texts import read_text

MOST = 65_536
_LONGEST_SAID = 1_000
ON_AIR = {"live": "is **on air**", "notLive": "is not on air", "banned": "is banned"}


def comment(
    preview: Annotated[
        str, typer.Option(metavar="FILE", help="What `pulumi preview --json` wrote; - for standard input.")
    ] = "-",
) -> None:
    """Tell as Markdown what a preview would do to those who push to channels and to those who watch them.

    pulumi preview --json > preview.json; livechannels comment --preview preview.json

    Its first line is the same for every preview of a stack, so that a pipeline finds the comment to edit. With keys in
    the environment the platform is asked which of the channels are on air, many in one call; without, it works too.
    """
    try:
        told = read(_text(preview))
    except ValueError as error:
        end(FAILED, said_of(f"--preview {preview}", str(error)))
    found = consequences(told)
    with ending():
        states, note = _on_air([each.channel for each in found if each.hurts and each.channel])
    typer.echo(_markdown(told, by_who_is_on_air(found, states), states, note), nl=False)


def _text(file: str) -> str:
    try:
        return read_text(file)
    except OSError as error:
        end(BAD_USAGE, said_of(f"--preview {file}", system_words(error)))


def _on_air(channels: list[str]) -> tuple[dict[str, str], str]:
    """The state of each channel that the platform tells, and why nothing is told, if so."""
    if not channels:
        return {}, ""
    try:
        settings = load({})
        settings.require_wangsu()
    except ConfigurationError as error:
        if not error.variables:
            raise
        return {}, tr("Whether channels are on air is unknown: the keys to ask with are not set here.")
    account = Account(settings, say)
    try:
        return _asked(account, list(dict.fromkeys(channels))), ""
    except LiveChannelsError as error:
        say(str(error))
        return {}, tr("Whether channels are on air is unknown: the platform gave no answer.")


def _asked(account: Account, channels: list[str]) -> dict[str, str]:
    try:
        items = ask(account, LiveStates, {"pullIds": channels})["items"]
        return {item["pullId"]: item["status"] for item in items if item.get("status")}
    except RefusedError:
        # One that is not there any more may have spoilt the call for the others.
        asked = {channel: status_word(account.live_status(channel)) for channel in channels}
        return {channel: status for channel, status in asked.items() if status}


def _markdown(told: Preview, found: list[Consequence], states: Mapping[str, str], note: str) -> str:
    hurting = [each for each in found if each.hurts]
    quiet = [row(_cells(each, "")) for each in found if not each.hurts]
    loud = [row(_cells(each, _whether_on_air(each, states, note))) for each in hurting]
    stay = tr("resource stays as it is") if told.staying == 1 else tr("resources stay as they are")
    columns = (tr("what"), tr("what happens"), tr("what changes"))
    sections = [
        Section(tr("Errors"), [_said(each) for each in told.diagnostics if each.is_error]),
        Section(tr("Encoders and viewers notice"), loud, columns, note),
        Section(tr("Warnings"), [_said(each) for each in told.diagnostics if not each.is_error]),
        Section(tr("Changes that nobody notices at once"), [*quiet, *_others(told.steps)], columns),
        Section(tr("What stays"), [f"- {told.staying} {stay}{tr('.')}"] if told.staying else []),
    ]
    return fitted(_head(told, hurting), [section for section in sections if section.lines], MOST)


def _head(told: Preview, hurting: list[Consequence]) -> str:
    of = f": {told.stack}" if told.stack else ""
    # A comment ends at `-->`, so no name may hold two dashes.
    marker = f"<!-- livechannels comment{quote(of, safe=': /').replace('--', '-%2D')} -->"
    heading = tr("Live channels")
    title = f"### {said_of(heading, code(told.stack)) if told.stack else heading}"
    lines = [marker, title, ""]
    if not told.is_whole:
        lines += [
            tr("**The preview did not come to its end:** what stands here is not all that `pulumi up` would do."),
            "",
        ]
    counts = summed_up(hurting)
    if counts:
        lines += [f"**{listed(*counts)}{tr('.')}**", ""]
    elif told.is_whole:
        lines += [tr("Encoders and viewers notice nothing."), ""]
    return "\n".join(lines)


def _cells(each: Consequence, on_air: str) -> tuple[str, str, str]:
    step = each.step
    title = step.told("channelName")
    name = f"{step.kind_name} {code(step.name)}"
    if isinstance(title, str) and not step.is_secret("channelName"):
        name = tr("{name} ({title})", name=name, title=code(title))
    does = apart(*(tr(effect.text) for effect in each.effects))
    return name, f"{does}{on_air}", _changes(step)


def _whether_on_air(each: Consequence, states: Mapping[str, str], note: str) -> str:
    if each.channel is None or note:
        return ""
    status = states.get(each.channel, "")
    words = tr(ON_AIR.get(status, "may be on air, for the platform does not say"))
    if not each.is_channel:
        return tr("; its channel {words}", words=words)
    refusal = (
        tr(": `pulumi up` refuses this until the stream ends") if each.is_refused_on_air and status == "live" else ""
    )
    return tr(", and {words}", words=words) + refusal


def _changes(step: Step) -> str:
    parts = [_change(step, path) for path in step.changed]
    if step.untold:
        parts.append(tr("maybe {names} (secret: a preview does not show it)", names=", ".join(map(code, step.untold))))
    return "<br>".join(parts)


def _change(step: Step, path: str) -> str:
    before, after = step.before(path), step.after(path)
    if step.is_secret(path):
        return tr("{path} (secret)", path=code(path))
    if any(scrub(_value(value)) != _value(value) for value in (before, after)):
        # What follows the host of an address may be a key, whatever the address is for.
        return code(path)
    return said_of(code(path), f"{_shown(before)} → {_shown(after)}")


def _shown(value: Any) -> str:
    if value == UNKNOWN:
        return tr("known after `pulumi up`")
    return tr("nothing") if value is None else code(_value(value))


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _others(steps: tuple[Step, ...]) -> list[str]:
    """A line for what happens to resources of other providers."""
    counts = Counter(step.op for step in steps if step.kind is None and step.op not in ("same", "read"))
    told = [tr("{count} {op}", count=count, op=tr(re.sub("-.*", "", op))) for op, count in sorted(counts.items())]
    return [row((tr("resources of other providers"), listed(*told), ""))] if told else []


def _said(each: Diagnostic) -> str:
    name = each.urn.rpartition("::")[2]
    text = code(scrub(each.text), _LONGEST_SAID)
    return f"- {said_of(code(name), text) if name else text}"
