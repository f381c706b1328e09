"""Volcengine's quality of single pushes and of streams pulled from their source: frames, bitrates and gaps."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from ..basis import behaves
from ..domains import KNOWN_STREAMS
from ..forms import Form
from ..store import ZONE
from .wire import APP, DAY, STREAM, Query, Reach, action, paired

SAMPLE = 5
# The usual value of each gauge, and how far it swings to either side in percent.
GAUGES = {
    "Bitrate": (2400, 12),
    "Framerate": (25, 4),
    "VideoFrameGap": (46, 30),
    "AudioBitrate": (128, 5),
    "AudioFramerate": (47, 3),
    "AudioFrameGap": (28, 25),
    "PtsDelta": (18, 60),
}
REACH = Reach({0: DAY})
ONE = {"Domain": Form(required=True), "App": Form(required=True, pattern=APP.pattern)}
ONE["Stream"] = Form(required=True, pattern=STREAM.pattern)
SEVERAL = {"Domain": Form(required=True), "App": APP, "Stream": STREAM, "AggType": Form(allowed=("max", "avg"))}

behaves(
    "volcengine quality", "assumed", "a stream has buckets while it is pushed, and is pulled from its source then too"
)
behaves("volcengine quality", "assumed", "single streams fold a bucket's samples by max, others as AggType says")
behaves("volcengine quality", "assumed", "an answer of one push names one session")


def _swing(seed: int, number: int, moment: int) -> int:
    """A number from -500 to 499 that depends on the moment alone."""
    mixed = (moment // SAMPLE * 2_654_435_761 + number * 40_503 + seed) & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 15) * 2_246_822_519 & 0xFFFFFFFF
    return (mixed >> 9) % 1000 - 500


def _metrics(query: Query, source: str, fold: str, pushed: bool = False) -> list[dict[str, Any]]:
    """A row for each bucket that begins in the window and holds a sample; `pushed` tells of the push behind it too."""
    seed = query.figures.chance("quality", source) & 0xFFFFFFFF
    rows = []
    for began, ended in query.figures.sessions(source, query.start - DAY, query.end):
        first = max(-(-query.start // query.bucket), began // query.bucket) * query.bucket
        for start in range(first, min(query.end, query.now, ended), query.bucket):
            sampled = -(-max(start, began) // SAMPLE) * SAMPLE
            moments = range(sampled, min(start + query.bucket, query.now, ended), SAMPLE)
            if not moments:
                continue
            passed = (moments[-1] - began) * 1000
            row = {
                "TimeStamp": datetime.fromtimestamp(start, ZONE).isoformat(),
                **{name: _folded(fold, number, seed, moments) for number, name in enumerate(GAUGES)},
                "VideoPts": float(passed),
                "AudioPts": float(passed + 9),
            }
            if pushed:
                row |= {"StreamBeginTime": began * 1000, **_push(seed)}
            rows.append(row)
    return rows


def _folded(fold: str, number: int, seed: int, moments: range) -> float:
    """The largest sample of a gauge, or the mean of all."""
    usual, percent = list(GAUGES.values())[number]
    samples = [usual * (50_000 + percent * _swing(seed, number, moment)) / 50_000 for moment in moments]
    return round(max(samples) if fold == "max" else sum(samples) / len(samples), 6)


def _push(seed: int) -> dict[str, Any]:
    return {
        "VCodec": "H264",
        "ACodec": "AAC",
        "Resolution": "1280x720",
        "FirstFrameTime": 5 + seed % 40,
        "ClientIp": f"203.0.113.{1 + seed % 254}",
        "ServerIp": f"198.51.100.{1 + seed // 254 % 254}",
    }


def _single(query: Query) -> dict[str, Any]:
    (domain,) = query.domains()
    return {
        **query.echo("Domain", "App", "Stream", "StartTime", "EndTime"),
        "Aggregation": query.bucket,
        "MetricList": _metrics(query, f"{domain}/{query.get('App')}/{query.get('Stream')}", "max"),
    }


def _batch(query: Query, pushed: bool) -> dict[str, Any]:
    (domain,) = query.domains()
    fold = query.get("AggType", "max")
    streams = [f"{query.get('App')}/{query.get('Stream')}"] if query.get("App") else KNOWN_STREAMS
    listed = []
    for name in streams:
        source, (app, stream) = f"{domain}/{name}", name.split("/")
        session = {"SessionID": hashlib.sha256(source.encode()).hexdigest()[:21]} if pushed else {}
        metrics = _metrics(query, source, fold, pushed)
        listed.append({"Domain": domain, "App": app, "Stream": stream, **session, "MetricList": metrics})
    return {
        **query.echo("Domain", "App", "Stream", "StartTime", "EndTime"),
        "Aggregation": query.bucket,
        "AggType": fold,
        "StreamMetricList": listed,
    }


@action(
    "DescribeLivePushStreamMetrics",
    {
        **ONE,
    },
    REACH,
    (5, 30),
    usual_bucket=30,
)
def push_metrics(query: Query) -> dict[str, Any]:
    """Quality of one pushed stream."""
    return _single(query)


@action(
    "DescribeLiveSourceStreamMetrics",
    {
        **ONE,
    },
    REACH,
    (30,),
    usual_bucket=30,
)
def source_metrics(query: Query) -> dict[str, Any]:
    """Quality of one stream that is pulled from its source."""
    return _single(query)


@action(
    "DescribeLiveBatchPushStreamMetrics",
    {
        **SEVERAL,
    },
    REACH,
    (5, 30, 60),
    rules=(paired,),
)
def batch_push_metrics(query: Query) -> dict[str, Any]:
    """Quality of the pushed streams of a domain, and who pushes them."""
    return _batch(query, pushed=True)


@action(
    "DescribeLiveBatchSourceStreamMetrics",
    {
        **SEVERAL,
    },
    REACH,
    (30, 60),
    rules=(paired,),
)
def batch_source_metrics(query: Query) -> dict[str, Any]:
    """Quality of the streams of a domain that are pulled from their source."""
    return _batch(query, pushed=False)
