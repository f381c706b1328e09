"""What Volcengine's actions are declared with: codes, a registry, windows, and the query that an action gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..basis import behaves
from ..domains import all_domains, is_owned
from ..forms import Form
from ..series import Figures
from ..slots import Slots
from ..store import Store
from ..wangsu.wire import Refusal

STATUSES = {
    **dict.fromkeys(("FlowLimitExceeded", "AccountFlowLimitExceeded", "RequestLimitExceeded"), 429),
    **{"ServiceUnavailableTemp": 503, "InternalServiceTimeout": 504, "FailToConnect": 502, "InternalServiceError": 502},
    **{"InternalError": 500, "UndefinedError": 500, "InvalidTimestamp": 403, "LackPolicy": 403, "AccessDenied": 403},
    **dict.fromkeys(("MissingAuthenticationToken", "MissingSignature", "InvalidClientTokenId"), 401),
    **dict.fromkeys(("InvalidAccessKey", "SignatureDoesNotMatch", "LackProjectPolicy"), 401),
    **dict.fromkeys(("ServiceNotFound", "InvalidActionOrVersion", "InvalidAction", "InvalidVersion"), 404),
    "MethodNotAllowed": 405,
}
NUMBERS = {
    "MissingParameter": 100002,
    "MissingAuthenticationToken": 100003,
    "MissingRequestInfo": 100004,
    "MissingSignature": 100005,
    "InvalidTimestamp": 100006,
    "ServiceNotFound": 100007,
    "InvalidActionOrVersion": 100008,
    "InvalidAccessKey": 100009,
    "SignatureDoesNotMatch": 100010,
    "LackPolicy": 100012,
    "AccessDenied": 100013,
}
HOUR, DAY = 3600, 86400
YEAR = 366 * DAY
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)"
WINDOW = {name: Form(required=True, pattern=TIME) for name in ("StartTime", "EndTime")}
APP, STREAM = Form(pattern=r"[A-Za-z0-9_.-]{1,30}"), Form(pattern=r"[A-Za-z0-9_.-]{1,100}")
NARROWED = ("DomainList", "ProtocolList", "ISPList", "RegionList", "UserRegionList", "DetailField")
"""What most answers repeat of the request."""
BITS = 80_000
"""In a hundredth of a megabyte."""
PAGES = {name: Form("int") for name in ("PageNum", "PageSize")}
TEXTS = Form("array<string>")
"""A list of names, where none ask for all."""

behaves("volcengine errors", "documented", "HTTP statuses and numbers of the gateway's code table")
behaves("volcengine errors", "assumed", "a code that is not in it comes with HTTP 400 and no number")
behaves("volcengine errors", "assumed", "MissingParameter or InvalidParameter for fields, InvalidDomain for domains")
behaves("volcengine window", "documented", "longest spans by bucket and split, and 366 or 93 days of history")
behaves("volcengine window", "assumed", "a start equal to the end is an empty window; times to come are empty too")
behaves("volcengine window", "assumed", "buckets whose start lies in the window, the end left out")
behaves("volcengine domains", "assumed", "no domains ask for all; one that is not the account's refuses the call")
behaves("volcengine units", "documented", "a gigabyte is 1000 megabytes; rankings count bytes and bits per second")


def gigabytes(hundredths: int) -> float:
    """Hundredths of a megabyte as gigabytes."""
    return hundredths / 100_000


def refuse(code: str, message: str) -> Refusal:
    """What an action says to a request that it does not answer."""
    return Refusal(code, message, STATUSES.get(code, 400))


@dataclass(frozen=True)
class Query:
    """What an action gets: the fields of the request, right in form, and the buckets of its window."""

    fields: Mapping[str, Any]
    store: Store
    figures: Figures
    limited: bool
    start: int
    end: int
    bucket: int
    now: int
    slots: Slots

    def get(self, name: str, default: Any = None) -> Any:
        """A field of the request; an empty one counts as absent."""
        value = self.fields.get(name)
        return default if value in (None, "", []) else value

    def domains(self) -> list[str]:
        """The domains that the request names, or else all."""
        listed = self.get("DomainList") or self.get("VhostList") or all_domains(self.store)
        named = [self.get("Domain")] if self.get("Domain") else listed
        if not all(is_owned(domain) for domain in named):
            raise refuse("InvalidDomain", "The domain does not belong to the account.")
        return list(dict.fromkeys(name.lower() for name in named))

    def buckets(self, sources: list[str], **columns: list[Any]) -> list[dict[str, Any]]:
        """Columns as rows, one a bucket in which one of the sources was there, each called by its start."""
        names = ("TimeStamp", *columns)
        rows = zip(self.figures.aired(sources, self.slots), self.slots.begins, *columns.values(), strict=True)
        return [dict(zip(names, row, strict=True)) for there, *row in rows if there]

    def page(self, rows: list[Any], usual: int, least: int, most: int) -> tuple[list[Any], int, int]:
        """One page of the rows, its number and its size."""
        number, size = int(self.get("PageNum", 1)), int(self.get("PageSize", usual))
        if number < 1 or size < 1 or (self.limited and not least <= size <= most):
            raise refuse("InvalidParameter", f"PageNum counts from 1, and PageSize is {least} to {most}.")
        return rows[(number - 1) * size : number * size], number, size

    def echo(self, *names: str) -> dict[str, Any]:
        """The fields that an answer repeats when the request has them."""
        return {name: self.fields[name] for name in names if name in self.fields}


Handler = Callable[[Query], dict[str, Any]]
Rule = Callable[[Mapping[str, Any]], str | None]
"""Says what is wrong with fields that are right one by one."""


@dataclass(frozen=True)
class Reach:
    """How long a window may be, by bucket in seconds (0 for any), and how far back it may begin.

    `split` holds instead where the answer is split in two dimensions or more.
    """

    longest: Mapping[int, int]
    split: Mapping[int, int] | None = None
    history: int = YEAR


@dataclass(frozen=True)
class Action:
    """An action that the emulator serves; `rate` is calls a second."""

    forms: Mapping[str, Form]
    reach: Reach | None
    usual_bucket: int
    rate: int
    rules: tuple[Rule, ...]
    handler: Handler


VOLCENGINE_ACTIONS: dict[str, Action] = {}


def action(
    name: str,
    forms: Mapping[str, Form],
    reach: Reach | None = None,
    buckets: tuple[int, ...] = (),
    *,
    usual_bucket: int = 60,
    rate: int = 30,
    rules: tuple[Rule, ...] = (),
) -> Callable[[Handler], Handler]:
    """Serve an action with the decorated handler, which gets a request that breaks no rule."""

    def register(handler: Handler) -> Handler:
        taken = dict(forms)
        if reach is not None:
            taken |= WINDOW
        if buckets:
            taken["Aggregation"] = Form("int", allowed=buckets)
        VOLCENGINE_ACTIONS[name] = Action(taken, reach, usual_bucket, rate, rules, handler)
        behaves(name, "documented", (handler.__doc__ or "").strip())
        return handler

    return register


def paired(fields: Mapping[str, Any]) -> str | None:
    """App and Stream go together."""
    return "App and Stream go together" if bool(fields.get("App")) != bool(fields.get("Stream")) else None


def one_way_to_name_domains(fields: Mapping[str, Any]) -> str | None:
    """Domain excludes DomainList, and a stream needs its domain and app."""
    if fields.get("Domain") and fields.get("DomainList"):
        return "Domain and DomainList exclude each other"
    if (fields.get("App") or fields.get("Stream")) and not all(
        fields.get(name) for name in ("Domain", "App", "Stream")
    ):
        return "a stream needs Domain, App and Stream"
    return None


def quic_alone(fields: Mapping[str, Any]) -> str | None:
    """QUIC stands alone."""
    protocols = fields.get("ProtocolList") or []
    return "QUIC excludes other protocols" if "QUIC" in protocols and set(protocols) != {"QUIC"} else None


def excluding(one: str, other: str) -> Rule:
    """Two fields that exclude each other."""

    def rule(fields: Mapping[str, Any]) -> str | None:
        return f"{one} and {other} exclude each other" if fields.get(one) and fields.get(other) else None

    return rule
