"""What may have been meant by a word that is not known."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator

from .language import tr


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """A question about the nearest of the known words, or `otherwise` where none is near."""
    near = nearest(word, known)
    return tr("did you mean {near}?", near=near) if near else otherwise


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The nearest of the known words; None where none is near."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1)), None)


def no_such_paths(
    option: str, kind: str, paths: Iterable[str], stored: Collection[str], written: Collection[str]
) -> Iterator[str]:
    """A sentence for each path under an option of a resource that leads to none of its properties.

    They are `stored` under one name, and may be `written` in a program under another.
    """
    for path in paths:
        head = re.split(r"[.\[]", path)[0]
        if head != "*" and head not in stored:
            # Others of a list that is shared by several kinds may have it.
            hint = did_you_mean(path, written, tr("it has no effect here"))
            yield tr("{option}: {kind} has no {path}: {hint}", option=option, kind=kind, path=path, hint=hint)


def no_attribute(module: str, name: str, known: Iterable[str]) -> AttributeError:
    """The error of a name that a module of this package does not have."""
    hint = did_you_mean(name, known, tr("dir({module}) tells what there is.", module=module))
    # With the name alone Python asks no second time what was meant.
    return AttributeError(f"module {module!r} has no attribute {name!r}: {hint}", name=name)
