"""The classes that programs instantiate, made from the models: Python names outside, Pulumi's names inside."""

from __future__ import annotations

import base64
import inspect
import pickle
import re
import threading
from collections.abc import Iterator, Mapping
from types import new_class
from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import ResourceProvider
from pulumi.runtime.config import is_config_secret

from .. import config, given_settings
from ..core.class_keys import ADOPT, HIDDEN, HOLDER, IGNORE, PREVIEW, PROVIDER, REPLACE
from ..core.fields import Property, properties
from ..core.resource import Resource
from ..ground.errors import InputError, Problem
from ..ground.hints import did_you_mean, no_such_paths
from ..ground.language import tr
from ..stubs import docs
from .account import PACKAGE, provider_around, require_options, require_ours, stack_settings
from .plain import plain, refusal
from .private.parents import called
from .private.traces import keep_the_programs
from .times import as_text
from .values import given_twice, sendable

# What a state holds must not depend on the Python that wrote it, and 3.14 has another default.
PICKLE_PROTOCOL = 4

_warned = threading.Event()
keep_the_programs()


def _warn_of_plain_secrets() -> None:
    """Say once in a program which secrets stand in clear in its settings: only its own process is told."""
    if _warned.is_set():
        return
    _warned.set()
    given = stack_settings()
    secret = [key for key in given if is_config_secret(f"{config.NAMESPACE}:{key}")]
    for sentence in given_settings.plain_secrets(given, secret):
        pulumi.log.warn(sentence)


def _urn_like(kind: str, name: str, parent: pulumi.Resource | None) -> str:
    """What tells the resource from all others of the program: Pulumi gives the URN itself too late to be an input."""
    around = f"{called(parent)}$" if parent is not None else ""
    return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{around}{kind}::{name}"


def stored(provider: type[ResourceProvider]) -> str:
    """What a state holds of the provider: the name of its class, and nothing else of it."""
    return base64.b64encode(pickle.dumps(provider(), protocol=PICKLE_PROTOCOL)).decode()


