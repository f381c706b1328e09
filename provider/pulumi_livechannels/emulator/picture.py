"""What the reports tell of a domain, as curves for a picture: the same figures, neither signed for nor counted."""

from __future__ import annotations

from .domains import all_domains, is_owned
from .series import REQUESTS, TRAFFIC, VIEWERS, Figures
from .slots import Slots
from .store import Body, Store

FINE, COARSE = 5, 60
LONGEST_FINE = 24
LONGEST = 31 * 24


def curves(figures: Figures, store: Store, domain: str, hours: int) -> Body:
    """Bandwidth in Mbps, viewers and requests of one domain, slot by slot until the last that is over.

    `times` are the starts of the slots in unix seconds, which are 5 minutes long, or an hour in more than 24 `hours`.

    Raises:
        ValueError: it is not a domain of the account, or the window is none.
    """
    if not is_owned(domain):
        raise ValueError(f"{domain} is not a domain of the account; these are: {', '.join(all_domains(store))}")
    if not 1 <= hours <= LONGEST:
        raise ValueError(f"hours must be a whole number from 1 to {LONGEST}")
    now = store.now()
    minutes = FINE if hours <= LONGEST_FINE else COARSE
    # A slot that is not over would draw a fall that is none.
    end = now - now % (minutes * 60)
    slots = Slots.within(end - hours * 3600, end, minutes, now)
    return {
        "domain": domain,
        "minutes": minutes,
        "times": [minute * 60 for minute in slots.starts],
        "bandwidth": [rate / 100 for rate in figures.rate(TRAFFIC, [domain], slots, 8)],
        "viewers": figures.level(VIEWERS, [domain], slots),
        "requests": figures.flow(REQUESTS, [domain], slots),
    }
