"""Drift of many stacks at once, with one inventory of each account.

It reads and compares as the engine would have the provider do it in a refresh, by the same `Lifecycle`, so that it says
what the engine would say. Nothing is written, neither on the platform nor in a state. What could not be found out is
told as such, and is never drift.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Generator, Iterator, Sequence
from itertools import product
from typing import Any

from .config import CREDENTIALS
from .core.account import Account, AccountOf
from .core.class_keys import HIDDEN, IGNORE
from .core.diff import Diff, named
from .core.fields import properties
from .core.function import Progress
from .core.lifecycle import Lifecycle
from .core.resource import Countable
from .core.telling import both, difference, is_secret
from .deployments import KINDS, Entry, Thing, entries, has_secret, held_twice, opened, pending, setting, settings_of
from .ground.errors import CancelledError, LiveChannelsError, TransportError
from .ground.language import tr
from .ground.redact import scrub
from .ground.side_by_side import side_by_side
from .rounds import Round
from .verdicts import Begun, Difference, Drift, Unmanaged, Verdict

# As many as an engine looks at at once: what can travel in one call does.
AT_ONCE = 16
# In the place of an encrypted output that no platform shows, and that nothing is compared with.
_SHUT = ""


class Fleet:
    """Stacks, by what `pulumi stack export` wrote of them, and the accounts that their objects are in.

    Raises:
        ValueError: one of them is no export.
        ConfigurationError: the keys are missing.
    """

    def __init__(self, exports: Sequence[Any], account_of: AccountOf) -> None:
        self._exports = exports
        self._account_of = account_of
        self._lifecycles: dict[tuple[Account, str], Lifecycle] = {}
        self._held: set[Thing] = set()
        self._skipped: list[tuple[Entry, str]] = []
        self._work: dict[Account, dict[str, list[Entry]]] = {}
        met: dict[str, Entry] = {}
        for export in exports:
            served: dict[Any, Account | None] = {}
            for entry in entries(export):
                if not entry.is_only_read:
                    self._held.add(entry.thing)
                if entry.is_leaving or entry.key in met:
                    continue
                met[entry.key] = entry
                provider = entry.raw.get("provider")
                if provider not in served:
                    served[provider] = self._account(entry, export)
                account = served[provider]
                if account is None:
                    self._skipped.append((entry, tr(NOT_FROM_HERE)))
                else:
                    self._work.setdefault(account, {}).setdefault(entry.kind.__name__, []).append(entry)
        if not self._work and not self._skipped:
            self._work[account_of({})] = {}
        self.entries = list(met.values())

    @property
    def accounts(self) -> list[str]:
        """What tells the accounts apart. No key can be learnt from it."""
        return sorted(account.belonging.own for account in self._work)

    def look(
        self, round: Round, progress: Progress | None = None, at_once: int = AT_ONCE, first: int | None = None
    ) -> Drift:
        """Look at everything that the round has not looked at yet, and once more at what was found.

        `at_once` is how many resources are under way together. Where calls are counted, it is for one at a time to see
        that no call is spent on a resource for which no second one is left. And only so many of those that were found
        come `first`, for what is new to be found too; without a number all of them do.
        """
        drift = Drift(
            resources=len(self.entries),
            skipped=self._skipped,
            twice=dict(self._twice()),
            pending=list(self._begun()),
            encrypted=sorted({entry.stack for entry in self.entries if _is_shut(entry)}),
            namesakes={urn for urn, count in Counter(entry.urn for entry in self.entries).items() if count > 1},
        )
        for _ in self._steps(round, drift, at_once, first):
            if progress is not None:
                progress(len(drift.verdicts) + len(drift.before), drift.resources)
        return drift

    def _steps(self, round: Round, drift: Drift, at_once: int, first: int | None) -> Iterator[Verdict]:
        known = round.found(entry.key for entry in self.entries)
        again, early = set(known), set(known[:first])
        # Whoever acts on the report wants to know first whether what it told is still so.
        still = yield from self._look_again(early, round, drift, at_once)
        # Lists come first: then none of them waits for others to come along.
        every = list(product(self._work, KINDS))
        listed = {(account, kind): round.listed(_list_of(account, kind)) for account, kind in every}
        unread = {
            (account, kind)
            for (account, kind), ids in listed.items()
            if ids is None and not self._take_stock(account, kind, round, drift)
        }
        for account, kind in every:
            found = [each for each in self._work[account].get(kind, ()) if each.key not in again]
            if (account, kind) not in unread:
                left = yield from self._look_at(account, found, round, drift, at_once)
                drift.is_short |= bool(left)
                drift.left += left
            else:
                drift.left += found
        drift.is_through = not drift.is_short and (drift.has_progressed or not drift.is_unanswered)
        still += yield from self._look_again(again - early, round, drift, at_once)
        drift.still = still
        drift.left += still
        # What a list had in an earlier run may be gone, or held, by now: it is told only after a look today. That look
        # comes last, so that no run spends its calls on the same lists and gets no further.
        for (account, kind), ids in listed.items():
            if any((kind, key) not in self._held for key in ids or ()):
                self._take_stock(account, kind, round, drift)

    def _look_again(
        self, keys: Container[str], round: Round, drift: Drift, at_once: int
    ) -> Generator[Verdict, None, list[Entry]]:
        left: list[Entry] = []
        for account, kinds in self._work.items():
            for found in kinds.values():
                left += yield from self._look_at(
                    account, [each for each in found if each.key in keys], round, drift, at_once
                )
        return left

    def _take_stock(self, account: Account, kind: str, round: Round, drift: Drift) -> bool:
        """See what no stack holds; False where the kind's list could not be read."""
        if not issubclass(KINDS[kind], Countable):
            return True
        resource = self._of(account, kind).resource
        assert isinstance(resource, Countable)  # noqa: S101 - so is its class
        try:
            names = {item.id: item.name for item in resource.shown() if not item.over}
        except LiveChannelsError as error:
            drift.lists.append(kind)
            if isinstance(error, CancelledError):
                drift.is_short = True
            else:
                drift.trouble.append(str(error))
            drift.is_unanswered |= isinstance(error, TransportError)
            return False
        round.read(_list_of(account, kind), names)
        drift.has_progressed = True
        drift.unmanaged += [
            Unmanaged(kind=kind, id=key, name=name) for key, name in names.items() if (kind, key) not in self._held
        ]
        return True

    def _look_at(
        self, account: Account, found: list[Entry], round: Round, drift: Drift, at_once: int
    ) -> Generator[Verdict, None, list[Entry]]:
        """Answers those for which no calls were left."""
        left: list[Entry] = []
        marks = {entry.key: entry.fingerprint for entry in found}
        drift.before += [entry for entry in found if round.is_clean(entry.key, marks[entry.key])]
        unsettled = [entry for entry in found if not round.is_clean(entry.key, marks[entry.key])]
        verdicts = side_by_side(lambda entry: self._verdict(account, entry), unsettled, at_once)
        for entry, verdict in zip(unsettled, verdicts, strict=True):
            if verdict is None:
                left.append(entry)
                continue
            drift.verdicts.append(verdict)
            drift.is_unanswered |= verdict.is_unanswered
            if not verdict.failure:
                drift.has_progressed |= verdict.is_clean or not round.was_found(entry.key)
                round.looked_at(entry.key, marks[entry.key], is_clean=verdict.is_clean)
            yield verdict
        return left

    def _verdict(self, account: Account, entry: Entry) -> Verdict | None:
        """What there is to say of a resource; None where no calls were left for it."""
        try:
            return _compare(self._of(account, entry.kind.__name__), entry)
        except CancelledError:
            return None
        except LiveChannelsError as error:
            return Verdict(entry=entry, failure=str(error), is_unanswered=isinstance(error, TransportError))
        except (AttributeError, TypeError, ValueError):
            # What Python says of it holds the value, which may be a secret.
            return Verdict(
                entry=entry, failure=tr("its state is damaged: a value in it has no form that the property has")
            )

    def _of(self, account: Account, kind: str) -> Lifecycle:
        if (account, kind) not in self._lifecycles:
            self._lifecycles[account, kind] = Lifecycle(KINDS[kind], account)
        return self._lifecycles[account, kind]

    def _account(self, entry: Entry, export: Any) -> Account | None:
        """The account that the resource is in; None where its keys are not to be had."""
        found, shut = opened(settings_of(entry, export))
        given = {key: setting(value) for key, value in found.items()}
        if not shut:
            return self._account_of(given)
        if entry.has_own_provider:
            return None
        # Keys of a scheme that is not complete would go with those of another account.
        keys = {credential.key for credential in CREDENTIALS}
        return self._account_of({key: text for key, text in given.items() if key not in keys})

    def _twice(self) -> Iterator[tuple[Thing, list[Entry]]]:
        """What two resources hold. A domain has a callback in each account, and both are told by its name."""
        account_of = {
            entry.key: account for account, kinds in self._work.items() for found in kinds.values() for entry in found
        }
        for thing, held in held_twice(self._exports).items():
            known = {account_of[entry.key] for entry in held if entry.key in account_of}
            if len(known) < len(held):
                yield thing, held

    def _begun(self) -> Iterator[Begun]:
        told = set()
        for export in self._exports:
            under_way = [(each.doing, each.entry) for each in pending(export) if each.entry is not None]
            leaving = [
                ("deleting" if entry.raw.get("delete") else "replacing", entry)
                for entry in entries(export)
                if entry.is_leaving
            ]
            for doing, entry in (*under_way, *leaving):
                # What is being made has no id yet that would tell it from that of another stack.
                if (doing, entry.fingerprint) not in told:
                    told.add((doing, entry.fingerprint))
                    yield Begun(stack=entry.stack, urn=entry.urn, kind=entry.kind.__name__, doing=doing)


