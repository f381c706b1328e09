"""The engine's calls, each answered from the core's lifecycles. Nothing here knows a particular resource."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2

from ..ground.errors import ConfigurationError, InputError, LiveChannelsError, NotFoundError
from ..ground.language import tr
from ..ground.logs import follow_environment
from .codec import Secrets, decode, encode
from .deadline import Deadline
from .failures import abort_half_made, plainly
from .protocol import CHANNEL_OPTIONS, engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc

if TYPE_CHECKING:
    from ..core.account import Account
    from ..core.custody import Holder
    from ..core.function import Function
    from ..core.lifecycle import Lifecycle, Made

PACKAGE = "livechannels"
_OF_THE_ENGINE = ("version", "pluginDownloadURL")
_Kind = provider_pb2.PropertyDiff


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """One provider process. What speaks to the vendor is loaded when the engine configures it, not before."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._engine: engine_pb2_grpc.EngineStub | None = None
        self._run: str | None = None
        self._listens = False
        self._deadline = Deadline()
        self._lifecycles: dict[str, Lifecycle] = {}
        self._account: Account | None = None
        self._urn = threading.local()
        self._provider = ""

    def Handshake(self, request: Any, context: Any) -> Any:
        """What this provider can take: secrets in place, and nothing exotic."""
        self._connect(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True, accept_outputs=False)

    def Attach(self, request: Any, context: Any) -> Any:
        """The engine's address, for a provider that was already running."""
        self._connect(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """The version of the package."""
        return plugin_pb2.PluginInfo(version=self._version)

    @plainly
    def GetSchema(self, request: Any, context: Any) -> Any:
        """The schema, from the models."""
        from ..schema import schema

        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema()))

    @plainly
    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Settings that are unknown or not allowed, each by name. Missing credentials are told by Configure."""
        from ..config import SETTINGS
        from ..core.check import shown_as, veiled
        from ..given_settings import halves, may_be_shown, problems
        from ..ground.errors import Problem

        news, secrets = decode(request.news)
        self._provider = request.urn
        ours = {key: text for key, text in _texts(news).items() if key not in _OF_THE_ENGINE}
        found = problems(ours)
        if self._declared():
            found += halves(news)
        hidden = {key for key, value in news.items() if value != "" and (key in secrets or not may_be_shown(key))}
        told = veiled([Problem(key, reason, key in hidden) for key, reason in found], news, secrets)
        failures = [provider_pb2.CheckFailure(property=key, reason=reason) for key, reason in map(shown_as, told)]
        always = [setting.key for setting in SETTINGS if setting.secret]
        return provider_pb2.CheckResponse(inputs=encode(news, secrets, always), failures=failures)

    @plainly
    def DiffConfig(self, request: Any, context: Any) -> Any:
        """What changed in the settings; no change of these ever replaces a resource."""
        before = request.old_inputs if request.HasField("old_inputs") else request.olds
        olds, news = decode(before)[0], decode(request.news)[0]
        changed = sorted(key for key in {*olds, *news} if olds.get(key) != news.get(key))
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=changed,
        )

    @plainly
    def Configure(self, request: Any, context: Any) -> Any:
        """Take the settings, and say at once if no call could be signed."""
        from .. import config
        from ..core.account import Account
        from ..core.custody import Holder
        from ..core.lifecycle import Lifecycle
        from ..resources import RESOURCES
        from .plain_secrets import warnings

        follow_environment(self._debug, self._warn)
        # A provider that comes from a state is not checked before.
        self._provider = request.urn or self._provider
        # An attached process lives on after a run was cancelled, and the next run waits again.
        self._deadline = Deadline()
        # Newer engines send the settings as properties, older ones as variables of text.
        given = _texts(decode(request.args)[0]) if request.args.fields else _variables(request.variables)
        account = self._account = Account(config.load(given), self._warn, self._deadline, self._run)
        for sentence in warnings(Holder(urn=self._provider).stack.partition("::")[0], given):
            self._warn(sentence)
        self._lifecycles = {f"{PACKAGE}:index:{kind.__name__}": Lifecycle(kind, account) for kind in RESOURCES}
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    @plainly
    def Check(self, request: Any, context: Any) -> Any:
        """Every broken rule at once, before anything is sent."""
        from ..core.check import shown_as

        with self._serving(request) as (lifecycle, holder):
            news, secrets = decode(request.news)
            olds = decode(request.olds)[0]
            checked = lifecycle.check(news, olds or None, holder, hidden=secrets)
            for warning in checked.warnings:
                self._warn(warning)
        failures = [
            provider_pb2.CheckFailure(property=key, reason=reason) for key, reason in map(shown_as, checked.problems)
        ]
        inputs = encode(checked.inputs, secrets, lifecycle.secret_inputs)
        return provider_pb2.CheckResponse(inputs=inputs, failures=failures)

    @plainly
    def Diff(self, request: Any, context: Any) -> Any:
        """What differs, by path. Sends nothing."""
        from ..ground.hints import no_such_paths

        with self._serving(request) as (lifecycle, holder):
            state, news = decode(request.olds)[0], decode(request.news)[0]
            keys = lifecycle.keys
            for sentence in no_such_paths("ignoreChanges", lifecycle.name, request.ignoreChanges, keys, keys):
                self._warn(sentence)
            found = lifecycle.plan(request.id, state, news, holder, ignored=_ignoring(request))
        detailed = {path: _property_diff(path, state, news, path in found.replaces) for path in found.changed}
        detailed |= {key: _Kind(kind=_Kind.ADD) for key in found.unfinished}
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if detailed else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=found.tops(found.replaces),
            diffs=found.tops([*found.changed, *found.unfinished]),
            detailedDiff=detailed,
            hasDetailedDiff=True,
            deleteBeforeReplace=bool(found.replaces) and lifecycle.resource.delete_before_replace(news),
        )

    @plainly
    def Create(self, request: Any, context: Any) -> Any:
        """Make the object; in a preview, what is certain about it, and no id."""
        with self._serving(request, request.timeout) as (lifecycle, holder):
            inputs, secrets = decode(request.properties)
            if request.preview:
                state = lifecycle.preview_create(inputs)
                return provider_pb2.CreateResponse(properties=encode(state, secrets, lifecycle.secrets))
            made = lifecycle.create(inputs, holder)
        self._finish(context, lifecycle, made, inputs, secrets)
        return provider_pb2.CreateResponse(id=made.id, properties=encode(made.state, secrets, lifecycle.secrets))

    @plainly
    def Read(self, request: Any, context: Any) -> Any:
        """The actual state and the inputs for it; nothing at all when the object is gone."""
        with self._serving(request, request.timeout) as (lifecycle, holder):
            state, state_secrets = decode(request.properties)
            known, input_secrets = decode(request.inputs)
            found = lifecycle.read(request.id, {**known, **state}, holder)
        if found is None:
            return provider_pb2.ReadResponse()
        inputs = lifecycle.program_inputs(found, known or None)
        return provider_pb2.ReadResponse(
            id=lifecycle.resource.canonical(request.id),
            properties=encode(found, {**input_secrets, **state_secrets}, lifecycle.secrets),
            inputs=encode(inputs, input_secrets, lifecycle.secret_inputs),
        )

    @plainly
    def Update(self, request: Any, context: Any) -> Any:
        """Bring the object in line; in a preview, what is certain about it."""
        with self._serving(request, request.timeout) as (lifecycle, holder):
            state = decode(request.olds)[0]
            news, secrets = decode(request.news)
            if request.preview:
                expected = lifecycle.preview_update(state, news)
                return provider_pb2.UpdateResponse(properties=encode(expected, secrets, lifecycle.secrets))
            try:
                made = lifecycle.update(request.id, state, news, holder, ignored=_ignoring(request))
            except LiveChannelsError as error:
                from ..core.lifecycle import Made

                if error.half_made is None:
                    raise
                made = Made(id=request.id, state=error.half_made, unfinished=[str(error)])
        self._finish(context, lifecycle, made, news, secrets)
        return provider_pb2.UpdateResponse(properties=encode(made.state, secrets, lifecycle.secrets))

    @plainly
    def Delete(self, request: Any, context: Any) -> Any:
        """End the object."""
        with self._serving(request, request.timeout) as (lifecycle, _):
            lifecycle.delete(request.id, decode(request.properties)[0])
        return empty_pb2.Empty()

    @plainly
    def Invoke(self, request: Any, context: Any) -> Any:
        """The answer of a function; in a preview too. What is wrong with its arguments is told argument by argument."""
        from ..core.asking import ask
        from ..core.check import contains_unknown
        from ..core.fields import UNKNOWN, properties
        from ..core.function import secrets_in

        kind = self._functions().get(request.tok)
        if kind is None or self._account is None:
            raise NotFoundError(
                tr("there is no function {tok}", tok=request.tok), next_step=tr("see the functions in the schema.")
            )
        given = decode(request.args)[0]
        if contains_unknown(given):
            # The engine waits for what is unknown, and so does an older one that asks all the same.
            return _answered(dict.fromkeys(properties(kind.output()), UNKNOWN), {})
        try:
            answer = ask(self._account, kind, given)
        except InputError as error:
            failures = [provider_pb2.CheckFailure(property=item.path, reason=item.text) for item in error.problems]
            return provider_pb2.InvokeResponse(failures=failures)
        return _answered(answer, secrets_in(kind.output(), answer))

    @plainly
    def List(self, request: Any, context: Any) -> Iterator[Any]:
        """Every object of a kind, with an id that can be imported."""
        limit = request.limit if request.limit > 0 else None
        items = list(islice(self._of(request.token).list(), limit))
        Result = provider_pb2.ListResponse.Result
        return iter([provider_pb2.ListResponse(result=Result(id=item.id, name=item.name)) for item in items])

    def Cancel(self, request: Any, context: Any) -> Any:
        """End all waits. The engine says this at every normal end too, so nothing is said about it."""
        self._deadline.cancel()
        return empty_pb2.Empty()

    def words(self, error: LiveChannelsError) -> str:
        """What an error says."""
        if isinstance(error, ConfigurationError) and error.variables and self._declared():
            error.next_step = tr(
                "give them to the provider {name} in the program, or set the environment variables {variables}.",
                name=self._declared(),
                variables=tr(" and ").join(error.variables),
            )
        return str(error)

    def _declared(self) -> str:
        """The name of a provider that the program declares, which takes nothing from the config of the stack."""
        name = self._provider.rpartition("::")[2]
        return "" if name.startswith("default") else name

    def _finish(
        self,
        context: Any,
        lifecycle: Lifecycle,
        made: Made,
        inputs: Mapping[str, Any],
        secrets: Mapping[str, Secrets],
    ) -> None:
        if made.unfinished:
            properties = encode(made.state, secrets, lifecycle.secrets)
            known = encode(inputs, secrets, lifecycle.secret_inputs)
            abort_half_made(context, made.id, properties, known, made.unfinished)

    @contextmanager
    def _serving(self, request: Any, timeout: float = 0.0) -> Iterator[tuple[Lifecycle, Holder]]:
        """The verbs and the resource of a call; its URN goes with what is said meanwhile, and waits are bounded."""
        from ..core.custody import Holder

        # The type may stand behind those of the components around it.
        lifecycle = self._of(request.type or request.urn.split("::")[2].rpartition("$")[2])
        self._urn.now = request.urn
        try:
            with self._deadline.within(timeout):
                yield lifecycle, Holder(urn=request.urn)
        finally:
            self._urn.now = ""

    def _of(self, token: str) -> Lifecycle:
        try:
            return self._lifecycles[token]
        except KeyError:
            raise NotFoundError(
                tr("there is no resource {token}", token=token), next_step=tr("see the resources in the schema.")
            ) from None

    @staticmethod
    def _functions() -> dict[str, type[Function[Any]]]:
        from ..functions import FUNCTIONS

        return {f"{PACKAGE}:{kind.module}:{kind.name()}": kind for kind in FUNCTIONS}

    def _connect(self, address: str) -> None:
        if address:
            self._run = address
            # The engine is on this machine, whatever proxy leads out of it.
            options = [*CHANNEL_OPTIONS, ("grpc.enable_http_proxy", 0)]
            channel = grpc.insecure_channel(address, options=options)
            self._engine = engine_pb2_grpc.EngineStub(channel)
            self._listens = True

    def _warn(self, text: str) -> None:
        self._tell(engine_pb2.WARNING, text)

    def _debug(self, line: str) -> None:
        # An engine that did not take one line must not keep every further call waiting.
        self._listens = self._listens and self._tell(engine_pb2.INFO, line)

    def _tell(self, severity: Any, text: str) -> bool:
        """Say something to the user, beside the resource that is being served; answers whether it was heard."""
        if self._engine is None:
            return False
        urn = getattr(self._urn, "now", "")
        try:
            self._engine.Log(engine_pb2.LogRequest(severity=severity, message=text, urn=urn), timeout=5)
        except grpc.RpcError:
            # The engine is closing; there is nobody left to tell.
            return False
        return True


def _answered(answer: Mapping[str, Any], secrets: Mapping[str, Secrets]) -> Any:
    response = provider_pb2.InvokeResponse()
    # The field's name is a word of the language.
    getattr(response, "return").CopyFrom(encode(answer, secrets))
    return response


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Settings as text, whichever way an SDK sent them; those that are not known yet are left out."""
    from ..config import as_text

    return {key: as_text(value) for key, value in values.items() if isinstance(value, (str, int, float))}


def _variables(variables: Mapping[str, str]) -> dict[str, str]:
    return {name.rpartition(":")[2]: value for name, value in variables.items()}


def _ignoring(request: Any) -> Callable[[str], bool]:
    """Whether the program has us ignore the difference of a path."""
    from ..core.diff import named

    return named(request.ignoreChanges)


def _property_diff(path: str, state: Mapping[str, Any], news: Mapping[str, Any], replaces: bool) -> Any:
    old, new = _at(state, path), _at(news, path)
    if old is None:
        kind = _Kind.ADD_REPLACE if replaces else _Kind.ADD
    elif new is None:
        kind = _Kind.DELETE_REPLACE if replaces else _Kind.DELETE
    else:
        kind = _Kind.UPDATE_REPLACE if replaces else _Kind.UPDATE
    return _Kind(kind=kind)


def _at(values: Any, path: str) -> Any:
    for part in path.split("."):
        values = values.get(part) if isinstance(values, Mapping) else None
    return values
