"""What is to be said of settings as somebody gave them: unknown, not allowed, half an account, or a secret in clear."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from .config import (
    ACCESS_KEY,
    BUDGET_STORE,
    CREDENTIALS,
    ENDPOINT,
    NAMESPACE,
    PAIRS,
    SECRET_KEY,
    SETTINGS,
    VOLCENGINE_ENDPOINT,
    Setting,
    command,
    credential,
    load,
)
from .ground.errors import ConfigurationError
from .ground.hints import did_you_mean, nearest
from .ground.language import tr


def unknown_keys(config: Iterable[str]) -> list[tuple[str, str]]:
    """Each key of our namespace that means nothing here, with what may have been meant."""
    known = [setting.key for setting in SETTINGS]
    found = []
    for key in config:
        if key not in known:
            hint = did_you_mean(key, known, tr("the keys are {known}", known=", ".join(known)))
            found.append((key, tr("is not known and has no effect: {hint}", hint=hint)))
    return found


def problems(config: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each key that is unknown or holds a value that is not allowed, with the reason; credentials may be missing."""
    found = unknown_keys(config)
    for setting in SETTINGS:
        text = config.get(setting.key)
        if text is None:
            continue
        try:
            if text and setting in CREDENTIALS:
                credential(setting, text)
            else:
                load({ACCESS_KEY.key: "-", SECRET_KEY.key: "-", setting.key: text}, {})
        except ConfigurationError as error:
            rule = error.what.removeprefix(setting.key).strip()
            found.append((setting.key, tr("{rule}: correct it", rule=rule) if text else rule))
    return found


def may_be_shown(key: str) -> bool:
    """Whether the value under a key may stand in a message.

    What is secret may not, nor an address, which could hold a password, nor what is unknown and could be meant so.
    """
    meant = nearest(key, [setting.key for setting in SETTINGS])
    addresses = (ENDPOINT, VOLCENGINE_ENDPOINT)
    return any(setting.key == meant and not setting.secret and setting not in addresses for setting in SETTINGS)


def halves(given: Collection[str], named: Callable[[str], str] = str) -> list[tuple[str, str]]:
    """Each key that lacks beside its other half, with the reason, where keys are an account of their own.

    The half that the environment has could be another account's. `named` is what a face calls a key.
    """
    return [
        (
            named(lacking.key),
            tr("is missing beside {here}: give both, or leave both to the environment", here=named(here.key)),
        )
        for one, other in PAIRS
        for here, lacking in ((one, other), (other, one))
        if here.key in given and lacking.key not in given
    ]


def plain_secrets(given: Mapping[str, str], secret_keys: Collection[str]) -> list[str]:
    """A sentence, with the command that mends it, for each secret in Pulumi config that was set in clear.

    `given` is what is set, by keys without the namespace; `secret_keys` are those set as secrets, with it or without.
    """
    hidden = {key.rpartition(":")[2] for key in secret_keys}
    return [
        tr(
            "config {namespace}:{key} was set without --secret, so the stack's settings file shows "
            "it in clear: run {command}, and make a new one if others could read it",
            namespace=NAMESPACE,
            key=setting.key,
            command=command(setting),
        )
        for setting in SETTINGS
        if setting.secret and setting.key not in hidden and _is_secret(setting, given.get(setting.key, ""))
    ]


def _is_secret(setting: Setting, text: str) -> bool:
    """Whether the value must not be seen: of the budget's stores, only an address may hold a password."""
    return "@" in text or "password=" in text if setting is BUDGET_STORE else bool(text)
