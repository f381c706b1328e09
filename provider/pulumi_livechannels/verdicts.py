"""What is said of many stacks at once: of each resource, and of all of them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .deployments import Entry, Thing


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What differs in one property, by path. Of a secret, and of what nobody can read, no value is told.

    Attributes:
        state: what the program wanted when the state was written.
        platform: what the platform has.
    """

    property: str
    state: Any = None
    platform: Any = None
    secret: bool = False
    says: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found out about one resource; with a `failure` nothing was, and that is the reason."""

    entry: Entry
    differences: tuple[Difference, ...] = ()
    is_gone: bool = False
    failure: str = ""
    is_unanswered: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether the platform has it as the state says."""
        return not (self.differences or self.is_gone or self.failure)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What a run had begun with a resource when it died: `doing` is the engine's word for it."""

    stack: str
    urn: str
    kind: str
    doing: str


@dataclass(frozen=True, kw_only=True)
class Unmanaged:
    """An object that no stack holds."""

    kind: str
    id: str
    name: str


@dataclass(kw_only=True)
class Drift:
    """Everything that was found out.

    Attributes:
        resources: how many of the stacks' resources there are to look at.
        verdicts: those that were looked at, in this run.
        before: those in which nothing was found by an earlier run of the same round.
        skipped: those that cannot be looked at from here, each with the reason.
        left: those for which no calls were left.
        still: those among them in which an earlier run has found something.
        lists: kinds whose list was not read in this run, so that what no stack holds of them is not known.
        trouble: why a list could not be read.
        encrypted: stacks whose secrets are encrypted, so that these were not compared.
        has_progressed: whether anything was looked at that the round had not looked at.
        is_short: whether calls were lacking for what the round had not looked at.
        is_unanswered: whether the platform gave no answer to something.
        is_through: whether the round has been through every resource and every list, be it in several runs. What could
            not be found out has had its turn, unless the platform gave no answer and nothing else was found out.
        namesakes: URNs that more than one resource has, as in two organisations, or in an old and a new export.
    """

    resources: int
    verdicts: list[Verdict] = field(default_factory=list)
    before: list[Entry] = field(default_factory=list)
    skipped: list[tuple[Entry, str]] = field(default_factory=list)
    left: list[Entry] = field(default_factory=list)
    still: list[Entry] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    unmanaged: list[Unmanaged] = field(default_factory=list)
    twice: dict[Thing, list[Entry]] = field(default_factory=dict)
    pending: list[Begun] = field(default_factory=list)
    encrypted: list[str] = field(default_factory=list)
    namesakes: set[str] = field(default_factory=set)
    has_progressed: bool = False
    is_short: bool = False
    is_unanswered: bool = False
    is_through: bool = False

    @property
    def differing(self) -> list[Verdict]:
        """Resources that the platform has otherwise."""
        return [verdict for verdict in self.verdicts if verdict.differences]

    @property
    def gone(self) -> list[Verdict]:
        """Resources that the platform has no more."""
        return [verdict for verdict in self.verdicts if verdict.is_gone]

    @property
    def failed(self) -> list[Verdict]:
        """Resources of which it could not be found out."""
        return [verdict for verdict in self.verdicts if verdict.failure]

    @property
    def is_sure(self) -> bool:
        """Whether nothing failed that was looked at."""
        return not (self.failed or self.trouble)

    @property
    def is_whole(self) -> bool:
        """Whether everything is known."""
        return self.is_sure and not (self.left or self.lists)

    def named(self, entry: Entry) -> str:
        """A resource as people call it, with its id where that alone tells which one it is."""
        return f"{entry.kind.__name__} {entry.name}" + (f" ({entry.id})" if entry.urn in self.namesakes else "")

    def found(self, *, unmanaged: bool) -> bool:
        """Whether there is anything to do; what no stack holds counts only with `unmanaged`."""
        told = (self.differing, self.gone, self.still, self.twice, self.pending, self.unmanaged if unmanaged else ())
        return any(told)
