"""Compares what the platform or the state holds with what a program wants: pure, and the same in both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .fields import UNKNOWN, Inputs, Property, State, properties
from .values.times import minute


@dataclass
class Diff:
    """What differs, by property path, and which of these paths need a new object.

    Attributes:
        unfinished: outputs that the state lacks because an earlier create could not read them.
    """

    changed: list[str] = field(default_factory=list)
    replaces: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.changed or self.unfinished)

    def without(self, ignored: Callable[[str], bool]) -> Diff:
        """The same without the paths that the program has us ignore."""
        changed = [path for path in self.changed if not ignored(path)]
        return Diff(changed, [path for path in self.replaces if path in changed], self.unfinished)

    def replacing(self, forced: Callable[[str], bool]) -> Diff:
        """The same with a new object for the paths of which the program asks for one."""
        return Diff(
            self.changed, [path for path in self.changed if path in self.replaces or forced(path)], self.unfinished
        )

    @staticmethod
    def tops(paths: Iterable[str]) -> list[str]:
        """The top-level properties of paths, each once."""
        return list(dict.fromkeys(path.partition(".")[0] for path in paths))

    def touches(self, key: str) -> bool:
        """Whether the property, or anything in it, differs."""
        return any(path == key or path.startswith(f"{key}.") for path in self.changed)


def named(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path is, or is inside of, one that the options of a resource name; `*` names all of them."""
    given = list(patterns)
    return lambda path: any(
        pattern in ("*", path) or path.startswith((f"{pattern}.", f"{pattern}[")) for pattern in given
    )


def diff(inputs: type[Inputs], outputs: type[State], state: Mapping[str, Any], news: Mapping[str, Any]) -> Diff:
    """What would have to change for `state` to be what `news` asks for.

    An absent input is compared too, unless the platform fills it in or cannot clear it.
    """
    result = Diff()
    for key, item in properties(inputs).items():
        wanted = item.default if news.get(key) is None else news[key]
        if wanted is None and (item.flags.filled or item.flags.released):
            continue
        if state.get(key) is None and item.flags.kept and wanted == item.default:
            # An import cannot read it, and nobody asks for anything in particular.
            continue
        for path, replaces in _paths(item, state.get(key), wanted):
            result.changed.append(path)
            if replaces:
                result.replaces.append(path)
    result.unfinished = [key for key, item in properties(outputs).items() if item.required and state.get(key) is None]
    return result


def otherwise(want: Inputs, actual: Mapping[str, Any]) -> tuple[str, ...]:
    """The inputs in which what stands there already is not what is wanted; what nobody reads back may be anything."""
    asked = want.plain()

    def differs(key: str, item: Property) -> bool:
        value = asked.get(key)
        if item.flags.write_only:
            return value not in (None, item.default)
        if key not in actual or item.flags.kept or (value is None and item.flags.filled):
            return False
        return not same(item, actual[key], value)

    return tuple(key for key, item in properties(type(want)).items() if differs(key, item))


def same(item: Property, left: Any, right: Any) -> bool:
    """Whether two values mean the same: sets without order, times by the minute, the platform's own additions aside."""
    if left is None or right is None or left is UNKNOWN or right is UNKNOWN:
        return left is right
    if item.is_set:
        # The platform may add a protocol that nobody can ask for.
        return {part for part in left if part != "ts"} == {part for part in right if part != "ts"}
    if item.is_instant:
        try:
            return minute(left) == minute(right)
        except (ValueError, TypeError):
            return bool(left == right)
    return bool(left == right)


def spelt_otherwise(item: Property, actual: Any, asked: Any) -> bool:
    """Whether the platform only writes the same value in another way, so that the program's way can stay."""
    if item.is_set:
        return actual != asked and sorted(actual) == sorted(asked)
    return item.is_instant and actual != asked and same(item, actual, asked)


def _paths(item: Property, old: Any, new: Any) -> list[tuple[str, bool]]:
    """The differing paths of one property, each with whether it replaces."""
    if item.nested and isinstance(old, Mapping) and isinstance(new, Mapping):
        inner = properties(item.nested)
        found = []
        for key, part in inner.items():
            if not same(part, old.get(key), new.get(key)):
                # A part that was never set can still be given; only changing it needs a new object.
                replaces = item.flags.replaces or (part.flags.replaces and old.get(key) is not None)
                found.append((f"{item.key}.{key}", replaces))
        return found
    return [] if same(item, old, new) else [(item.key, item.flags.replaces)]
