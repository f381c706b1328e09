"""Answers Wangsu's report actions: finds the report, looks strictly at the request, and wraps what the report says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from ..basis import behaves
from ..exchange import Answer, Request
from ..forms import Mismatch, check
from ..series import Figures
from ..slots import Slots
from ..store import Store
from . import myview, report_places, report_streams, report_totals  # noqa: F401 - these serve their actions
from .report_wire import (
    BAD_ACCEPT,
    BAD_BODY,
    BAD_DATE,
    BAD_DOMAIN,
    BAD_ZONE,
    GMT,
    HEADER,
    NO_BODY,
    REPORTS,
    WORDS,
    Particulars,
    Query,
    Report,
    refuse,
)
from .wire import Refusal

NO_SUCH_API = "NoSuchApi"
FINER = {"/api/report/flow", "/api/report/domainflow", "/api/report/flow/area"}
ZONED = "/api/report/domain/stream/duration"

behaves("report envelope", "documented", 'result, flow-summary and flow-data, or code "0" with message and data')
behaves(
    "report codes", "assumed", f"unknown, missing and mistyped fields and unknown words are refused with {BAD_BODY}"
)
behaves("report codes", "assumed", "authentication fails with the live actions' codes as text, with HTTP 401 or 400")
behaves("report headers", "documented", "X-Time-Zone, like GMT+09:00, is the zone of the days of stream duration")
behaves("report headers", "assumed", "elsewhere X-Time-Zone may be GMT+08:00 only; XML is accepted, and JSON answered")
behaves("report slots", "documented", "an account with finer data has finer slots, as the fault `finer-slots` shows")
behaves("report window", "documented", "accounts have limits of their own: faults `longest-window`, `most-domains`")

behaves("report headers", "documented", "Accept-Language: with en-US isps and provinces go in and out as codes")
behaves("report headers", "assumed", "any other language than en-US is zh-CN, which takes names and codes")


class Reports:
    """The reports of one platform; `limited` False switches the limits of windows and of domains a call off."""

    def __init__(self, store: Store, figures: Figures, limited: bool) -> None:
        self._store = store
        self._figures = figures
        self._limited = limited

    def answer(self, request: Request, particulars: Particulars) -> Answer:
        """Carry out one call whose signature was accepted.

        Raises:
            Refusal: it is not answered.
        """
        served = REPORTS.get(request.path)
        if served is None or request.method != served.method:
            raise Refusal(NO_SUCH_API, "no such API", 404)
        _require_headers(request)
        fields = _fields(served, request)
        now = self._store.now()
        interval = served.interval(fields)
        window = served.window
        if particulars.longest_window is not None:
            window = replace(window, span=particulars.longest_window, fine=None)
        dated = {**fields, HEADER: request.headers.get("x-time-zone", "")}
        start, end, zone = window.read(dated, now, self._limited, interval)
        minutes = WORDS[interval]
        if particulars.finer_slots is not None and minutes == 5:
            minutes = particulars.finer_slots // 60
        slots = Slots.within(start, end, minutes, now, zone)
        english = request.headers.get("accept-language", "").lower().startswith("en-us")
        query = Query(
            fields,
            self._store,
            self._figures,
            english,
            self._limited,
            start,
            end,
            slots,
            particulars.most_domains,
        )
        content = served.handler(query)
        if isinstance(content, Answer):
            return content
        if served.envelope == "data":
            content = {"code": "0", "message": "success", "data": content}
        elif served.envelope == "result":
            content = {"result": content}
        return Answer(200, content)


def refused(refusal: Refusal) -> Answer:
    """A refusal as report actions tell it."""
    status = refusal.status
    if status == 200:
        status = 400 if str(refusal.code) in ("4003", "4004") else 401
    return Answer(status, {"code": str(refusal.code), "message": refusal.message})


def _require_headers(request: Request) -> None:
    accepted = request.headers.get("accept", "*/*")
    if not re.search(r"\*/\*|application/\*|json|xml", accepted):
        raise refuse(BAD_ACCEPT, "The accept header specified in your request is not acceptable.")
    zone = request.headers.get("x-time-zone", "GMT+08:00")
    if not re.fullmatch(GMT if request.path == ZONED else r"GMT\+08:00", zone):
        raise refuse(BAD_ZONE, "The value of X-Time-Zone header specified in your request is invalid.")
    if request.method == "POST" and not (request.body.strip() and request.headers.get("content-type")):
        raise refuse(NO_BODY, "This operation requires a body.")


def _fields(served: Report, request: Request) -> dict[str, Any]:
    """The fields of the body and of the query, all right in form."""
    try:
        content = json.loads(request.body) if request.method == "POST" else {}
    except (ValueError, RecursionError):
        raise refuse(BAD_BODY, "There was an error in the body of your HTTP request.") from None
    if not isinstance(content, dict):
        raise refuse(BAD_BODY, "There was an error in the body of your HTTP request.")
    asked = dict(parse_qsl(request.query, keep_blank_values=True))
    try:
        check(content, {name: form for name, form in served.forms.items() if not form.in_query})
        check(asked, {name: form for name, form in served.forms.items() if form.in_query})
    except Mismatch as mismatch:
        code = BAD_BODY
        if mismatch.problem == "missing" and mismatch.name in served.window.names:
            code = BAD_DATE
        elif mismatch.problem == "missing" and mismatch.name.startswith("domain"):
            code = BAD_DOMAIN
        raise refuse(code, mismatch.message) from None
    return {**content, **asked}
