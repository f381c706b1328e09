"""What is said of a name that no report has: the nearest one that has it, or the command that asks for a bill."""

from __future__ import annotations

from collections.abc import Iterable

from ..ground.hints import did_you_mean
from ..ground.language import tr


def no_report(name: str, known: Iterable[str], otherwise: str) -> str:
    """The sentence for a name that is none of the `known`; `otherwise` where none is near."""
    from ..reports.billing import BILLS

    bills = {kind.name() for kind in BILLS}
    if name in bills:
        return tr(
            "{report} is a month's bill: ask it with livechannels bill, see livechannels bill --help", report=name
        )
    hint = did_you_mean(name, [*known, *bills], otherwise)
    return tr("there is no report {report}: {hint}", report=name, hint=hint)


def no_option(option: str, known: Iterable[str], report: str) -> str:
    """The sentence for an option that neither the command nor the report has."""
    way = f"livechannels report {report} --help" if report else "livechannels report --help"
    hint = did_you_mean(option, known, tr("see them all with {command}", command=way))
    return tr("no such option {option}: {hint}", option=option, hint=hint)
