"""`livechannels doctor`: whether everything that a run needs is there, each line with ok or what to do.

What it prints is what a bug report needs, so it tells versions and settings by name, and never a secret.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from .. import config, given_settings
from ..core.account import Account
from ..core.asking import ask
from ..ground.errors import CredentialsError, LiveChannelsError, NotSentError
from ..ground.language import tr
from ..vendors.wangsu.channels import GetChannelList
from . import output, outside
from .session import FAILED, check_format

LARGEST_SKEW = 60
OLDEST_ENGINE = (3, 227)
OLDEST_PYTHON, NEWEST_PYTHON = (3, 10), (3, 14)
ENDED = (
    "Python 3.10 has had no security fixes since October 2026; it works and is tested here until the first release "
    "after April 2027, so move to a later one"
)
PLUGIN = "pulumi-resource-livechannels"
LIBRARIES = ("grpcio", "protobuf", "pydantic", "requests", "urllib3")  # whose releases have changed what we do
PATIENCE = 30


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    ok: bool
    fact: str
    advice: str = ""


def doctor(format: Annotated[str, typer.Option(help="table or json.")] = "table") -> None:
    """Look at the settings, the platform, the clock, the budget and the versions, and say what to do.

    In the folder of a Pulumi project the config of its selected stack counts too, as in a run. Makes one call to each
    vendor that there are keys for. No secret is shown. Exits with 1 when something needs a hand.
    """
    check_format(format)
    in_stack, hidden, trouble = _stack_config()
    findings = [*_settings(in_stack, hidden), *([trouble] if trouble else []), *_platform(in_stack), *_versions()]
    if format == "json":
        output.as_json([vars(finding) for finding in findings])
    else:
        rows = [(each.subject, "ok" if each.ok else "!!", each.fact, each.advice) for each in findings]
        output.table((tr("what"), "", tr("found"), tr("what to do")), rows)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILED)


def _stack_config() -> tuple[dict[str, str], set[str], Finding | None]:
    """Our part of the config of the stack that is selected in this folder, its secret keys, and what is wrong there."""
    if not os.path.exists("Pulumi.yaml") or not shutil.which("pulumi"):
        return {}, set(), None
    done = _run("pulumi", "config", "--json", "--show-secrets", "--non-interactive")
    advice = tr("see what `pulumi config` says")
    if done is None or done.returncode:
        error = "" if done is None else done.stderr.strip().removeprefix("error: ")
        if "no stack selected" in error:
            return {}, set(), Finding(tr("stack config"), True, tr("no stack is selected in this folder"))
        return {}, set(), Finding(tr("stack config"), False, tr("cannot be read"), error or advice)
    prefix = f"{config.NAMESPACE}:"
    try:
        told = json.loads(done.stdout or "{}")
        own = {key.removeprefix(prefix): item for key, item in told.items() if key.startswith(prefix)}
        values = {key: str(item.get("value", "")) for key, item in own.items()}
        return values, {key for key, item in own.items() if item.get("secret")}, None
    except (ValueError, AttributeError):
        return {}, set(), Finding(tr("stack config"), False, tr("cannot be read"), advice)


def _settings(in_stack: Mapping[str, str], hidden: Collection[str]) -> Iterator[Finding]:
    for setting in config.SETTINGS:
        given, place = os.environ.get(setting.environment) or None, setting.environment
        if setting.key in in_stack:
            given, place = in_stack[setting.key], tr("the stack's config")
        if given is not None:
            reasons = [reason for _, reason in given_settings.problems({setting.key: given})]
            # A good address holds no password.
            may_be_shown = given_settings.may_be_shown(setting.key) or not (setting.secret or reasons)
            shown = given if may_be_shown and setting.key not in hidden else tr("set")
            fact = tr("{shown}, from {place}", shown=shown, place=place)
            yield Finding(tr("setting {key}", key=setting.key), not reasons, fact, "".join(reasons))
    for key, reason in given_settings.unknown_keys(in_stack):
        yield Finding(tr("setting {key}", key=key), False, tr("in the stack's config"), reason)
    try:
        config.load(in_stack)
    except LiveChannelsError as error:
        yield Finding(tr("settings"), False, error.what, error.next_step)


def _platform(in_stack: Mapping[str, str]) -> Iterator[Finding]:
    try:
        settings = config.load(in_stack)
    except LiveChannelsError:
        return
    from ..ground.windows import CANNOT_SHARE

    said: list[str] = []
    account = Account(settings, said.append)
    if settings.access_key or settings.api_key:
        call = GetChannelList(page_index=1, page_size=1)
        yield from _vendor("Wangsu", settings.base, lambda: account.wangsu.call(call), lambda: account.wangsu.skew)
        yield _budget(account, [text for text in said if tr(CANNOT_SHARE) in text])
    if settings.volcengine_access_key:
        from ..reports.volcengine.places import Isps

        yield from _vendor(
            "Volcengine", settings.volcengine_base, lambda: ask(account, Isps, {}), lambda: account.volcengine.skew
        )


def _budget(account: Account, broken: Sequence[str]) -> Finding:
    used, limit = account.budget.used(), account.settings.calls_per_five_minutes
    if used is None:
        return Finding(tr("Wangsu budget"), True, tr("no limit is set"))
    store = account.settings.budget_store.partition("://")[0]
    fact = tr(
        "{left} of {limit} calls left in these 5 minutes, counted in {store}",
        left=limit - used,
        limit=limit,
        store="memory" if broken else store,
    )
    if broken:
        return Finding(
            tr("Wangsu budget"),
            False,
            fact,
            tr("{broken}: correct budgetStore, or see that it is there", broken=broken[0]),
        )
    advice = "" if used < limit else tr("wait, or raise callsPerFiveMinutes if the vendor grants more")
    return Finding(tr("Wangsu budget"), used < limit, fact, advice)


def _vendor(name: str, address: str, call: Callable[[], object], skew: Callable[[], float | None]) -> Iterator[Finding]:
    failed: LiveChannelsError | None = None
    try:
        call()
    except LiveChannelsError as error:
        failed = error
    if isinstance(failed, NotSentError):
        yield Finding(tr("{name} address", name=name), False, f"{address}: {failed.what}", failed.next_step)
        return
    yield Finding(tr("{name} address", name=name), True, address)
    seconds = skew()
    if seconds is not None:
        right = abs(seconds) <= LARGEST_SKEW
        if seconds > 0:
            fact = tr("{seconds:.0f} s behind the platform's", seconds=seconds)
        else:
            fact = tr("{seconds:.0f} s ahead of the platform's", seconds=-seconds)
        yield Finding(tr("{name} clock", name=name), right, fact, "" if right else tr("set this machine's clock"))
    if failed is None:
        yield Finding(tr("{name} signature", name=name), True, tr("accepted"))
    else:
        is_signature = isinstance(failed, CredentialsError)
        subject = tr("{name} signature", name=name) if is_signature else tr("{name} call", name=name)
        yield Finding(subject, False, failed.what, failed.next_step)


def _versions() -> Iterator[Finding]:
    own = importlib.metadata.version("pulumi-livechannels")
    yield Finding("livechannels", True, f"{own}, {sys.prefix}")
    yield Finding(tr("system"), True, platform.platform())
    yield _python(sys.version_info[:2])
    yield Finding(tr("Pulumi SDK"), True, importlib.metadata.version("pulumi"))
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    yield Finding(tr("libraries"), True, versions)
    done = _run("pulumi", "version")
    engine = done.stdout.strip() if done else ""
    numbers = tuple(int(part) for part in engine.lstrip("v").split("-")[0].split(".")[:2] if part.isdigit())
    if numbers:
        recent = numbers >= OLDEST_ENGINE
        yield Finding(tr("engine"), recent, engine, "" if recent else tr("install Pulumi 3.227 or later"))
    else:
        yield Finding(
            tr("engine"),
            False,
            tr("pulumi is not on PATH"),
            tr("install the Pulumi CLI, or build it with tools/engine"),
        )
    yield from _proxy()
    yield _host()
    yield _plugin(own)
    yield _plugin_cache(own)


def _python(running: tuple[int, ...]) -> Finding:
    fact = platform.python_version()
    if not OLDEST_PYTHON <= running <= NEWEST_PYTHON:
        first, last = (".".join(map(str, each)) for each in (OLDEST_PYTHON, NEWEST_PYTHON))
        return Finding("Python", False, fact, tr("use Python {first} to {last}", first=first, last=last))
    return Finding("Python", True, fact, tr(ENDED) if running == OLDEST_PYTHON else "")


def _proxy() -> Iterator[Finding]:
    """A proxy to which gRPC would send what a Python program says to its engine, on this very machine."""
    named = next(filter(os.environ.get, ("grpc_proxy", "https_proxy", "http_proxy")), None)
    spared = next(filter(None, map(os.environ.get, ("no_grpc_proxy", "no_proxy"))), "")
    if named and "127.0.0.1" not in spared:
        advice = tr("set no_proxy=localhost,127.0.0.1 too: without it no Python program reaches its engine")
        yield Finding(tr("proxy"), False, tr("{variable} is set", variable=named), advice)


def _host() -> Finding:
    host = shutil.which("pulumi-language-python")
    if host is None:
        return Finding(
            tr("Python host"), True, tr("not on PATH"), tr("only Python programs need it; the Pulumi CLI brings it")
        )
    from .plugin_versions import of_language_host

    version = of_language_host(host, PATIENCE)
    if version is None:
        return Finding(
            tr("Python host"), False, tr("{host} does not answer", host=host), tr("install the Pulumi CLI anew")
        )
    return Finding(tr("Python host"), True, f"{version or tr('without a version')}, {host}")


def _plugin(own: str) -> Finding:
    beside = os.path.dirname(sys.executable)
    plugin = shutil.which(PLUGIN) or shutil.which(PLUGIN, path=beside)
    if plugin is None:
        advice = tr("pip install pulumi-livechannels; Python programs do without the plugin")
        return Finding(tr("plugin"), False, tr("not on PATH"), advice)
    from .plugin_versions import of_provider

    version = of_provider(plugin, PATIENCE)
    if version is None:
        return Finding(
            tr("plugin"),
            False,
            tr("{plugin} does not answer", plugin=plugin),
            tr("pip install pulumi-livechannels once more"),
        )
    advice = (
        "" if version == own else tr("this command is {own}: let PATH begin with the folder that has both", own=own)
    )
    return Finding(tr("plugin"), version == own, f"{version}, {plugin}", advice)


def _plugin_cache(own: str) -> Finding:
    """The plugins that the engine holds: of these it takes the newest, unless an SDK asks for another."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    held = [path.name.rpartition("-v")[2] for path in home.glob("plugins/resource-livechannels-v*") if path.is_dir()]
    fact = ", ".join(sorted(held)) or tr("none")
    if not held or own in held:
        return Finding(tr("plugin cache"), True, fact)
    advice = tr("other programs than Python's run these: pulumi plugin install resource livechannels {own}", own=own)
    return Finding(tr("plugin cache"), True, fact, advice)


def _run(*command: str) -> subprocess.CompletedProcess[str] | None:
    try:
        return outside.ask(PATIENCE, *command)
    except (OSError, subprocess.TimeoutExpired):
        return None