NOT_FROM_HERE = (
    "it has a provider of its own, whose settings are encrypted in the export: write that with "
    "`pulumi stack export --show-secrets`"
)


def _compare(lifecycle: Lifecycle, entry: Entry) -> Verdict:
    """Read and compare, as a refresh does."""
    model = entry.kind.inputs
    inputs, shut = opened(entry.raw.get("inputs"))
    outputs, shut_outputs = opened(entry.raw.get("outputs"))
    shut |= shut_outputs
    holder = entry.holder(inputs)
    unread = {key: _SHUT for key in entry.kind.unreadable if key in shut}
    found = lifecycle.read(entry.id, {**inputs, **outputs, **unread}, holder)
    if found is None:
        return Verdict(entry=entry, is_gone=True)
    ignored = named([*shut, *(entry.raw.get("ignoreChanges") or ()), *(inputs.get(IGNORE) or ())])
    # Nobody has asked for what is only read, so that is compared with what was read before.
    wanted = outputs if entry.is_only_read else inputs
    change = (
        Diff(lifecycle.clicks(outputs, found)).without(ignored)
        if entry.is_only_read
        else lifecycle.plan(entry.id, found, inputs, holder, ignored=ignored)
    )
    hidden = {*_secret_keys(entry), *(inputs.get(HIDDEN) or ())}
    differences = []
    for path in change.changed:
        secret = is_secret(model, path, hidden)
        is_told = not secret and not properties(model)[path.partition(".")[0]].flags.write_only
        platform, state = map(_seen, both(model, path, found, wanted)) if is_told else (None, None)
        says = difference(model, path, found, wanted, hidden)
        differences.append(Difference(property=path, state=state, platform=platform, secret=secret, says=says))
    differences += [
        Difference(
            property=key,
            says=tr("{key} has lapsed, or was left open by an earlier run: `pulumi up` renews it", key=key),
        )
        for key in change.unfinished
        if key not in shut
    ]
    return Verdict(entry=entry, differences=tuple(differences))


def _seen(value: Any) -> Any:
    """A value as it may be shown: what follows the host of an address may be a key, whatever the address is for."""
    if isinstance(value, list):
        return [_seen(item) for item in value]
    return scrub(value) if isinstance(value, str) else value


def _list_of(account: Account, kind: str) -> str:
    return f"{account.belonging.own} {kind}"


def _secret_keys(entry: Entry) -> set[str]:
    """What the state keeps as a secret, be it by the kind or by the program."""
    values = (entry.raw.get("inputs") or {}, entry.raw.get("outputs") or {})
    return {key for part in values for key, value in part.items() if has_secret(value)}


def _is_shut(entry: Entry) -> bool:
    return any(opened(entry.raw.get(part))[1] for part in ("inputs", "outputs"))