class LiveResource(pulumi.CustomResource):
    """What the classes share: names in both directions, secrets marked before they leave the program, and options.

    Of a dynamic resource of the SDK's it has the type and the properties. The SDK's own class would let the Python
    that runs the program choose what is stored.
    """

    # A subclass of a program is of the same kind, whatever it is called.
    _kind: ClassVar[str]
    _provider_class: ClassVar[type[ResourceProvider]]
    _unset: ClassVar[Mapping[str, None]]
    _instants: ClassVar[Mapping[str, Property]]
    _secret_inputs: ClassVar[frozenset[str]]
    _secrets: ClassVar[list[str]]
    _to_pulumi: ClassVar[Mapping[str, str]]
    _to_python: ClassVar[Mapping[str, str]]

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *unnamed: Any,
        adopt: str | None = None,
        **inputs: Any,
    ) -> None:
        _warn_of_plain_secrets()
        kind, what = self._kind, f"{self._kind} {resource_name}"
        require_options(unnamed[0] if unnamed else opts, what)
        inputs = self._taken(what, inputs)
        hidden = pulumi.ResourceOptions(additional_secret_outputs=[*self._secrets])
        options = hidden if opts is None else pulumi.ResourceOptions.merge(opts, hidden)
        require_ours(opts.provider if opts else None, what)
        if options.provider is None and not options.providers:
            options.provider = provider_around(options.parent)
        props: dict[str, Any] = {**self._unset, **inputs, PROVIDER: stored(self._provider_class)}
        for name in self._secret_inputs & inputs.keys():
            if inputs[name] is not None:
                props[name] = pulumi.Output.secret(inputs[name])
        # Pulumi's own import asks the provider before it knows which one that is.
        adopt, options.import_ = self._adopted(resource_name, adopt, options.import_), None
        options.ignore_changes = self._paths("ignore_changes", options.ignore_changes)
        options.replace_on_changes = self._paths("replace_on_changes", options.replace_on_changes)
        if options.id is None:
            told = {
                ADOPT: adopt,
                HOLDER: _urn_like(kind, resource_name, options.parent),
                PREVIEW: pulumi.runtime.is_dry_run() or None,
                HIDDEN: _marked_secret({self._to_pulumi.get(name, name): value for name, value in inputs.items()}),
                REPLACE: options.replace_on_changes,
                IGNORE: options.ignore_changes,
            }
            # Pulumi makes several tasks of each property, and nobody reads one of these that is not there.
            props |= {key: value for key, value in told.items() if value is not None}
        super().__init__(f"{PACKAGE}:dynamic/livechannels:{kind}", resource_name, props, options)
        self._read_id = options.id

    @classmethod
    def get(cls, resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None) -> LiveResource:
        """An object that exists, by its id: read and never changed, and not held by this stack.

        Raises:
            InputError: the id is no text.
        """
        if not (id and isinstance(id, str)) and not isinstance(id, pulumi.Output):
            problem = Problem("id", tr("must be text, but is {id}: write the object's id", id=type(id).__name__))
            raise refusal(f"{cls._kind} {resource_name}", [problem])
        return cls(resource_name, pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id)))

    def vendor_id(self) -> pulumi.Output[str]:
        """The vendor's id is Pulumi's, which a preview of an update knows, unlike every other output.

        Without this, what hangs on the id would be previewed as replaced. Of what is only read, older engines tell no
        id in a preview, so it is the one that the program gave.
        """
        if self._read_id is None:
            return self.id
        return pulumi.Output.all(self._read_id, self.urn).apply(lambda known: str(known[0]))

    @classmethod
    def _taken(cls, what: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs in what Pulumi can send, times as text; also of those that are known only later."""
        taken: dict[str, Any] = {}
        problems = list(
            given_twice({name: value for name, value in inputs.items() if value is not None}, cls._to_pulumi)
        )
        for name, value in inputs.items():
            try:
                taken[name] = cls._one_taken(what, name, value)
            except InputError as error:
                problems += error.problems
        if problems:
            raise refusal(what, problems)
        return taken

    @classmethod
    def _one_taken(cls, what: str, name: str, value: Any) -> Any:
        item = cls._instants.get(name)
        if item is None:
            return sendable(name, value)
        if isinstance(value, pulumi.Output):
            return value.apply(lambda known: cls._taken(what, {name: known})[name])
        return sendable(name, as_text(item, value))

    @staticmethod
    def _adopted(resource_name: str, adopt: str | None, imported: str | None) -> str | None:
        """The id to take over, by whichever of the two words the program has given it."""
        if adopt is not None and imported is not None and adopt != imported:
            text = tr("and opts.import_ name two objects: keep one of them")
            raise plain(InputError([Problem(f"{resource_name}: {ADOPT}", text)]))
        return imported if adopt is None else adopt

    @classmethod
    def _paths(cls, option: str, paths: Any) -> list[str] | None:
        """Paths of properties, which may be written in Python names at any depth, as Pulumi stores them."""
        if paths is None:
            return None
        if isinstance(paths, str):
            raise plain(
                InputError([Problem(option, tr("must be a list, but is text: write [{paths!r}]", paths=paths))])
            )
        stored = [re.sub(r"\w+", lambda word: cls._to_pulumi.get(word[0], word[0]), path) for path in paths]
        for sentence in no_such_paths(option, cls._kind, stored, cls._to_python, cls._to_pulumi):
            pulumi.log.warn(sentence)
        return stored

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        meant = self._to_python.get(name, name)
        hint = did_you_mean(meant, self._to_pulumi, tr("there are {names}", names=", ".join(self._to_pulumi)))
        # With the name alone Python asks no second time what was meant.
        raise AttributeError(f"{self._kind} has no attribute {name!r}: {hint}", name=name)

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
            _kind=kind.__name__,
            _provider_class=provider,
            _unset={item.name: None for item in declared if item.name != id_name},
            _instants={item.name: item for item in inputs.values() if item.is_instant},
            _secret_inputs=frozenset(item.name for item in inputs.values() if item.flags.secret),
            _secrets=[item.name for item in declared if item.flags.secret],
            _to_pulumi=known,
            _to_python={key: name for name, key in known.items()},
            __module__="pulumi_livechannels",
            __doc__=docs(kind),
            __signature__=_signature(inputs, kind.adoptable),
        )
        if id_name is not None:
            namespace[id_name] = property(LiveResource.vendor_id)

    made: type[LiveResource] = new_class(kind.__name__, (LiveResource,), {}, body)
    return made


def _marked_secret(inputs: Mapping[str, Any]) -> Any:
    """Keys of the inputs in which the program has marked something secret, once known; None where none can be."""
    outputs = {key: list(_outputs_in(value)) for key, value in inputs.items()}

    async def found() -> list[str]:
        secret: list[str] = []
        for key, inside in outputs.items():
            for output in inside:
                if key not in secret and await output.is_secret():
                    secret.append(key)
        return secret

    return found() if any(outputs.values()) else None


def _outputs_in(value: Any) -> Iterator[pulumi.Output[Any]]:
    if isinstance(value, pulumi.Output):
        yield value
    elif isinstance(value, (Mapping, list, tuple)):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _outputs_in(part)


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
