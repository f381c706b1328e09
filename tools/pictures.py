"""Draws the pictures of `docs/design.md` from the real thing, or checks that they still show it.

The floors are those that `make check` enforces. The other pictures are runs: each plays a case on the emulated platform
and draws every call that its journal then holds. `--check` exits 1 where a picture differs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests")]

from kit import FakeClock, Stage  # noqa: E402 - what tests play cases with
from pulumi_livechannels.emulator.server import running  # noqa: E402
from pulumi_livechannels.ground.errors import LiveChannelsError  # noqa: E402
from pulumi_livechannels.ground.language import speaking, tr  # noqa: E402

FOLDERS = {"en": ROOT / "docs" / "images", "zh": ROOT / "docs" / "zh-CN" / "images"}
WIDTH, LINE, LEFT, RIGHT = 760, 34, 150, 610
_INK, _QUIET, _BAD, _GOOD = "#1f2933", "#7b8794", "#c0392b", "#1e8449"
CREATE = "/live/channelManage/createChannel"
READ = "/live/channelManage/getChannelConfigure"


def picture(height: int, *parts: str) -> str:
    """A drawing, legible on a light page and on a dark one."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="13">\n'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{_INK}"/></marker></defs>\n'
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#fcfcfa" stroke="#d9d9d4"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def text(x: float, y: float, said: str, *, anchor: str = "middle", color: str = _INK, weight: str = "normal") -> str:
    """Words."""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{color}" font-weight="{weight}">{escape(said)}</text>'


def floors() -> str:
    """The floors of the house, each above those that it may import from."""
    contract = (ROOT / "pyproject.toml").read_text().partition('type = "layers"')[2]
    listed = re.findall(r'^  "(.*)",$', contract.partition("]")[0], re.MULTILINE)
    rows = [" · ".join(name.strip().removeprefix("pulumi_livechannels.") for name in row.split("|")) for row in listed]
    parts = []
    for place, row in enumerate(rows):
        y = 14 + place * 40
        parts.append(f'<rect x="30" y="{y}" width="{WIDTH - 60}" height="32" rx="5" fill="#eef2f5" stroke="#bcc7d1"/>')
        parts.append(text(WIDTH / 2, y + 21, row))
    below = 14 + len(rows) * 40
    parts.append(text(WIDTH / 2, below + 14, tr("A file imports only from its own floor or one below."), color=_QUIET))
    return picture(below + 30, *parts)


@contextmanager
def a_stage() -> Iterator[Stage]:
    """A platform of its own, the same in every run."""
    clock = FakeClock()
    with running(quota=0, seed=0, now=clock.now) as (port, platform):
        yield Stage(port, platform, clock)


def sequence(stage: Stage, title: str, end: str, color: str) -> str:
    """The calls that the journal holds, from the provider to the platform, and what came of it all."""
    parts = [text(WIDTH / 2, 28, title, weight="bold"), text(LEFT, 56, "livechannels", weight="bold")]
    parts.append(text(RIGHT, 56, tr("platform"), weight="bold"))
    y = 90
    for call in stage.platform.journal:
        wrong = tr("the answer is lost") if call["fault"] == "lost-answer" else call["outcome"]
        parts.append(f'<path d="M{LEFT} {y}H{RIGHT - 3}" stroke="{_INK}" marker-end="url(#tip)"/>')
        parts.append(text((LEFT + RIGHT) / 2, y - 6, call["action"]))
        if wrong != "ok":
            parts.append(text(RIGHT + 14, y + 4, wrong, anchor="start", color=_BAD))
        y += LINE
    lines = [f'<path d="M{x} 66V{y - 10}" stroke="{_QUIET}" stroke-dasharray="3 4"/>' for x in (LEFT, RIGHT)]
    return picture(y + 34, *lines, *parts, text(WIDTH / 2, y + 14, end, color=color, weight="bold"))


def lost_answer() -> str:
    """A create whose answer is lost."""
    with a_stage() as stage:
        stage.fault(CREATE, "lost-answer")
        stage.up("Channel", **stage.sample("Channel"))
        there = len(stage.objects("Channel"))
        title = tr("The answer to a create is lost")
        return sequence(
            stage, title, tr("Found, not made again: channels on the platform: {count}", count=there), _GOOD
        )


def gone() -> str:
    """A channel that somebody has deleted in the console."""
    with a_stage() as stage:
        made = stage.up("Channel", **stage.sample("Channel"))
        stage.remove("Channel", made.id)
        stage.new_run()
        stage.platform.journal.clear()
        found = stage.of("Channel").read(made.id, made.state, stage.holder("Channel"))
        assert found is None
        end = tr("Gone: two witnesses agree")
        return sequence(stage, tr("Somebody deleted the channel in the console"), end, _GOOD)


def outage() -> str:
    """The same look while the platform fails."""
    with a_stage() as stage:
        made = stage.up("Channel", **stage.sample("Channel"))
        stage.new_run()
        stage.platform.journal.clear()
        stage.fault(READ, "error-code", code="900", times=99)
        try:
            stage.of("Channel").read(made.id, made.state, stage.holder("Channel"))
        except LiveChannelsError:
            end = tr("An error: the state stays as it is")
            return sequence(stage, tr("The same look while the platform fails"), end, _GOOD)
        raise AssertionError("the platform failed and nothing was said")


PICTURES: dict[str, Callable[[], str]] = {
    "floors.svg": floors,
    "lost-answer.svg": lost_answer,
    "gone.svg": gone,
    "outage.svg": outage,
}


def main() -> int:
    """Write or check."""
    outdated = []
    for language, folder in FOLDERS.items():
        for name, draw in PICTURES.items():
            with speaking(language):
                drawn = draw()
            path = folder / name
            if not path.exists() or path.read_text(encoding="utf-8") != drawn:
                outdated.append(path)
                if "--check" not in sys.argv:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(drawn, encoding="utf-8")
    if "--check" in sys.argv and outdated:
        print(
            *(f"{path.relative_to(ROOT)} is outdated: run `make docs`" for path in outdated), sep="\n", file=sys.stderr
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
