"""The older reports, by channel, which is the vendor's word for a domain there: traffic, daily peaks, transcoding."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar, Literal

from ...core.fields import Inputs
from ...core.reporting.answers import at, listed, objects, second
from ...core.reporting.columns import Columns, amount, dimension, gauge, moment, peak, total
from ...core.reporting.plan import Limits
from ...core.reporting.reading import Shape
from ...core.reporting.slots import SECONDS, Window, days, rfc3339, slot_of_label
from ...core.reporting.words import joined, text_flag, word
from ...core.values.addresses import Domain
from ...vendors.wangsu.reports import Envelope
from .base import ACCELERATION_TYPES, BOTH_SITES, REGIONS, ByDomain, InAnyZone, InWindowOrNewest, WangsuReport


def _end_of_slot(label: str) -> int:
    return slot_of_label(label, 0)


class ViewReport(WangsuReport):
    """A report of the older family, whose answer is a tree around each day's points.

    Attributes:
        branches: the keys from a day to its points.
    """

    envelope = Envelope.VIEW
    # This family answers XML unless it is told otherwise.
    fixed: ClassVar[dict[str, str]] = {"dataformat": "json"}
    window_words = ("startdate", "enddate")
    limits = Limits()
    window_by_default = days(1)
    branches: ClassVar[tuple[str, str]]

    def shaped(self, data: Any) -> Any:
        """The tree, with the day in front of each point's time."""
        for tree in listed(data, data, ()):
            for day in objects(tree, "date"):
                for branch in objects(day, self.branches[0]):
                    self._date(objects(branch, self.branches[1]), str(day.get("name", "")))
        return data

    def _date(self, points: list[dict[str, Any]], day: str) -> None:
        for point in points:
            if " " not in str(point.get("time", "")):
                point["time"] = f"{day} {point.get('time', '')}"

    def wire_times(self, window: Window, zone: int) -> tuple[str, str]:
        """The window in days."""
        return rfc3339(window.start, zone)[:10], rfc3339(window.end - 1, zone)[:10]


class _Common(Inputs):
    customer: str | None = word("cust", "Name of a sub-customer, for merged accounts.", min_length=1)
    areas: list[str] | None = word(
        "region",
        f"Acceleration areas, by the vendor's codes: {REGIONS}. Absent: all.",
        min_length=1,
        encode=joined(";"),
    )


class _ByChannel(_Common):
    domains: list[Domain] | None = word(
        "channel", "The domains. Absent: all of the account.", min_length=1, encode=joined(";")
    )
    exact_match: bool = word(
        "isExactMatch", "Whether domains are whole names, and not ends of names.", default=True, encode=text_flag
    )
    isps: list[str] | None = word(
        "isp", "Carriers, by the vendor's codes; in mainland China only. Absent: all.", min_length=1, encode=joined(";")
    )
    acceleration_types: list[str] | None = word(
        "accetype",
        f"Acceleration types, by the vendor's codes: {ACCELERATION_TYPES}. Absent: all.",
        min_length=1,
        encode=joined(";"),
    )


class ChannelTraffic(ViewReport):
    """Traffic of domains by minutes; how many, the vendor decides."""

    action = "Flowchannel"
    path = "/myview/Flowchannel"
    drops_unknown = True
    branches = ("channel", "flow")
    interval = "1m"
    shape = Shape("date.channel", "flow", label="time")
    example = {"domains": ["pull.example.com"], "groupBy": ["domain"]}

    class Query(_ByChannel, InWindowOrNewest):
        """What can be asked."""

        group_by: ByDomain = word(
            "resultType",
            "`domain` for a row each. Absent: one row for all.",
            default=[],
            encode=lambda words: "2" if words else "1",
        )

    class Row(Columns):
        """A domain, or all together."""

        domain: str | None = dimension("name", "The domain, or the vendor's word for all together.")

    class Slot(Columns):
        """Traffic."""

        traffic_mb: float | None = amount("text", "Traffic in MB.")

    def wire_times(self, window: Window, zone: int) -> tuple[str, str]:
        """The window in minutes."""
        start, end = (rfc3339(second)[:16].replace("T", " ") for second in (window.start, window.end))
        return start, end

    def _date(self, points: list[dict[str, Any]], day: str) -> None:
        """A label ends its slot, and how long slots are shows in how far labels are apart."""
        super()._date(points, day)
        ends = [at(point, "time", lambda label: second(label, _end_of_slot)) for point in points]
        length = min((later - sooner for sooner, later in pairwise(sorted(set(ends)))), default=SECONDS["5m"])
        for point, end in zip(points, ends, strict=True):
            point["time"] = str(end - length)

    def time_of(self, label: str, length: int, zone: int) -> int:
        """The start of a slot, which is known by then."""
        return int(label)


