"""Previews: what `pulumi preview --json` writes, as far as it is about objects of ours.

The engine has two forms of it: one object, and a stream of events where PULUMI_ENABLE_STREAMING_JSON_PREVIEW is set.
Neither tells the differences of a Python class, so these come from its old and new inputs; what is secret is veiled on
both sides there. Why it is replaced is told all the same; any other change shows in the fact alone that it is updated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .core.diff import diff
from .core.fields import properties
from .core.resource import Resource
from .deployments import VEIL, kind_of, mapping, veiled
from .ground.json_text import read_json
from .ground.language import tr
from .hosts import mistakes, plain, why_it_died

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that only `up` will know."""
# Of a replacement the stream tells each part too; the one that both forms have stands for all.
_OPS = ("create", "update", "replace", "delete", "import", "same", "read")
_STACK = "::pulumi:pulumi:Stack::"
_ENGINES_OWN = (_STACK, "::pulumi:providers:")
_PRE = "resourcePreEvent"
# What the two forms call the inputs for which something is replaced, and those that differ.
_REASONS = ("replaceReasons", "diffReasons", "keys", "diffs")
# Where a plugin was found, with a path of that machine, says nothing about the stack.
_WHERE_FOUND = re.compile(r"using pulumi-\S+ from \$PATH at ")
# What a process wrote, be it the program's, its host's or a provider's.
_PRINTED = "info#err"
# What a provider of Python classes says arrives so.
_FROM_CLASSES = "livechannels: "


@dataclass(frozen=True)
class Step:
    """What `up` would do to one resource. `kind` is None of what is not ours."""

    op: str
    urn: str
    kind: type[Resource[Any]] | None
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    named: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the program calls it."""
        return self.urn.rpartition("::")[2]

    @property
    def kind_name(self) -> str:
        """The word for its kind; empty of what is not ours."""
        return self.kind.__name__ if self.kind else ""

    @property
    def id(self) -> str:
        """The object's id; empty where there is none yet."""
        return str(self.old.get("id") or "")

    def told(self, key: str) -> Any:
        """A property of the object as it stands, or else as it is to be; None where it is not known."""
        for state in (self.old, self.new):
            for part in ("outputs", "inputs"):
                value = mapping(state.get(part)).get(key)
                if value not in (None, UNKNOWN):
                    return value
        return None

    def before(self, path: str) -> Any:
        """An input as it was."""
        return _inside(self.old.get("inputs"), path)

    def after(self, path: str) -> Any:
        """An input as it is to be."""
        return _inside(self.new.get("inputs"), path)

    @cached_property
    def changed(self) -> list[str]:
        """Paths of the inputs that differ, as far as the preview shows."""
        if self.kind is None or self.op not in ("update", "replace", "import"):
            return []
        declared = properties(self.kind.inputs)
        # An input that a state of an earlier release lacks has its default.
        defaults = {key: item.default for key, item in declared.items() if item.default is not None}
        olds, news = (defaults | {**mapping(state.get("inputs"))} for state in (self.old, self.new))
        by_value = []
        if self.old.get("inputs"):
            for key, item in declared.items():
                # Of a set that is secret, or not known yet, a preview has one word.
                if item.is_set and not (_is_words(olds.get(key)) and _is_words(news.get(key))):
                    by_value += [key] if olds.get(key) != news.get(key) else []
                    olds[key] = news[key] = []
            by_value += diff(self.kind.inputs, self.kind.outputs, olds, news).changed
        tops = {_top(path) for path in by_value}
        return by_value + [path for path in self.named if _top(path) in declared.keys() - tops]

    @cached_property
    def untold(self) -> list[str]:
        """Inputs of which the preview does not show whether they differ."""
        if self.kind is None or self.named or self.op != "update":
            return []
        return [
            key
            for key in properties(self.kind.inputs)
            if key not in self.changed and self.before(key) == VEIL and self.after(key) == VEIL
        ]

    def is_secret(self, path: str) -> bool:
        """Whether a value may not be shown, whoever says so."""
        top = _top(path)
        item = properties(self.kind.inputs).get(top) if self.kind else None
        return bool(item and item.flags.secret) or VEIL in (self.before(top), self.after(top))


@dataclass(frozen=True)
class Diagnostic:
    """What the engine, a provider or the program said."""

    is_error: bool
    urn: str
    text: str


@dataclass(frozen=True)
class Preview:
    """One preview of a stack, `project/stack`.

    `staying` is how many resources stay as they are; `is_whole` says that the preview came to its end.
    """

    steps: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...]
    stack: str
    staying: int
    is_whole: bool


