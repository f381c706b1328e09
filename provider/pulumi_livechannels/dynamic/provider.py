"""What runs in Pulumi's dynamic provider process: a codec between its calls and the lifecycles of the core.

Instances hold nothing when a program pickles them, so a state stores a class name and no more. In the provider process
`configure` finds the account; everything with the same settings shares one.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Mapping
from typing import Any, ClassVar

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

from ..core.check import shown_as
from ..core.custody import NOBODY, Holder
from ..core.fields import UNKNOWN
from ..core.lifecycle import Lifecycle, Made
from ..core.resource import Resource
from ..ground.errors import ConfigurationError, LiveChannelsError, NotFoundError
from ..ground.logs import follow_environment
from ..ground.orphaned import end_with_the_engine
from .resource import ADOPT, HOLDER, PREVIEW

PROVIDER = "__provider"

_NOT_OURS = (PROVIDER, ADOPT, HOLDER, PREVIEW)
_lock = threading.Lock()
_in_preview: set[Holder] = set()
_told_configuration: set[str] = set()


class LiveProvider(ResourceProvider):
    """The verbs of one kind of object, as Pulumi calls them. Subclasses only name the kind."""

    serialize_as_secret_always = False
    kind: ClassVar[type[Resource[Any]]]
    _configured: Lifecycle | ConfigurationError

    def configure(self, req: ConfigureRequest) -> None:
        """Take the settings; what is wrong with them is said when they are first needed."""
        # Only the provider process comes here, so programs do not load what speaks to the vendor.
        from .. import config
        from ..core.account import account_of

        _speak_plainly()
        follow_environment()
        end_with_the_engine()
        prefix = f"{config.NAMESPACE}:"
        given: dict[str, Any] = getattr(req.config, "_props", {})
        ours = {key[len(prefix) :]: str(value) for key, value in given.items() if key.startswith(prefix)}
        for key, hint in config.unknown_keys(ours):
            sentence = f"config {prefix}{key} {hint}"
            if sentence not in _told_configuration:
                _told_configuration.add(sentence)
                _tell(sentence)
        try:
            self._configured = Lifecycle(self.kind, account_of(config.load(ours), _tell))
        except ConfigurationError as error:
            self._configured = error

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Every broken rule at once, before anything is sent."""
        face = {key: news[key] for key in (ADOPT, HOLDER) if news.get(key) is not None}
        # It is not handed on: what a preview has planned must be what `up` finds.
        (_in_preview.add if news.get(PREVIEW) else _in_preview.discard)(_holder(news))
        adopt = face.get(ADOPT)
        # What is taken over exists, so rules about new objects do not hold for it.
        before = olds or (news if ADOPT in face else None)
        checked = self._lifecycle().check(
            _inward(news),
            _inward(before) if before else None,
            _holder(news),
            adopt if isinstance(adopt, str) else None,
        )
        for warning in checked.warnings:
            _tell(warning)
        failures = [CheckFailure(*shown_as(problem)) for problem in checked.problems]
        if ADOPT in face and not isinstance(adopt, str):
            failures.append(CheckFailure(ADOPT, "must be the id of an object, as text that is known before the run"))
        return CheckResult(_outward(checked.inputs) | face, failures)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """What differs; a changed `__provider` or `adopt` is no difference."""
        lifecycle = self._lifecycle()
        news = _inward(_news)
        found = lifecycle.plan(
            _id,
            _inward(_olds),
            news,
            _holder(_news),
            adopting=_news.get(ADOPT) == _id,
            preview=_holder(_news) in _in_preview,
        )
        replaces = found.tops(found.replaces)
        return DiffResult(
            changes=found.any,
            replaces=replaces,
            delete_before_replace=bool(replaces) and lifecycle.resource.delete_before_replace(news),
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make the object, or take over the one that `adopt` names."""
        adopt, lifecycle, holder = props.get(ADOPT), self._lifecycle(), _holder(props)
        made = lifecycle.adopt(adopt, _inward(props), holder) if adopt else lifecycle.create(_inward(props), holder)
        return CreateResult(made.id, _told(made))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """The actual state; no id and no properties when the object is gone."""
        lifecycle = self._lifecycle()
        state = lifecycle.read(id_, _inward(props), _holder(props))
        if state is not None:
            return ReadResult(lifecycle.resource.canonical(id_), state)
        if props.get(self.kind.id_key) is None:
            # A lookup by id, not a refresh: Pulumi would take the empty answer for an object.
            raise NotFoundError(f"there is no {self.kind.__name__} {id_}", next_step="correct the id.")
        return ReadResult(None, {})

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Bring the object in line."""
        made = self._lifecycle().update(
            _id, _inward(_olds), _inward(_news), _holder(_news), adopting=_news.get(ADOPT) == _id
        )
        return UpdateResult(_told(made))

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
            raise ConfigurationError("the provider is not configured", next_step="see the first error of this run.")
        return self._configured


def _holder(props: Mapping[str, Any]) -> Holder:
    """The resource that the program means, as its class has told."""
    urn = props.get(HOLDER)
    return Holder(urn=urn) if isinstance(urn, str) else NOBODY


def _inward(props: Mapping[str, Any]) -> dict[str, Any]:
    """What Pulumi sends as the core wants it."""
    return {key: _value_in(value) for key, value in props.items() if key not in _NOT_OURS}


def _value_in(value: Any) -> Any:
    if isinstance(value, PulumiUnknown):
        return UNKNOWN
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


def _told(made: Made) -> dict[str, Any]:
    """The state to store. An error here would make Pulumi forget the object, so what is unfinished is only said."""
    for sentence in made.unfinished:
        _tell(f"{sentence} The next `pulumi up` finishes it.")
    return made.state


def _tell(text: str) -> None:
    """Pulumi shows what this process writes to stderr."""
    print(f"livechannels: {text}", file=sys.stderr, flush=True)


def _speak_plainly() -> None:
    """Show our errors without a Python traceback.

    The SDK formats whatever a provider raises with `traceback.format_exc` and offers no way round it, so in its own
    process, and only for our errors, that one name is given another meaning.
    """
    main = vars(sys.modules["__main__"])
    if "_abort_with_traceback" in main:
        main["traceback"] = _PlainTraceback


class _PlainTraceback:
    """Stands in for the module `traceback` in the SDK's process."""

    @staticmethod
    def format_exc() -> str:
        error = sys.exc_info()[1]
        return str(error) if isinstance(error, LiveChannelsError) else traceback.format_exc()
