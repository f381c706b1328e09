"""What a state holds: what the platform tells, completed with what it does not, and with what is ours to remember."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .belonging import ACCOUNT, WITNESS
from .custody import GUEST, MARK
from .diff import spelt_otherwise
from .fields import properties
from .resource import Resource

# In a state, the properties of which it is not known whether the platform has them so: the next `up` sends them again.
UNSURE = "__unsure"
# In a state of what hangs on a channel, that the stack holds that channel too, and spares it while it is on air.
SPARED = "__spared"
OURS = (MARK, GUEST, UNSURE, ACCOUNT, WITNESS, SPARED)


def told(actual: Mapping[str, Any]) -> dict[str, Any]:
    """What is there; a key with None says that the platform holds no value."""
    return {key: value for key, value in actual.items() if value is not None}


def ours(state: Mapping[str, Any], but: Iterable[str] = ()) -> dict[str, Any]:
    """What of a state is not about the object but about who holds it."""
    return {key: state[key] for key in OURS if state.get(key) is not None and key not in but}


def merged(kind: type[Resource[Any]], actual: Mapping[str, Any], prior: Mapping[str, Any]) -> dict[str, Any]:
    """The actual state, completed from `prior` with whatever the platform did not tell this time."""
    inputs = properties(kind.inputs)
    declared = {**inputs, **properties(kind.outputs)}
    untold = {key: value for key, value in prior.items() if key in declared and key not in actual and value is not None}
    kept = {key: prior[key] for key, item in inputs.items() if item.flags.kept and prior.get(key) is not None}
    state = {**told(actual), **untold, **kept, **ours(prior)}
    for key, item in inputs.items():
        if key in prior and key in state and spelt_otherwise(item, state[key], prior[key]):
            state[key] = prior[key]
    return state


def outputs_of(kind: type[Resource[Any]], state: Mapping[str, Any]) -> dict[str, Any]:
    """What of a state no program sets."""
    return {key: state[key] for key in (*properties(kind.outputs), *OURS) if key in state}


def missing(kind: type[Resource[Any]], state: Mapping[str, Any]) -> list[str]:
    """What every object of the kind has, and this state lacks."""
    every = {**properties(kind.inputs), **properties(kind.outputs)}
    return [key for key, item in every.items() if item.required and not item.flags.kept and state.get(key) is None]


def unverifiable(kind: type[Resource[Any]], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs that an adoption has to take on trust: nothing can read them and nothing can change them."""
    return {
        key: inputs[key]
        for key, item in properties(kind.inputs).items()
        if inputs.get(key) is not None
        and (item.flags.local or item.flags.moves or (item.flags.write_only and item.flags.replaces))
    }


def unreadable(kind: type[Resource[Any]], keys: Iterable[str]) -> list[str]:
    """Those of the inputs that nobody can read back."""
    declared = properties(kind.inputs)
    return [key for key in keys if key in declared and declared[key].flags.write_only]


def storable(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state without whatever no engine could store, so that storing it cannot fail."""
    return dict(state) if _is_storable(state) else {key: value for key, value in state.items() if _is_storable(value)}


def _is_storable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True
