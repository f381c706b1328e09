"""The classes that programs instantiate, made from the models: Python names outside, Pulumi's names inside."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Mapping
from types import new_class
from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import Resource as DynamicResource
from pulumi.dynamic import ResourceProvider

from ..core.fields import Property, properties
from ..core.resource import Resource
from ..stubs import docs

ADOPT = "adopt"
# Tells the provider process, which Pulumi does not tell, for which resource it is asked. The engine shows nobody a key
# that begins so.
HOLDER = "__urn"
# And whether that is a preview, which stores nothing.
PREVIEW = "__preview"


_warned = threading.Event()


def _warn_of_plain_secrets() -> None:
    """Say once in a program which secrets stand in clear in its settings: only its own process is told."""
    if _warned.is_set():
        return
    _warned.set()
    from pulumi.runtime.config import get_config, is_config_secret

    from .. import config

    keys = {setting.key: f"{config.NAMESPACE}:{setting.key}" for setting in config.SETTINGS}
    given = {key: str(value) for key, full in keys.items() if (value := get_config(full)) is not None}
    for sentence in config.plain_secrets(given, [key for key, full in keys.items() if is_config_secret(full)]):
        pulumi.log.warn(sentence)


def _urn_like(kind: str, name: str, parent: pulumi.Resource | None) -> str:
    """What tells the resource from all others of the program: Pulumi gives the URN itself too late to be an input."""
    # Namesakes may stand in several components, of which the SDK tells type and name in these fields.
    around = f"{getattr(parent, '_type', '')}.{getattr(parent, '_name', '')}$" if parent is not None else ""
    return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{around}{kind}::{name}"


class LiveResource(DynamicResource):
    """What the classes share: names in both directions, and secrets marked before they leave the program."""

    _provider_class: ClassVar[type[ResourceProvider]]
    _unset: ClassVar[Mapping[str, None]]
    _secret_inputs: ClassVar[frozenset[str]]
    _secrets: ClassVar[list[str]]
    _to_pulumi: ClassVar[Mapping[str, str]]
    _to_python: ClassVar[Mapping[str, str]]

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, *, adopt: str | None = None, **inputs: Any
    ) -> None:
        _warn_of_plain_secrets()
        props: dict[str, Any] = {**self._unset, **inputs}
        for name in self._secret_inputs & inputs.keys():
            if inputs[name] is not None:
                props[name] = pulumi.Output.secret(inputs[name])
        if adopt is not None:
            props[ADOPT] = adopt
        props[HOLDER] = _urn_like(type(self).__name__, resource_name, opts.parent if opts else None)
        if pulumi.runtime.is_dry_run():
            props[PREVIEW] = True
        hidden = pulumi.ResourceOptions(additional_secret_outputs=[*self._secrets])
        options = hidden if opts is None else pulumi.ResourceOptions.merge(opts, hidden)
        super().__init__(self._provider_class(), resource_name, props, options)

    def translate_input_property(self, prop: str) -> str:
        """A Python name as Pulumi stores it; names we do not know stay, so that the check can name them."""
        return self._to_pulumi.get(prop, prop)

    def translate_output_property(self, prop: str) -> str:
        """A stored name as Python programs see it."""
        return self._to_python.get(prop, prop)


def resource_class(kind: type[Resource[Any]], provider: type[ResourceProvider]) -> type[LiveResource]:
    """The class for one kind of object, with a signature and a docstring that people can read."""
    inputs, outputs = properties(kind.inputs), properties(kind.outputs)
    known = _names(inputs) | _names(outputs)
    declared = [*inputs.values(), *outputs.values()]
    id_name = outputs[kind.id_key].name if kind.id_key in outputs else None

    def body(namespace: dict[str, Any]) -> None:
        namespace.update(
            _provider_class=provider,
            _unset={item.name: None for item in declared if item.name != id_name},
            _secret_inputs=frozenset(item.name for item in inputs.values() if item.flags.secret),
            _secrets=[item.name for item in declared if item.flags.secret],
            _to_pulumi=known,
            _to_python={key: name for name, key in known.items()},
            __module__="pulumi_livechannels",
            __doc__=docs(kind),
            __signature__=_signature(inputs, kind.adoptable),
        )
        # The vendor's id is Pulumi's, which a preview of an update knows, unlike every other output of a dynamic
        # resource. Without this, what hangs on the id would be previewed as replaced.
        if id_name is not None:
            namespace[id_name] = property(lambda self: self.id)

    made: type[LiveResource] = new_class(
        kind.__name__, (LiveResource,), {"module": "livechannels", "name": kind.__name__}, body
    )
    return made


def _names(declared: Mapping[str, Property]) -> dict[str, str]:
    """Python name to stored name, of the properties and of those inside them."""
    found = {item.name: key for key, item in declared.items()}
    for item in declared.values():
        if item.nested:
            found |= _names(properties(item.nested))
    return found


def _signature(inputs: Mapping[str, Property], adoptable: bool) -> inspect.Signature:
    parameters = [
        inspect.Parameter("resource_name", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=str),
        inspect.Parameter("opts", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None),
    ]
    for item in sorted(inputs.values(), key=lambda item: not item.required):
        default = inspect.Parameter.empty if item.required else None
        parameters.append(inspect.Parameter(item.name, inspect.Parameter.KEYWORD_ONLY, default=default))
    if adoptable:
        parameters.append(inspect.Parameter(ADOPT, inspect.Parameter.KEYWORD_ONLY, default=None))
    return inspect.Signature(parameters)
