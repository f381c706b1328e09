"""What the host of a program's language says in a preview: mistakes that it reports as output, and why a program died.

The engine marks as an error what a program or a provider reports to it. The host of YAML instead prints what it finds
before it runs a program, and ends: of such a preview nothing is marked. What it prints quotes the program, a line at a
time; as a property that is secret may stand in that line, only its number is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_STYLE = re.compile(r"\x1b\[[0-9;]*m")
# The host always colours its marks; of the two forms of a preview, the stream has lost the colours.
_MARK = re.compile(r"(?:\x1b\[3[13]m)(Error|Warning)\x1b\[0m: ")
_PLAIN_MARK = re.compile(r"(Error|Warning): ")
_QUOTED = re.compile(r" *\d+: ")
_TRACEBACK = "Traceback (most recent call last):\n"
_FRAME = re.compile(r'\s+File "(?P<path>[^"]*?(?P<file>[^"/\\]*))", line (?P<line>\d+)')
# Python draws a group of exceptions as a tree: what is not indented in its branches is what they say.
_GROUP = "Exception Group Traceback"
_OF_A_GROUP = re.compile(r"^ +\| (?! |Traceback )(.+)$", re.MULTILINE)
_NODE_FRAME = re.compile(r"\n *at [^\n]*")
_SOURCE = re.compile(
    r"(?<![\w:/\\.])(?:[A-Za-z]:)?[/\\](?:[^\s'\"()/\\]+[/\\])*([^\s'\"()/\\]+\.(?:py|[cm]?[jt]sx?|go))\b"
)
# Frames of what runs a program are of no help to those who wrote it.
_NOT_THE_PROGRAMS = ("<", "site-packages", "/lib/python", "pulumi-language-python")
_DIED = "unhandled exception:\n"


def plain(text: str) -> str:
    """The text without colours."""
    return _STYLE.sub("", text)


def mistakes(said: Iterable[str], *, has_failed: bool | None) -> Iterator[str]:
    """The errors in what a host of YAML printed of a program that declared nothing.

    Whether the preview failed is known of one form. Of the other, only the colours tell them from what any program
    may print.
    """
    if has_failed is False:
        return
    mistake: list[str] = []
    for text in said:
        mark = _MARK.match(text) or (_PLAIN_MARK.match(text) if has_failed else None)
        if mark:
            if mistake:
                yield "; ".join(mistake)
            mistake = [plain(text[mark.end() :]).strip()] if mark[1] == "Error" else []
        elif mistake and not _QUOTED.match(text):
            mistake.append(plain(text).strip().rstrip(":"))
    if mistake:
        yield "; ".join(mistake)


def why_it_died(text: str) -> str:
    """What ended a program, and where in it; the way there, with paths of a machine, is left out."""
    if _DIED not in text:
        return text
    head = text.partition(_DIED)[0] + _DIED.rstrip()
    if _GROUP in text:
        return _SOURCE.sub(r"\1", "\n".join([head, *_OF_A_GROUP.findall(text)]))
    _, traceback, rest = text.rpartition(_TRACEBACK)
    if not traceback:
        return _SOURCE.sub(r"\1", _NODE_FRAME.sub("", text))
    lines = rest.splitlines()
    # Frames are indented, and the code they quote; what follows is the exception, in as many lines as it likes.
    frames = next((number for number, line in enumerate(lines) if not line.startswith(" ")), len(lines))
    found = [frame for frame in map(_FRAME.match, lines[:frames]) if frame]
    own = [frame for frame in found if not any(part in frame["path"] for part in _NOT_THE_PROGRAMS)]
    where = [f"{frame['file']}, line {frame['line']}:" for frame in own[-1:]]
    return _SOURCE.sub(r"\1", "\n".join([head, *where, *lines[frames:]]))
