"""What runs in Pulumi's dynamic provider process: a codec between its calls and the lifecycles of the core.

Instances hold nothing when a program pickles them, so a state stores a class name and no more. In the provider process
`configure` finds the account; everything with the same settings shares one.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import Unknown as PulumiUnknown
from pulumi.runtime.rpc import is_rpc_secret, unwrap_rpc_secret, wrap_rpc_secret

from ..core.check import shown_as
from ..core.class_keys import (
    ADOPT,
    CLICKS,
    GIVEN,
    HIDDEN,
    HOLDER,
    IGNORE,
    NOT_OF_THE_OBJECT,
    PREVIEW,
    PROGRAM,
    REPLACE,
)
from ..core.custody import NOBODY, Holder
from ..core.diff import named
from ..core.fields import UNKNOWN, properties
from ..core.function import renamed
from ..core.resource import Resource
from ..ground.errors import ConfigurationError, ConflictError, NotFoundError, Problem
from ..ground.language import said_of, tr
from .private.settings import all_keys

if TYPE_CHECKING:
    from ..core.lifecycle import Lifecycle, Made

_lock = threading.Lock()
_in_preview: set[Holder] = set()
_told_configuration: set[str] = set()


class LiveProvider(ResourceProvider):
    """The verbs of one kind of object, as Pulumi calls them. Subclasses only name the kind."""

    kind: ClassVar[type[Resource[Any]]]
    _configured: Lifecycle | ConfigurationError

    def configure(self, req: ConfigureRequest) -> None:
        """Take the settings; what is wrong with them is said when they are first needed."""
        # Only the provider process comes here, and a program need not load what carries its resources out.
        from .. import config, given_settings
        from ..core.account import account_of
        from ..core.lifecycle import Lifecycle
        from ..ground.logs import follow_environment
        from ..ground.orphaned import end_with_the_engine
        from ..ground.run_notes import engine_address
        from .private.errors import speak_plainly

        speak_plainly()
        follow_environment()
        end_with_the_engine()
        prefix = f"{config.NAMESPACE}:"
        given = {setting.key: req.config.get(f"{prefix}{setting.key}") for setting in config.SETTINGS}
        ours = {key: str(value) for key, value in given.items() if value is not None}
        set_keys = [key.removeprefix(prefix) for key in all_keys(req.config) if key.startswith(prefix)]
        for key, hint in given_settings.unknown_keys(set_keys):
            sentence = f"config {prefix}{key} {hint}"
            if sentence not in _told_configuration:
                _told_configuration.add(sentence)
                _tell(sentence)
        try:
            self._configured = Lifecycle(self.kind, account_of(config.load(ours), _tell, engine_address()))
        except ConfigurationError as error:
            self._configured = error

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Every broken rule at once, before anything is sent."""
        # The others are not handed on: what a preview has planned must be what `up` finds.
        face = {key: news[key] for key in (ADOPT, HOLDER, HIDDEN, REPLACE, IGNORE) if news.get(key) not in (None, [])}
        (_in_preview.add if news.get(PREVIEW) else _in_preview.discard)(_holder(news))
        adopt, hidden = face.get(ADOPT), face.get(HIDDEN, ())
        # What is taken over exists, so rules about new objects do not hold for it.
        before = olds or (news if ADOPT in face else None)
        lifecycle = self._lifecycle()
        checked = lifecycle.check(
            _inward(news),
            _inward(before) if before else None,
            _holder(news),
            adopt if adopt and isinstance(adopt, str) else None,
            hidden,
            _paths(news, REPLACE),
        )
        problems, warnings = checked.problems, checked.warnings
        if ADOPT in face and not (adopt and isinstance(adopt, str)):
            problems.append(Problem(ADOPT, tr("must be the id of an object, as text that is known before the run")))
        elif isinstance(adopt, str) and news.get(PREVIEW) and not olds and not problems:
            foreseen = lifecycle.foresee_adoption(adopt, checked.inputs, hidden, _paths(news, IGNORE))
            problems, warnings = foreseen.problems, warnings + foreseen.warnings
        for warning in warnings:
            _tell(said_of(f"{self.kind.__name__} {_holder(news).name}", warning))
        inputs = _outward(checked.inputs)
        for key in lifecycle.secret_inputs:
            # The class has marked it, but a transform may have put another value in its place.
            if isinstance(inputs.get(key), str):
                inputs[key] = wrap_rpc_secret(inputs[key])
        declared = properties(self.kind.inputs)
        names = {key: item.name for key, item in declared.items()}
        # Of a name that is not known, the hint is in the words of the program.
        told = [renamed(problem, names) if _is_unknown(problem, declared) else problem for problem in problems]
        return CheckResult(inputs | face, [CheckFailure(*shown_as(problem)) for problem in told])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """What differs; a changed `__provider` or `adopt` is no difference."""
        lifecycle = self._lifecycle()
        state, news, holder = _inward(_olds), _inward(_news), _holder(_news)
        adopt, ignored = _news.get(ADOPT), _paths(_news, IGNORE)
        if isinstance(adopt, str) and lifecycle.resource.canonical(adopt) != lifecycle.resource.canonical(_id):
            raise ConflictError(
                tr(
                    "{name} holds {id}, and the program adopts {adopt} in its place",
                    name=holder.name or self.kind.__name__,
                    id=_id,
                    adopt=adopt,
                ),
                next_step=tr("adopt it under a name of its own, or take adopt (import_) out of the program."),
            )
        if holder in _in_preview:
            # Refreshed, the state and the inputs agree, and Pulumi shows no difference where a value is secret.
            noted = _olds.get(PROGRAM) or {}
            clicks = [path for path in noted.get(CLICKS, ()) if not ignored(path)]
            for sentence in lifecycle.told_clicks(clicks, state, news, _news.get(HIDDEN) or ()):
                _tell(said_of(f"{self.kind.__name__} {holder.name}", sentence))
        found = lifecycle.plan(
            _id,
            state,
            news,
            holder,
            adopting=adopt is not None,
            preview=holder in _in_preview,
            ignored=ignored,
            replacing=_paths(_news, REPLACE),
        )
        replaces = found.tops(found.replaces)
        return DiffResult(
            changes=found.any,
            replaces=replaces,
            delete_before_replace=bool(replaces) and lifecycle.resource.delete_before_replace(news),
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make the object, or take over the one that `adopt` names."""
        adopt, lifecycle, holder, inputs = props.get(ADOPT), self._lifecycle(), _holder(props), _inward(props)
        if adopt:
            made = lifecycle.adopt(adopt, inputs, holder, _paths(props, IGNORE))
        else:
            made = lifecycle.create(inputs, holder)
        return CreateResult(made.id, _told(made, props))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """The actual state; no id and no properties when the object is gone."""
        lifecycle = self._lifecycle()
        before, noted = _inward(props), props.get(PROGRAM)
        state = lifecycle.read(id_, before, _holder(props))
        if state is not None and isinstance(noted, dict):
            clicks = {*noted.get(CLICKS, ()), *lifecycle.clicks(before, state)}
            outs = {**state, PROGRAM: {**noted, CLICKS: sorted(clicks)} if clicks else noted}
            return ReadResult(lifecycle.resource.canonical(id_), outs, _inputs(lifecycle, state, before, noted))
        if state is not None:
            # Only read, or made by an earlier release: nothing is noted to tell the inputs by, so these stay.
            return ReadResult(lifecycle.resource.canonical(id_), state)
        if props.get(self.kind.id_key) is None:
            # A lookup by id, not a refresh: Pulumi would take the empty answer for an object.
            raise NotFoundError(
                tr("there is no {kind} {id_}", kind=self.kind.__name__, id_=id_), next_step=tr("correct the id.")
            )
        return ReadResult(None, {})

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Bring the object in line."""
        made = self._lifecycle().update(
            _id,
            _inward(_olds),
            _inward(_news),
            _holder(_news),
            adopting=_news.get(ADOPT) == _id,
            ignored=_paths(_news, IGNORE),
        )
        return UpdateResult(_told(made, _news))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """End the object."""
        self._lifecycle().delete(_id, _inward(_props))

    def _lifecycle(self) -> Lifecycle:
        if isinstance(self._configured, ConfigurationError):
            text = str(self._configured)
            with _lock:
                first = text not in _told_configuration
                _told_configuration.add(text)
            if first:
                raise self._configured
            raise ConfigurationError(
                tr("the provider is not configured"), next_step=tr("see the first error of this run.")
            )
        return self._configured


def _is_unknown(problem: Problem, declared: Collection[str]) -> bool:
    return problem.path not in ("", ADOPT) and re.split(r"[.\[]", problem.path)[0] not in declared


def _holder(props: Mapping[str, Any]) -> Holder:
    """The resource that the program means, as its class has told."""
    urn = props.get(HOLDER)
    return Holder(urn=urn) if isinstance(urn, str) else NOBODY


def _inward(props: Mapping[str, Any]) -> dict[str, Any]:
    """What Pulumi sends as the core wants it."""
    return {key: _value_in(value) for key, value in props.items() if key not in NOT_OF_THE_OBJECT}


def _value_in(value: Any) -> Any:
    if isinstance(value, PulumiUnknown):
        return UNKNOWN
    if is_rpc_secret(value):
        return _value_in(unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: _value_in(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_value_in(item) for item in value]
    return value


def _outward(value: Any) -> Any:
    """What the core answers as Pulumi wants it."""
    if value is UNKNOWN:
        return PulumiUnknown()  # type: ignore[no-untyped-call]
    if isinstance(value, dict):
        return {key: _outward(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_outward(item) for item in value]
    return value


def _paths(props: Mapping[str, Any], option: str) -> Callable[[str], bool]:
    """Whether an option of the resource names a path. The engine sees to `IGNORE` too, but not in an adoption."""
    return named(props.get(option) or ())


def _inputs(
    lifecycle: Lifecycle, state: Mapping[str, Any], before: Mapping[str, Any], noted: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs that a refresh has found: Pulumi compares those, and holds `ignoreChanges` against them."""
    known = {key: before.get(key) for key in noted[GIVEN]}
    found = {**lifecycle.program_inputs(state, None), **lifecycle.program_inputs(state, known)}
    return {**{key: value for key, value in found.items() if value is not None}, HOLDER: noted[HOLDER]}


def _told(made: Made, props: Mapping[str, Any]) -> dict[str, Any]:
    """The state to store. An error here would make Pulumi forget the object, so what is unfinished is only said."""
    for sentence in made.unfinished:
        _tell(tr("{sentence} The next `pulumi up` finishes it.", sentence=sentence))
    if HOLDER not in props:
        return made.state
    return {**made.state, PROGRAM: {HOLDER: props[HOLDER], GIVEN: sorted(_inward(props))}}


def _tell(text: str) -> None:
    """Pulumi shows what this process writes to stderr."""
    # Only the provider process tells something.
    from ..ground.logs import warn_on_stderr

    warn_on_stderr(text)