class DailyTrafficPeaks(ViewReport):
    """For each day the peak bandwidth, when it was, and the traffic."""

    action = "Flowday"
    path = "/myview/flow-day"
    drops_unknown = True
    branches = ("channel", "channel-peak")
    interval = "1d"
    whole = "1d"
    cuts_days = True
    shape = Shape("date.channel", "channel-peak", label="date")
    window_by_default = days(7)
    example = {"domains": ["pull.example.com"]}

    class Query(_ByChannel, InAnyZone, InWindowOrNewest):
        """What can be asked. The window begins and ends at midnights of `timeZone`."""

    class Row(Columns):
        """A domain, or all together."""

        domain: str | None = dimension("name", "The domain, or the vendor's word for all together.")

    class Slot(Columns):
        """One day."""

        peak_bandwidth_mbps: float | None = peak("peakValue", "Largest bandwidth of the day, Mbps.")
        peak_time: str | None = moment("peakTime", "When it was, RFC 3339.")
        traffic_mb: float | None = amount(
            "totalFlow", "Traffic of the day, in MB as elsewhere; here the vendor writes no unit."
        )

    def _date(self, points: list[dict[str, Any]], day: str) -> None:
        for point in points:
            when = str(point.get("peakTime") or "")
            if when and " " not in when:
                point["peakTime"] = f"{point.get('date', day)} {when}"


class TranscodingUsage(ViewReport):
    """How much was transcoded, by type, in slots of 5 minutes."""

    action = "Wctquery"
    path = "/myview/Wctquery"
    branches = ("wct", "data")
    interval = "5m"
    whole = "1d"
    cuts_days = True
    sites = BOTH_SITES
    shape = Shape("date.wct", "data", label="time")
    example = {"operations": ["trans"], "resolutions": ["hd1080"]}

    class Query(_Common, InAnyZone, InWindowOrNewest):
        """What can be asked. The window begins and ends at midnights of `timeZone`."""

        operations: (
            list[
                Literal[
                    "trans",
                    "hevc",
                    "audio_trans",
                    "encap_trans",
                    "vframe",
                    "file_op",
                    "trans_nbhd",
                    "hevc_nbhd",
                    "video_enhance",
                    "drm",
                ]
            ]
            | None
        ) = word("transcoding", "What was done. Absent: everything.", min_length=1, encode=joined(";"))
        resolutions: list[Literal["sd240", "sd480", "sd720", "hd1080", "2k", "4k"]] | None = word(
            "transcodingType", "Steps of resolution. Absent: all.", min_length=1, encode=joined(";")
        )
        spaces: list[str] | None = word("space", "Storage spaces. Absent: all.", min_length=1, encode=joined(";"))
        providers: list[str] | None = word(
            "provider", "Sources of the function. Absent: all.", min_length=1, encode=joined(";")
        )

    class Row(Columns):
        """A type."""

        type: str | None = dimension("type", "The type, in the vendor's words.")
        total: float | None = total("total", "In the window, in the unit of the answer.", of="usage")

    class Slot(Columns):
        """The usage."""

        usage: float | None = amount("text", "In the slot, in the unit of the answer.")

    class Totals(Columns):
        """Of the whole answer."""

        unit: str | None = gauge("date.unit", "The unit of all numbers, in the vendor's words.")
        total: float | None = total("date.total", "Everything together, in that unit.")
        customer_id: str | None = gauge("date.customerId", "The vendor's number of the customer.")

    def _date(self, points: list[dict[str, Any]], day: str) -> None:
        """Points without a day belong to the only one asked for."""
        if day:
            super()._date(points, day)
