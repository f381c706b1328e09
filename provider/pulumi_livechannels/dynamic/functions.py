"""The functions of the face for Python programs: `get_x` asks at once, `get_x_output` when its inputs are known."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pydantic.alias_generators import to_snake

from ..core.asking import ask
from ..core.function import Function, secrets_in, without_secrets
from ..functions import of_module
from ..ground.errors import LiveChannelsError
from ..ground.hints import no_attribute
from ..ground.language import tr
from ..stubs import function_docs, models
from .account import PACKAGE, Provider, provider_around, stack_settings
from .calls import OUTPUT, Call, by_need, caller
from .records import Record

if TYPE_CHECKING:
    from ..core.account import Account


def names(module: str) -> list[str]:
    """The functions that a module shows, in Python names."""
    plain = [to_snake(kind.name()) for kind in of_module(module)]
    return sorted([*plain, *(f"{name}{OUTPUT}" for name in plain)])


def function(place: str, module: str, name: str) -> Callable[..., Any] | None:
    """A function by its Python name, if the module has it; `place` is what the module is called."""
    for kind in of_module(module):
        plain = to_snake(kind.name())
        if name in (plain, f"{plain}{OUTPUT}"):
            return _callable(kind, place, name)
    return None


def answer_class(module: str, name: str) -> type[Record] | None:
    """What an answer is at run time, by the name that the stub has for it, so that programs can annotate with it."""
    return (
        Record if any(name == model.__name__ for kind in of_module(module) for model in models(kind.output())) else None
    )


def report(place: str, module: str, name: str) -> Any:
    """A function of a module that holds nothing else, or the class of an answer.

    Raises:
        AttributeError: there is none of this name.
    """
    found: Any = None if name.startswith("_") else function(place, module, name) or answer_class(module, name)
    if found is None:
        raise no_attribute(place, name, names(module))
    return found


def _callable(kind: type[Function[Any]], place: str, name: str) -> Callable[..., Any]:
    def asked(*unnamed: Any, provider: Provider | None = None, opts: Any = None, **inputs: Any) -> Any:
        call = Call(kind, name, caller())
        given = call.taken(inputs, unnamed)
        answer = _answer(call, given, _settings(call, _meant(provider, opts)))
        told = without_secrets(answer, secrets_in(kind.output(), answer))
        return Record(told, kind.output(), f"{name}{OUTPUT}")

    def asked_later(*unnamed: Any, provider: Provider | None = None, opts: Any = None, **inputs: Any) -> Any:
        call = Call(kind, name, caller())
        call.taken(inputs, unnamed, waiting=True)
        # Beside the other work of the program, which would wait otherwise.
        answer: pulumi.Output[dict[str, Any]] = _known(inputs, _checked(call, _meant(provider, opts))).apply(
            lambda known: asyncio.to_thread(_answer_later, call, *known)
        )
        return answer.apply(lambda known: _record(kind, known))

    made = asked_later if name.endswith(OUTPUT) else asked
    made.__name__ = made.__qualname__ = name
    made.__module__ = place
    made.__doc__ = function_docs(kind)
    made.__signature__ = _signature(kind)  # type: ignore[attr-defined]
    return made


def _signature(kind: type[Function[Any]]) -> inspect.Signature:
    return inspect.Signature(
        [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=inspect.Parameter.empty if item.required else None
            )
            for name, item in by_need(kind).items()
        ]
        + [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in ("provider", "opts")]
    )


def _meant(provider: Any, opts: Any) -> Any:
    """The provider that a call names by itself, in `opts` as Pulumi's own functions do, or by what is around it."""
    if provider is not None or opts is None:
        return provider
    parent: pulumi.Resource | None = getattr(opts, "parent", None)
    named = getattr(opts, "provider", None)
    if named is None and parent is not None:
        named = parent.get_provider(f"{PACKAGE}:index:any") or provider_around(parent)
    return named


def _checked(call: Call, provider: Any) -> Provider | None:
    """The provider of a call, which tells its settings.

    Raises:
        InputError: it is none that could.
    """
    if provider is None or isinstance(provider, Provider):
        return provider
    raise call.refused("provider", tr("must be a pulumi_livechannels.Provider: give it one, or leave it out"))


def _settings(call: Call, provider: Any) -> dict[str, str] | None:
    """The settings of the provider of a call; None where the stack's own are meant.

    Raises:
        InputError: they are not known yet.
    """
    checked = _checked(call, provider)
    if checked is None:
        return None
    settings = checked.known()
    if settings is None:
        text = tr(
            "has settings that are not known yet: call {name}{output}, which waits for them",
            name=call.name,
            output=OUTPUT,
        )
        raise call.refused("provider", text)
    return settings


def _known(inputs: Mapping[str, Any], provider: Provider | None) -> pulumi.Output[list[Any]]:
    """The arguments once they are known, whether each is secret, and the settings of the provider."""
    values = {name: pulumi.Output.from_input(value) for name, value in inputs.items()}
    secret: dict[str, pulumi.Output[bool]] = {
        name: pulumi.Output.from_input(value.is_secret()) for name, value in values.items()
    }
    settings: pulumi.Output[Any] = pulumi.Output.from_input(None) if provider is None else provider.later()
    return pulumi.Output.all(pulumi.Output.from_input(values), pulumi.Output.from_input(secret), settings)


def _answer_later(
    call: Call, inputs: Mapping[str, Any], secret: Mapping[str, bool], settings: Mapping[str, str] | None
) -> dict[str, Any]:
    hidden = [name for name, is_secret in secret.items() if is_secret]
    # Resources are made in another process, so what this one was told about them before may be outdated.
    return _answer(call, call.taken(inputs, hidden=hidden), settings, hidden, anew=call.kind.module == "index")


def _record(kind: type[Function[Any]], answer: Mapping[str, Any]) -> Any:
    """An answer that holds secrets is one as a whole."""
    record = Record(answer, kind.output())
    if not secrets_in(kind.output(), answer):
        return record
    # Handed over as it is, Pulumi would make a plain dictionary of it.
    return pulumi.Output.secret("").apply(lambda _: record)


def _answer(
    call: Call,
    given: Mapping[str, Any],
    settings: Mapping[str, str] | None,
    hidden: Collection[str] = (),
    *,
    anew: bool = False,
) -> dict[str, Any]:
    try:
        return ask(_account(settings), call.kind, given, anew=anew)
    except LiveChannelsError as error:
        raise call.told(error, given, hidden) from None


def _account(settings: Mapping[str, str] | None) -> Account:
    """The account of these settings, or of the stack's own."""
    from .. import config
    from ..core.account import account_of
    from ..ground.logs import follow_environment

    follow_environment()
    return account_of(config.load(stack_settings() if settings is None else settings), pulumi.log.warn)
