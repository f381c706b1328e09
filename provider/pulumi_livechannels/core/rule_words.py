"""What is said of a value that breaks the rule of its property: the rule, the value, and the way out in a program."""

from __future__ import annotations

from typing import Any

from pydantic_core import ErrorDetails

from ..ground.language import closed_up, tr
from ..ground.redact import shorten
from .fields import Property, properties

# By this key the engine's SDKs know a value that is a resource.
_RESOURCE = "4dabf18193072939515e22adb298388d"


def sentence(item: Property, detail: ErrorDetails, *, hidden: bool) -> str:
    """What is wrong with the value of a property, by what pydantic has found; a `hidden` one is not shown."""
    given = detail["input"]
    if isinstance(given, dict) and _RESOURCE in given:
        return tr("is a resource: write the output of it that is meant, such as ${main.pullId}")
    rule, way_out = _rule(item, detail)
    shown = tr("a secret that is not shown") if hidden else shorten(repr(given), 80)
    told = tr("{rule}, but is {given}: {way_out}", rule=rule, given=shown, way_out=way_out)
    # A value is quoted as it is, whatever spaces are in it.
    return closed_up(told) if hidden else told


def _rule(item: Property, detail: ErrorDetails) -> tuple[str, str]:
    """The rule, and the way out."""
    context: dict[str, Any] = detail.get("ctx", {})
    least, most = context.get("min_length"), context.get("max_length")
    kind, given = detail["type"], detail["input"]
    if kind == "string_type" and (item.is_instant or item.is_edge):
        return tr("must be a time as text"), tr("write it like {time}", time="2026-11-21T20:00:00+08:00")
    if kind == "string_type" and isinstance(given, (list, dict)):
        return tr("must be text"), tr("write it without brackets")
    if kind in ("int_type", "int_from_float") and isinstance(given, float):
        return tr("must be a whole number"), tr("round it")
    if kind in ("model_type", "dict_type") and item.nested:
        names = ", ".join(properties(item.nested))
        return tr("must have properties of its own"), tr("give it some of {names}", names=names)
    return {
        "rule": (tr(context.get("rule", "")), tr(context.get("way_out", ""))),
        "string_too_long": (
            tr("must be at most {max_length} characters", max_length=most),
            tr("shorten it"),
        ),
        "string_too_short": (
            tr("must be at least 1 character")
            if least == 1
            else tr("must be at least {min_length} characters", min_length=least),
            tr("write something"),
        ),
        "too_long": (
            tr("must name at most 1 value")
            if most == 1
            else tr("must name at most {max_length} values", max_length=most),
            tr("take some out"),
        ),
        "too_short": (
            tr("must name at least 1 value")
            if least == 1
            else tr("must name at least {min_length} values", min_length=least),
            tr("add one"),
        ),
        "literal_error": (
            tr("must be one of {expected}", expected=context.get("expected", "").replace(" or ", tr(" or "))),
            tr("choose one of these"),
        ),
        "greater_than_equal": (tr("must be at least {ge}", ge=context.get("ge")), tr("raise it")),
        "less_than_equal": (tr("must be at most {le}", le=context.get("le")), tr("lower it")),
        "string_type": (tr("must be text"), tr("put it in quotes")),
        "int_type": (tr("must be a whole number"), tr("write digits without quotes")),
        "float_type": (tr("must be a number"), tr("write digits without quotes")),
        "bool_type": (tr("must be true or false"), tr("write it without quotes")),
        "list_type": (tr("must be a list"), tr("write it in brackets")),
    }.get(kind, (detail["msg"][:1].lower() + detail["msg"][1:], tr("correct it")))
