"""The language in which people are spoken to: English, or what the catalogue under `locale/` has.

The usual variables choose it. A sentence is marked where it is made, in English and with named places for what differs:

    tr("{key} must be at least {least:g}", key=setting.key, least=1)

What is declared long before anybody is spoken to (a model's words, a constant) stays English where it stands, and goes
through `tr` where it is shown. What programs read (JSON, CSV, the schema, the state, logs) is English always.
"""

from __future__ import annotations

import errno
import gettext
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import takewhile
from pathlib import Path

ENGLISH = "en"
DOMAIN = "livechannels"
CATALOGUES = Path(__file__).parent.parent / "locale"
# In the order in which they count; LANGUAGE, which may name several, comes before them.
_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
_chosen: str | None = None
# Chinese characters and marks, and the marks after which no space belongs.
_WIDE_MARKS = "，。；：、？！）"
_WIDE = f"\u4e00-\u9fff（{_WIDE_MARKS}"
# The system's words, as it has them in English, for what people meet.
SYSTEM_WORDS = {
    errno.ENOENT: "No such file or directory",
    errno.EACCES: "Permission denied",
    errno.EPERM: "Operation not permitted",
    errno.EISDIR: "Is a directory",
    errno.ENOTDIR: "Not a directory",
    errno.EEXIST: "File exists",
    errno.ENOSPC: "No space left on device",
    errno.EDQUOT: "Disk quota exceeded",
    errno.EFBIG: "File too large",
    errno.EROFS: "Read-only file system",
    errno.ELOOP: "Too many levels of symbolic links",
    errno.ENAMETOOLONG: "File name too long",
    errno.EMFILE: "Too many open files",
    errno.ENFILE: "Too many open files in system",
    errno.EIO: "Input/output error",
    errno.EBADF: "Bad file descriptor",
    errno.EBUSY: "Device or resource busy",
    errno.ETXTBSY: "Text file busy",
    errno.ENXIO: "No such device or address",
    errno.EPIPE: "Broken pipe",
    errno.ENOEXEC: "Exec format error",
    errno.EADDRINUSE: "Address already in use",
    errno.EADDRNOTAVAIL: "Cannot assign requested address",
}


def tr(text: str, /, **values: object) -> str:
    """The text in the language of whoever reads it, with the values in their places."""
    said = _catalogue().gettext(text) if text else text
    return said.format(**values) if values else said


def joined(*sentences: str) -> str:
    """Sentences one after the other; a Chinese mark has its space in itself."""
    said = ""
    for sentence in filter(None, sentences):
        said += sentence if not said or said[-1] in _WIDE_MARKS else f" {sentence}"
    return said


def listed(*items: str) -> str:
    """Words as a list in a sentence. Names, paths and commands keep the comma and the space of programs."""
    return tr(", ").join(items)


def apart(*clauses: str) -> str:
    """Clauses of one sentence, each of which may have commas of its own."""
    return tr("; ").join(clauses)


def said_of(subject: object, *texts: str) -> str:
    """What is said, after what it is said of."""
    return tr(": ").join((str(subject), *texts))


def closed_up(text: str) -> str:
    """A sentence of ours with no space between two Chinese characters, where one came into the place of a name."""
    return re.sub(f"(?<=[{_WIDE}]) (?=[{_WIDE}])", "", text)


def system_words(error: OSError) -> str:
    """Why the system refused, in the language of whoever reads it where we know the reason."""
    known = SYSTEM_WORDS.get(error.errno or 0)
    return tr(known) if known and not is_english() else error.strerror or str(error)


def tr_prose(text: str) -> str:
    """A docstring's text in that language, paragraph by paragraph, whatever the lines that it stands in."""
    return text if is_english() else "\n\n".join(tr(unwrapped(part)) for part in text.split("\n\n"))


def unwrapped(paragraph: str) -> str:
    """A paragraph on one line."""
    return " ".join(paragraph.split())


def is_english() -> bool:
    """Whether nothing is translated."""
    return not _wanted()


def choose(language: str) -> None:
    """Speak this from now on, whatever the environment says."""
    global _chosen  # noqa: PLW0603 - a process speaks one language, as it has one locale
    _chosen = language


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Speak this for a while; None is what the environment says."""
    global _chosen  # noqa: PLW0603
    before, _chosen = _chosen, language
    try:
        yield
    finally:
        _chosen = before


def lend() -> None:
    """Let libraries that speak through the standard `gettext`, such as argparse, use our catalogue too."""
    if not is_english():
        gettext.bindtextdomain(DOMAIN, CATALOGUES)
        gettext.textdomain(DOMAIN)


def _catalogue() -> gettext.NullTranslations:
    return _loaded(*_wanted())


@cache
def _loaded(*languages: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, CATALOGUES, languages, fallback=True)


def _of_the_environment() -> str:
    locale = next(filter(None, map(os.environ.get, _LOCALES)), "")
    # Whoever asks for the plain locale wants what scripts can read, as gettext has it everywhere.
    return locale if locale in ("C", "POSIX") else os.environ.get("LANGUAGE") or locale


def _wanted() -> list[str]:
    """Languages, the dearest first, up to the one that every sentence is there in."""
    asked = _chosen or _of_the_environment()
    return list(takewhile(lambda name: not re.match(r"en|C\b|POSIX", name), filter(None, asked.split(":"))))