def preview(text: str) -> Preview:
    """Read what the engine wrote.

    Raises:
        ValueError: it is no preview.
    """
    try:
        digest = read_json(text.encode())
    except ValueError:
        digest = None
    # Of a program that died before it began, it holds no more than what was said.
    counted = {"steps", "changeSummary"}
    if isinstance(digest, Mapping) and (counted & digest.keys() or {"diagnostics", "duration"} <= digest.keys()):
        steps = [_step(each, each.get("oldState"), each.get("newState")) for each in _listed(digest, "steps")]
        summary = digest.get("changeSummary", {})
        if not isinstance(summary, Mapping):
            raise _no_preview()
        return _preview(steps, _listed(digest, "diagnostics"), summary if counted & digest.keys() else None, None)
    events = [_event(line) for line in text.splitlines() if line.strip()]
    if not any("sequence" in event for event in events):
        raise _no_preview()
    told = [mapping(mapping(event[_PRE]).get("metadata")) for event in events if _PRE in event]
    steps = [_step(each, each.get("old"), each.get("new")) for each in told]
    said = [mapping(event.get("diagnosticEvent")) for event in events if "diagnosticEvent" in event]
    summaries = [mapping(event["summaryEvent"]) for event in events if "summaryEvent" in event]
    summary = summaries[-1] if summaries else {}
    return _preview(steps, said, summary.get("resourceChanges"), summary.get("result"))


def _preview(steps: list[Step], said: list[Mapping[str, Any]], summary: Any, result: Any) -> Preview:
    """`summary` counts the steps of each sort; None where the preview never came to count.

    `result` is the engine's word for how it ended; None in the form that has none.
    """
    replaced = {step.urn for step in steps if step.op == "replace"}
    # An old object that an earlier run could not end is deleted without a replacement beside it.
    kept = [
        step
        for step in steps
        if (step.op in _OPS and not any(own in step.urn for own in _ENGINES_OWN))
        or (step.op == "delete-replaced" and step.urn not in replaced)
    ]
    has_failed = None if result is None else result != "succeeded"
    printed = [] if kept else [str(each.get("message", "")) for each in said if each.get("severity") == _PRINTED]
    told = [
        *(Diagnostic(True, "", text) for text in mistakes(printed, has_failed=has_failed)),
        *(each for each in map(_diagnostic, said) if each),
    ]
    diagnostics = tuple(dict.fromkeys(told))
    urns = [step.urn for step in steps] + [each.urn for each in diagnostics]
    stack = next((_stack(urn) for urn in urns if _stack(urn)), "")
    same = mapping(summary).get("same")
    # The stack counts itself too.
    staying = (same if isinstance(same, int) else 0) - any(step.op == "same" and _STACK in step.urn for step in steps)
    is_whole = summary is not None and not has_failed and not any(each.is_error for each in diagnostics)
    return Preview(tuple(kept), diagnostics, stack, max(staying, 0), is_whole)


def _step(raw: Mapping[str, Any], old: Any, new: Any) -> Step:
    op, urn = raw.get("op"), raw.get("urn")
    if not (op and isinstance(op, str) and urn and isinstance(urn, str)):
        raise _no_preview()
    states = [{**mapping(state), **{part: veiled(mapping(state).get(part)) for part in ("inputs", "outputs")}}
              for state in (old, new)]  # fmt: skip
    kind = kind_of(raw.get("type") or states[0].get("type") or states[1].get("type") or _type(urn))
    named = [path for path in mapping(raw.get("detailedDiff")) if not path.startswith("__")]
    tops = {_top(path) for path in named}
    reasons = [key for part in _REASONS for key in _words(raw.get(part)) if _top(key) not in tops]
    return Step(op, urn, kind, states[0], states[1], tuple(dict.fromkeys(named + reasons)))


def _diagnostic(raw: Mapping[str, Any]) -> Diagnostic | None:
    severity, text = str(raw.get("severity", "")), plain(str(raw.get("message", ""))).strip()
    if severity not in ("error", "warning") and not (severity == _PRINTED and text.startswith(_FROM_CLASSES)):
        return None
    for mark in ("error: ", "warning: ", _FROM_CLASSES):
        text = text.removeprefix(mark)
    if _WHERE_FOUND.match(text):
        return None
    return Diagnostic(severity == "error", str(raw.get("urn") or ""), why_it_died(text))


def _stack(urn: str) -> str:
    """Project and stack of a URN."""
    parts = urn.split("::")
    return f"{parts[1]}/{parts[0].rpartition(':')[2]}" if urn.startswith("urn:pulumi:") and len(parts) > 3 else ""


def _type(urn: str) -> str:
    """The type of a URN, without those of its parents."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""


def _event(line: str) -> Mapping[str, Any]:
    try:
        return mapping(read_json(line.encode()))
    except ValueError:
        return {}


def _inside(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = mapping(value).get(key)
    return value


def _top(path: str) -> str:
    """The property that a path begins with."""
    return path.partition(".")[0].partition("[")[0]


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _words(value: Any) -> list[str]:
    return value if _is_words(value) else []


def _listed(digest: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """A list of the digest, which leaves out one that is empty."""
    found = digest.get(key, [])
    if not (isinstance(found, list) and all(isinstance(each, Mapping) for each in found)):
        raise _no_preview()
    return found


def _no_preview() -> ValueError:
    return ValueError(tr("it is not what `pulumi preview --json` writes"))
