"""What a preview does to people: to those who push to a channel, to those who watch it, and to nobody.

Each kind says what its creation, change, replacement and end mean. What encoders or viewers notice comes first, and of
that what is on air at this moment: whether it is, the platform has to say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from .core.class_keys import ADOPT
from .core.custody import CHANNELS
from .ground.language import tr
from .previews import Preview, Step


@dataclass(frozen=True)
class Effect:
    """What something does. `one` and `many` sum it up, after a number; `text` tells it of one resource."""

    text: str
    one: str = ""
    many: str = ""

    @property
    def hurts(self) -> bool:
        """Whether encoders or viewers notice."""
        return bool(self.one)


@dataclass(frozen=True)
class Consequence:
    """What one step does. `channel` is the id of the channel whose people notice."""

    step: Step
    effects: tuple[Effect, ...]
    channel: str | None = None

    @property
    def hurts(self) -> bool:
        """Whether encoders or viewers notice."""
        return any(effect.hurts for effect in self.effects)

    @property
    def is_channel(self) -> bool:
        """Whether the resource is the channel itself."""
        return self.step.kind_name in CHANNELS

    @property
    def is_refused_on_air(self) -> bool:
        """Whether `pulumi up` refuses it for as long as the channel is on air."""
        forced = self.step.after if self.step.op == "replace" else self.step.before
        return self.is_channel and self.step.op in _ENDS and not forced("forceDestroy")


_TOLD_ENCODERS = "gets a new push URL (encoders must be told)"
# In the order in which they are told.
_DELETED = Effect("is deleted: who pushes to it or watches it is cut off", "channel is deleted", "channels are deleted")
_REMADE = Effect(
    f"{_TOLD_ENCODERS} and new pull URLs (players must be told), for it is made anew",
    "channel gets a new push URL",
    "channels get new push URLs",
)
_ROTATED = Effect(_TOLD_ENCODERS, _REMADE.one, _REMADE.many)
_REMADE_PULL = Effect(
    "gets new pull URLs (players must be told), for it is made anew",
    "pull channel gets new pull URLs",
    "pull channels get new pull URLs",
)
_BANNED = Effect(
    "cuts the channel off, and keeps encoders out until the ban ends", "channel is banned", "channels are banned"
)
_CUT = Effect("cuts the stream that is being pushed, once", "stream is cut", "streams are cut")
_RELAY_STOPS = Effect("stops", "relay stops", "relays stop")
_RELAY_AGAIN = Effect("stops and starts anew", "relay stops and starts anew", "relays stop and start anew")
_RECORDING_ENDS = Effect("ends", "recording ends", "recordings end")
_RECORDING_AGAIN = Effect(
    "ends, and a new recording begins", "recording ends and begins anew", "recordings end and begin anew"
)
_CALLED_OFF = Effect("will not begin", "planned task is called off", "planned tasks are called off")
_SOURCE = Effect("pulls from another source", "pull channel changes its source", "pull channels change their sources")
_RATES = Effect("loses rates that viewers may be watching", "channel loses rates", "channels lose rates")
_ENCRYPTION = Effect(
    "plays with another encryption (players must be told)",
    "channel changes its encryption",
    "channels change their encryption",
)
_CHECKED = Effect(
    "checks the stream with another text (encoders must be told)",
    "channel changes its stream check",
    "channels change their stream checks",
)
_ORDER = (
    _DELETED, _REMADE, _REMADE_PULL, _BANNED, _CUT, _RELAY_STOPS, _RECORDING_ENDS, _CALLED_OFF, _RELAY_AGAIN,
    _RECORDING_AGAIN, _SOURCE, _RATES, _ENCRYPTION, _CHECKED,
)  # fmt: skip

# What ends an object, and the states of a task that nothing can end any more.
_ENDS, _ENDED = ("delete", "delete-replaced", "replace"), ("ended", "terminated", "error")
_NEW, _TAKEN, _CHANGED, _RENAMED = (Effect(text) for text in ("is new", "is taken over", "changes", "is renamed"))
_MADE_ANEW, _LEAVES, _OVER = Effect("is made anew"), Effect("leaves the stack"), Effect("is over already")
_GOES = Effect("goes with its channel")
_LIFTED, _SIGNED = Effect("is lifted"), Effect("signs a new URL; the one before works until it expires")
_UNSEEN = Effect("changes in what is secret, or is completed after a run that was cut short")


def consequences(preview: Preview) -> list[Consequence]:
    """What the steps on our resources do, what hurts most first; resources that stay are none."""
    ours = [step for step in preview.steps if step.kind is not None and step.op not in ("same", "read")]
    ending = {_channel(step) for step in ours if step.kind_name in CHANNELS and step.op in _ENDS}
    found = [Consequence(step, tuple(_effects(step, ending)), _channel(step)) for step in ours]
    return sorted(found, key=lambda each: (min(map(_rank, each.effects)), each.step.urn))


def summed_up(found: list[Consequence]) -> list[str]:
    """What encoders and viewers notice, with how many times each."""
    counts: dict[tuple[str, str], int] = {}
    for each in found:
        for words in dict.fromkeys((effect.one, effect.many) for effect in each.effects if effect.hurts):
            counts[words] = counts.get(words, 0) + 1
    return [f"{count} {tr(one if count == 1 else many)}" for (one, many), count in counts.items()]


def by_who_is_on_air(found: list[Consequence], states: Mapping[str, str]) -> list[Consequence]:
    """The same with what is on air first."""
    return sorted(found, key=lambda each: states.get(each.channel or "") != "live")


def _rank(effect: Effect) -> int:
    words = [each.one for each in _ORDER]
    return words.index(effect.one) if effect.hurts else len(words)


def _channel(step: Step) -> str | None:
    """The channel that a step is about; the old one, where a resource goes from one to another."""
    if step.kind_name in CHANNELS:
        return step.id or None
    found = step.told("pullId")
    return found if isinstance(found, str) else None


def _effects(step: Step, ending: Collection[str | None]) -> list[Effect]:
    """What a step does beside the channels that are `ending`."""
    if step.kind_name == "ChannelBan" and step.op in ("delete", "delete-replaced") and _channel(step) in ending:
        return [_GOES]
    if step.op == "import" or (step.op == "create" and step.after(ADOPT)):
        return [_TAKEN]
    return _RULES.get(step.kind_name, _quiet)(step)


def _quiet(step: Step) -> list[Effect]:
    """What nobody notices at once."""
    if step.op == "update":
        return [_CHANGED if step.changed else _UNSEEN]
    return [{"create": _NEW, "replace": _MADE_ANEW}.get(step.op, _LEAVES)]


def _of_channel(step: Step) -> list[Effect]:
    if step.op in ("delete", "delete-replaced"):
        return [_DELETED]
    if step.op == "replace":
        return [_REMADE if step.kind_name == "Channel" else _REMADE_PULL]
    if step.op != "update":
        return _quiet(step)
    # With nothing else that differs, it is what the preview does not show.
    changed = step.changed or step.untold
    tests: list[tuple[Effect, bool]] = [
        (_ROTATED, "pushKeyRotation" in changed and None not in _both(step, "pushKeyRotation")),
        (_SOURCE, bool({"sourceUrl", "sourceProtocol"} & set(changed))),
        (_RATES, _loses_rates(step)),
        (_ENCRYPTION, "videoEncryption" in changed),
        (_CHECKED, "streamCheck" in changed),
        (_RENAMED, "channelName" in changed),
    ]
    return [effect for effect, holds in tests if holds] or _quiet(step)


def _loses_rates(step: Step) -> bool:
    before, after = _both(step, "pullRates")
    # What is not known yet may be fewer.
    return "pullRates" in step.changed and not (
        isinstance(before, list) and isinstance(after, list) and all(rate in after for rate in before)
    )


def _both(step: Step, key: str) -> tuple[object, object]:
    return step.before(key), step.after(key)


def _of_task(stops: Effect, again: Effect) -> Callable[[Step], list[Effect]]:
    def effects(step: Step) -> list[Effect]:
        status = step.told("status")
        if step.op not in _ENDS or (status, step.op) == ("notStarted", "replace"):
            return _quiet(step)
        if status == "notStarted":
            return [_CALLED_OFF]
        if status in _ENDED:
            return [*_quiet(step), _OVER]
        return [again if step.op == "replace" else stops]

    return effects


def _of_ban(step: Step) -> list[Effect]:
    if step.op in ("create", "replace"):
        return [_BANNED]
    return [_LIFTED] if step.op in _ENDS else _quiet(step)


def _of_disconnect(step: Step) -> list[Effect]:
    return [_CUT] if step.op in ("create", "replace") else _quiet(step)


def _of_signed_url(step: Step) -> list[Effect]:
    if step.op in ("update", "replace"):
        return [_SIGNED]
    return _quiet(step)


_RULES: dict[str, Callable[[Step], list[Effect]]] = {
    "Channel": _of_channel,
    "PullChannel": _of_channel,
    "ForwardTask": _of_task(_RELAY_STOPS, _RELAY_AGAIN),
    "RecordTask": _of_task(_RECORDING_ENDS, _RECORDING_AGAIN),
    "ChannelBan": _of_ban,
    "StreamDisconnect": _of_disconnect,
    "SignedPushUrl": _of_signed_url,
    "SignedPullUrls": _of_signed_url,
}
