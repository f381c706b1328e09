"""A second account: `live.Provider` holds settings of its own, for the resources and functions that name it."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pulumi
from pulumi.runtime import get_config
from pydantic.alias_generators import to_snake

from .. import config, given_settings
from ..ground.errors import Problem
from ..ground.hints import did_you_mean
from ..ground.language import tr
from .plain import refusal
from .private.waiting import value_of

# The package of the plugin that serves the Python classes; the SDK gives a resource providers of its own package only.
PACKAGE = "pulumi-python"
_BY_NAME = {to_snake(setting.key): setting for setting in config.SETTINGS}


class Provider(pulumi.ProviderResource):
    """An account of its own, for `opts=ResourceOptions(provider=…)` and for `provider=…` of functions.

    Takes each setting of the configuration (`access_key`, `secret_key`, `site`, …) under its Python name. What is not
    given comes from the environment, never from the stack's configuration. A changed setting replaces no resource.

    Raises:
        InputError: a setting is unknown, or holds a value that is not allowed.
    """

    def __init__(self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **settings: Any) -> None:
        what = f"Provider {resource_name}"
        require_options(opts, what)
        given = {name: value for name, value in settings.items() if value is not None}
        problems = [*_problems(settings), *_halves(given)]
        if problems:
            raise refusal(what, problems)
        self._given: dict[str, Any] = {_BY_NAME[name].key: as_text(what, name, value) for name, value in given.items()}
        props = {
            f"{config.NAMESPACE}:{setting.key}": pulumi.Output.secret(self._given[setting.key])
            if setting.secret
            else self._given[setting.key]
            for setting in config.SETTINGS
            if setting.key in self._given
        }
        super().__init__(PACKAGE, resource_name, props, opts)

    def known(self) -> dict[str, str] | None:
        """The settings as text, by key; None where one is not known yet."""
        found = {
            key: value_of(value) if isinstance(value, pulumi.Output) else value for key, value in self._given.items()
        }
        return found if all(isinstance(value, str) for value in found.values()) else None

    def later(self) -> pulumi.Output[dict[str, str]]:
        """The settings as text, by key, once they are known."""
        return pulumi.Output.all(**self._given).apply(
            lambda settings: {key: value for key, value in settings.items() if value is not None}
        )


Provider.__module__ = "pulumi_livechannels"
Provider.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
    [
        inspect.Parameter("resource_name", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=str),
        inspect.Parameter("opts", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None),
        *(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in _BY_NAME),
    ]
)


def _problems(given: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in given.items():
        setting = _BY_NAME.get(name)
        if setting is None:
            hint = did_you_mean(name, _BY_NAME, tr("there are {by_name}", by_name=", ".join(_BY_NAME)))
            yield Problem(name, tr("is no setting: {hint}", hint=hint))
        elif value == "" or (value is None and setting in config.CREDENTIALS):
            yield Problem(name, config.empty(value))
        elif value is None:
            continue
        elif not isinstance(value, pulumi.Output):
            for _, reason in given_settings.problems({setting.key: config.as_text(value)}):
                yield Problem(name, reason)


def _halves(given: Collection[str]) -> Iterator[Problem]:
    keys = [_BY_NAME[name].key for name in given if name in _BY_NAME]
    return itertools.starmap(Problem, given_settings.halves(keys, to_snake))


def as_text(what: str, name: str, value: Any) -> Any:
    """The setting as text; one that is known only later is checked then."""
    if not isinstance(value, pulumi.Output):
        return config.as_text(value)

    def checked(known: Any) -> str | None:
        problems = list(_problems({name: known}))
        if problems:
            raise refusal(what, problems)
        return None if known is None else config.as_text(known)

    return value.apply(checked)


def stack_settings() -> dict[str, str]:
    """The settings that the stack's configuration has, by key, in a program's own process."""
    given = {setting.key: get_config(f"{config.NAMESPACE}:{setting.key}") for setting in config.SETTINGS}
    return {key: str(value) for key, value in given.items() if value is not None}


def require_options(opts: Any, what: str) -> None:
    """Return for options of a resource, and for none.

    Raises:
        InputError: something else stands at their place.
    """
    if opts is not None and not isinstance(opts, pulumi.ResourceOptions):
        text = tr(
            "must be a pulumi.ResourceOptions, but is {opts}: everything else is given by name",
            opts=type(opts).__name__,
        )
        raise refusal(what, [Problem("opts", text)])


def provider_around(parent: pulumi.Resource | None) -> pulumi.ProviderResource | None:
    """A provider that a component has under the name of our package, for which the SDK does not look."""
    found = parent.get_provider(f"{config.NAMESPACE}:index:Provider") if parent else None
    return found if isinstance(found, Provider) else None


def require_ours(provider: Any, what: str) -> None:
    """Return for a provider that can serve `what`, and for none at all.

    Raises:
        InputError: it is of another package, which Pulumi would leave aside in silence.
    """
    if provider is None or (isinstance(provider, pulumi.ProviderResource) and provider.package == PACKAGE):
        return
    other = (
        tr("of the package {package}", package=provider.package)
        if isinstance(provider, pulumi.ProviderResource)
        else type(provider).__name__
    )
    text = tr("must be a pulumi_livechannels.Provider, but is {other}: give it one, or leave it out", other=other)
    raise refusal(what, [Problem("provider", text)])
