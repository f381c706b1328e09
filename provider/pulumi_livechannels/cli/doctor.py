"""`livechannels doctor`: whether everything that a run needs is there, each line with ok or what to do."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from .. import config
from ..core.account import Account
from ..core.asking import ask
from ..ground.errors import CredentialsError, LiveChannelsError, NotSentError
from ..reports.volcengine.places import Isps
from ..vendors.wangsu.channels import GetChannelList
from . import output
from .session import FAILED, check_format

LARGEST_SKEW = 60
OLDEST_ENGINE = (3, 227)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    ok: bool
    fact: str
    advice: str = ""


def doctor(format: Annotated[str, typer.Option(help="table or json.")] = "table") -> None:
    """Look at the settings, the platform, the clock, the budget and the versions, and say what to do.

    Makes one call to each vendor that there are keys for. No secret is shown. Exits with 1 when something needs a hand.
    """
    check_format(format)
    findings = [*_settings(), *_platform(), *_versions()]
    if format == "json":
        output.as_json([vars(finding) for finding in findings])
    else:
        rows = [(each.subject, "ok" if each.ok else "!!", each.fact, each.advice) for each in findings]
        output.table(("what", "", "found", "what to do"), rows)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILED)


def _settings() -> Iterator[Finding]:
    for setting in config.SETTINGS:
        given = os.environ.get(setting.environment)
        if given:
            shown = "set" if setting.secret or "redis" in given else given
            yield Finding(f"setting {setting.key}", True, f"{shown}, from {setting.environment}")
    in_stack = _stack_config()
    if in_stack:
        fact = f"{', '.join(in_stack)} set in the stack's config, which wins over the environment in a Pulumi run"
        yield Finding("stack config", True, fact)
    try:
        config.load({})
    except LiveChannelsError as error:
        advice = f"{error.next_step} This command reads the environment only." if in_stack else error.next_step
        yield Finding("settings", False, error.what, advice)


def _stack_config() -> list[str]:
    """Our keys in the config of the stack that is selected in this folder, without their values."""
    if not os.path.exists("Pulumi.yaml") or not shutil.which("pulumi"):
        return []
    done = _run("pulumi", "config", "--json", "--non-interactive")
    try:
        keys = json.loads(done or "{}")
    except ValueError:
        return []
    return sorted(key.partition(":")[2] for key in keys if key.startswith(f"{config.NAMESPACE}:"))


def _platform() -> Iterator[Finding]:
    try:
        settings = config.load({})
    except LiveChannelsError:
        return
    account = Account(settings, lambda text: typer.echo(text, err=True))
    if settings.access_key or settings.api_key:
        call = GetChannelList(page_index=1, page_size=1)
        yield from _vendor("Wangsu", settings.base, lambda: account.wangsu.call(call), lambda: account.wangsu.skew)
        used = account.budget.used()
        limit = settings.calls_per_five_minutes
        fact = "no limit is set" if used is None else f"{limit - used} of {limit} calls left in these 5 minutes"
        fact += "" if used is None else f", counted in {settings.budget_store.partition('://')[0]}"
        advice = "wait, or raise callsPerFiveMinutes if the vendor grants more"
        yield Finding(
            "Wangsu budget", used is None or used < limit, fact, "" if used is None or used < limit else advice
        )
    if settings.volcengine_access_key:
        yield from _vendor(
            "Volcengine", settings.volcengine_base, lambda: ask(account, Isps, {}), lambda: account.volcengine.skew
        )


def _vendor(name: str, address: str, call: Callable[[], object], skew: Callable[[], float | None]) -> Iterator[Finding]:
    failed: LiveChannelsError | None = None
    try:
        call()
    except LiveChannelsError as error:
        failed = error
    reached = not isinstance(failed, NotSentError)
    yield Finding(f"{name} address", reached, address, "" if reached or failed is None else failed.next_step)
    if not reached:
        return
    seconds = skew()
    if seconds is not None:
        right = abs(seconds) <= LARGEST_SKEW
        fact = f"{abs(seconds):.0f} s {'behind' if seconds > 0 else 'ahead of'} the platform's"
        yield Finding(f"{name} clock", right, fact, "" if right else "set this machine's clock")
    if failed is None:
        yield Finding(f"{name} signature", True, "accepted")
    else:
        subject = "signature" if isinstance(failed, CredentialsError) else "call"
        yield Finding(f"{name} {subject}", False, failed.what, failed.next_step)


def _versions() -> Iterator[Finding]:
    own = importlib.metadata.version("pulumi-livechannels")
    yield Finding("livechannels", True, own)
    known = (3, 10) <= sys.version_info < (3, 14)
    yield Finding("Python", known, platform.python_version(), "" if known else "use Python 3.10 to 3.13")
    yield Finding("Pulumi SDK", True, importlib.metadata.version("pulumi"))
    engine = (_run("pulumi", "version") or "").strip()
    numbers = tuple(int(part) for part in engine.lstrip("v").split("-")[0].split(".")[:2] if part.isdigit())
    if numbers:
        recent = numbers >= OLDEST_ENGINE
        yield Finding("engine", recent, engine, "" if recent else "install Pulumi 3.227 or later")
    else:
        yield Finding("engine", False, "pulumi is not on PATH", "install the Pulumi CLI, or build it with tools/engine")
    plugin = shutil.which("pulumi-resource-livechannels") or shutil.which(
        "pulumi-resource-livechannels", path=os.path.dirname(sys.executable)
    )
    advice = "pip install pulumi-livechannels; Python programs do without the plugin"
    yield Finding("plugin", bool(plugin), plugin or "not on PATH", "" if plugin else advice)


def _run(*command: str) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
