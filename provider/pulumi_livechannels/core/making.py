"""How an object comes to be: made once, or taken over from where it stands, and its holder's from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ground.errors import Changed, ConflictError, LiveChannelsError, RefusedError
from ..ground.language import tr
from ..vendors.calling import not_understood
from .custody import GUEST, MARK, Holder
from .evidence import Created, Creation
from .fields import Inputs
from .resource import Listable, Resource, Standing
from .states import UNSURE, unreadable
from .switch import Switch


def make(resource: Resource[Any], want: Inputs, inputs: Mapping[str, Any], holder: Holder) -> Created:
    """Make what is wanted, for a holder, or take over what has its natural key already.

    Raises:
        ConflictError: another resource holds it, or it is not what is wanted.
        AmbiguousCreateError: the answer was lost and several objects could be the one.
        LiveChannelsError: it was not made, or whether it was made could not be found out.
    """
    if isinstance(resource, Switch):
        return _switch_on(resource, want, inputs, holder)
    assert isinstance(resource, Listable)  # noqa: S101 - there are these two
    try:
        return _make_listed(resource, want, holder)
    finally:
        resource.outdated(None)
        resource.account.outdated()


def _make_listed(resource: Listable[Any], want: Inputs, holder: Holder) -> Created:
    custody, name = resource.account.custody, type(resource).__name__
    what = f"{name} {resource.identity(want)[0]!r}"
    standing = resource.standing(want, holder)
    if standing is not None:
        return _take_over(resource, standing, what, holder)
    look = resource.look(want, holder)
    creation = Creation(
        what=what,
        send=lambda: _sent(resource, want, holder),
        look=lambda: [key for key in look() if not custody.knows(name, key)],
        take_back=lambda key: resource.delete(key, {"forceDestroy": True}),
        is_unique=resource.unique,
        is_confirmed=resource.confirmed,
        clock=resource.account.clock,
        tell=resource.account.notices.warn,
    )
    try:
        made = creation.settle()
    except RefusedError as refusal:
        in_the_way = resource.in_the_way(want, holder) if refusal.documented else None
        if in_the_way is None:
            raise
        return _take_over(resource, in_the_way, what, holder)
    resource.outdated(made.id)
    return Created(made.id, {**made.told, MARK: custody.took(name, made.id, holder)}, made.unsure)


def _take_over(resource: Resource[Any], standing: Standing, what: str, holder: Holder) -> Created:
    """Hold what is there already, if it is what is wanted and nobody else of this program holds it."""
    custody, name = resource.account.custody, type(resource).__name__
    # What a state of this stack was seen to hold is this stack's, whoever started it.
    ours = standing.ours or custody.name_of(name, standing.id) is not None
    with custody.taking(name, standing.id, holder) as mark:
        if standing.differs:
            old = custody.name_of(name, standing.id)
            known = tr("the name {old}", old=old) if old else tr("the name that it has there")
            raise ConflictError(
                tr(
                    "the platform has {name} {id} in its place, with another {differs}",
                    name=name,
                    id=standing.id,
                    differs=", ".join(standing.differs),
                ),
                next_step=tr(
                    "if it is this program's under an older name, give this resource {known} as an alias "
                    "(aliases=[pulumi.Alias(name=…)]), so that it is replaced; or take this resource out, "
                    "run `pulumi up`, and put it in again. If it is somebody else's, have it ended, or adopt "
                    "it.",
                    known=known,
                ),
            )
    resource.account.notices.warn(
        tr("{what} was there already ({id}) and is taken over", what=what, id=standing.id)
        if ours
        else tr(
            "{what} was there already ({id}), and this stack did not start it: it is shared, and "
            "goes on when this stack is done with it",
            what=what,
            id=standing.id,
        )
    )
    return Created(standing.id, {MARK: mark, **({} if ours else {GUEST: True})})


def _switch_on(resource: Switch[Any], want: Inputs, inputs: Mapping[str, Any], holder: Holder) -> Created:
    if not resource.adoptable:
        return _as_created(resource.create(want, holder))
    key = resource.switched(want)
    with resource.account.custody.taking(type(resource).__name__, key, holder) as mark:
        try:
            made = _as_created(resource.create(want, holder))
        except LiveChannelsError as error:
            if error.changed is not Changed.UNKNOWN:
                raise
            unsure = unreadable(type(resource), inputs) or [resource.id_key]
            return Created(key, {MARK: mark, UNSURE: unsure}, (str(error),))
    return Created(key, {**made.told, MARK: mark})


def _sent(resource: Listable[Any], want: Inputs, holder: Holder) -> Created:
    resource.account.budget.keep_room(resource.calls_to_read_back)
    made, name = _as_created(resource.create(want, holder)), type(resource).__name__
    if resource.account.custody.knows(name, made.id):
        # What is new has an id that nobody has: this is an answer to something else.
        error = not_understood(tr("the id {id} is that of another {name}", id=made.id, name=name))
        error.made_something = True
        raise error
    return made


def _as_created(made: str | Created) -> Created:
    return made if isinstance(made, Created) else Created(made)
