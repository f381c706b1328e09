"""The face for Python programs: Pulumi dynamic resources, with nothing to install but this package.

A state holds the name of a provider class and nothing else of it, so **the classes in `PROVIDERS` must keep their names
and this module its place for ever**; a test pins what is stored.
"""

from __future__ import annotations

from typing import Any, TypedDict

from ..ground import errors
from ..resources import RESOURCES
from ..stubs import args_name, error_names, nested_inputs
from .provider import LiveProvider
from .resource import resource_class

PROVIDERS = {
    kind.__name__: type(
        f"{kind.__name__}Provider", (LiveProvider,), {"kind": kind, "__module__": __name__, "__doc__": kind.__doc__}
    )
    for kind in RESOURCES
}
globals().update({provider.__name__: provider for provider in PROVIDERS.values()})

_CLASSES: dict[str, Any] = {kind.__name__: resource_class(kind, PROVIDERS[kind.__name__]) for kind in RESOURCES}
_ARGS: dict[str, Any] = {
    # To a program these are dictionaries; what may be in them is told by the stub and checked by the core.
    args_name(model): TypedDict(args_name(model), dict.fromkeys(model.model_fields, Any), total=False)  # type: ignore[operator]
    for kind in RESOURCES
    for model in nested_inputs(kind)
}
_ERRORS: dict[str, Any] = {name: getattr(errors, name) for name in error_names()}

EXPORTS: dict[str, Any] = {**_CLASSES, **_ARGS, **_ERRORS}
