"""The settings of the provider: what each is called, where it comes from, and what is allowed in it.

Pulumi config wins over the environment. Each setting is declared once, with its limits and its documentation.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from .ground.address import is_loopback
from .ground.errors import ConfigurationError
from .ground.hints import did_you_mean

NAMESPACE = "livechannels"
VOLCENGINE = "https://live.volcengineapi.com"
SITES = {"wangsu": "https://open.chinanetcenter.com", "cdnetworks": "https://api.cdnetworks.com"}


@dataclass(frozen=True)
class Setting:
    """One key of the configuration."""

    key: str
    environment: str
    doc: str
    secret: bool = False


ACCESS_KEY = Setting("accessKey", "LIVECHANNELS_ACCESS_KEY", "Access key of the Wangsu or CDNetworks account.", True)
SECRET_KEY = Setting("secretKey", "LIVECHANNELS_SECRET_KEY", "Secret key that belongs to the access key.", True)
USERNAME = Setting("username", "LIVECHANNELS_USERNAME", "User of the older API-key scheme.")
API_KEY = Setting("apiKey", "LIVECHANNELS_API_KEY", "API key of that user; used when no key pair is set.", True)
SITE = Setting("site", "LIVECHANNELS_SITE", "`wangsu` (default) or `cdnetworks`.")
ENDPOINT = Setting("endpoint", "LIVECHANNELS_ENDPOINT", "Address that overrides the site's; http:// only to loopback.")
CALLS = Setting(
    "callsPerFiveMinutes",
    "LIVECHANNELS_CALLS_PER_FIVE_MINUTES",
    "The account's budget of calls in any 5 minutes: 300 by default, 0 for no limit.",
)
VOLCENGINE_ACCESS_KEY = Setting(
    "volcengineAccessKey", "VOLCENGINE_ACCESS_KEY", "Access key of the Volcengine account, for its reports only.", True
)
VOLCENGINE_SECRET_KEY = Setting(
    "volcengineSecretKey", "VOLCENGINE_SECRET_KEY", "Secret key that belongs to the Volcengine access key.", True
)
VOLCENGINE_SESSION_TOKEN = Setting(
    "volcengineSessionToken", "VOLCENGINE_SESSION_TOKEN", "Session token, with temporary Volcengine keys.", True
)
VOLCENGINE_ENDPOINT = Setting(
    "volcengineEndpoint",
    "LIVECHANNELS_VOLCENGINE_ENDPOINT",
    "Address that overrides Volcengine's; http:// only to loopback.",
)
BUDGET_STORE = Setting(
    "budgetStore",
    "LIVECHANNELS_BUDGET_STORE",
    "Where the account's calls are counted: `file` (default, for all runs on a machine), `memory` (for one run), or a "
    "redis:// address (for several machines).",
)
DRIFT_DEPTH = Setting(
    "driftDepth",
    "LIVECHANNELS_DRIFT_DEPTH",
    "What a refresh compares: `full` (default), every readable field; `listed`, what the lists carry, 1 call for 50.",
)
TIMEOUT = Setting(
    "timeoutSeconds",
    "LIVECHANNELS_TIMEOUT_SECONDS",
    "Limit for connecting and for answering, each, in seconds: 30 by default.",
)
SETTINGS = (
    ACCESS_KEY,
    SECRET_KEY,
    USERNAME,
    API_KEY,
    SITE,
    ENDPOINT,
    VOLCENGINE_ACCESS_KEY,
    VOLCENGINE_SECRET_KEY,
    VOLCENGINE_SESSION_TOKEN,
    VOLCENGINE_ENDPOINT,
    CALLS,
    BUDGET_STORE,
    DRIFT_DEPTH,
    TIMEOUT,
)


@dataclass(frozen=True)
class Settings:
    """Settings within their limits. Equal settings mean the same account.

    The credentials of one vendor may be missing where those of the other are there.
    """

    base: str
    access_key: str = ""
    secret_key: str = ""
    username: str = ""
    api_key: str = ""
    calls_per_five_minutes: int = 300
    budget_store: str = "file"
    drift_depth: str = "full"
    timeout_seconds: float = 30.0
    volcengine_base: str = VOLCENGINE
    volcengine_access_key: str = ""
    volcengine_secret_key: str = ""
    volcengine_session_token: str = ""

    def __repr__(self) -> str:
        return f"Settings(base={self.base!r})"

    @property
    def identity(self) -> str:
        """What tells one account from another: whose calls count together."""
        return f"{self.base} {self.access_key or self.username}"

    def require_wangsu(self) -> None:
        """Return when calls to Wangsu can be signed.

        Raises:
            ConfigurationError: they cannot.
        """
        if not self.access_key and not self.api_key:
            _missing([ACCESS_KEY, SECRET_KEY])

    def require_volcengine(self) -> None:
        """Return when calls to Volcengine can be signed.

        Raises:
            ConfigurationError: they cannot.
        """
        pairs = (
            (VOLCENGINE_ACCESS_KEY, self.volcengine_access_key),
            (VOLCENGINE_SECRET_KEY, self.volcengine_secret_key),
        )
        missing = [setting for setting, value in pairs if not value]
        if missing:
            _missing(missing)


def load(config: Mapping[str, str], environment: Mapping[str, str] | None = None) -> Settings:
    """The settings from Pulumi config (keys without the namespace) and the environment.

    Raises:
        ConfigurationError: a credential is missing, or a value is not allowed; names the key and both ways to set it.
    """
    surroundings = os.environ if environment is None else environment

    def value(setting: Setting) -> str:
        return config.get(setting.key) or surroundings.get(setting.environment) or ""

    key_pair = (value(ACCESS_KEY), value(SECRET_KEY))
    user = (value(USERNAME), value(API_KEY))
    volcengine = (value(VOLCENGINE_ACCESS_KEY), value(VOLCENGINE_SECRET_KEY))
    if not all(key_pair) and not all(user) and (any(key_pair) or any(user) or not all(volcengine)):
        if any(user) and not any(key_pair):
            _missing([setting for setting, given in zip((USERNAME, API_KEY), user, strict=True) if not given])
        _missing([setting for setting, given in zip((ACCESS_KEY, SECRET_KEY), key_pair, strict=True) if not given])
    with_pair = all(key_pair)
    site = _site(value(SITE))
    return Settings(
        base=_address(ENDPOINT, value(ENDPOINT)) or site,
        access_key=key_pair[0] if with_pair else "",
        secret_key=key_pair[1] if with_pair else "",
        username="" if with_pair else user[0],
        api_key="" if with_pair else user[1],
        calls_per_five_minutes=int(_number(CALLS, value(CALLS), default=300, least=0, whole=True)),
        budget_store=_store(value(BUDGET_STORE)),
        drift_depth=_one_of(DRIFT_DEPTH, value(DRIFT_DEPTH), ("full", "listed")),
        timeout_seconds=_number(TIMEOUT, value(TIMEOUT), default=30, least=0.1, whole=False),
        volcengine_base=_address(VOLCENGINE_ENDPOINT, value(VOLCENGINE_ENDPOINT)) or VOLCENGINE,
        volcengine_access_key=volcengine[0],
        volcengine_secret_key=volcengine[1],
        volcengine_session_token=value(VOLCENGINE_SESSION_TOKEN),
    )


def unknown_keys(config: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each key of our namespace that means nothing here, with what may have been meant."""
    known = [setting.key for setting in SETTINGS]
    found = []
    for key in config:
        if key not in known:
            hint = did_you_mean(key, known, f"the keys are {', '.join(known)}")
            found.append((key, f"is not known and has no effect: {hint}"))
    return found


def problems(config: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each key that is unknown or holds a value that is not allowed, with the reason; credentials may be missing."""
    found = unknown_keys(config)
    for setting in (SITE, ENDPOINT, VOLCENGINE_ENDPOINT, CALLS, BUDGET_STORE, DRIFT_DEPTH, TIMEOUT):
        try:
            load({ACCESS_KEY.key: "-", SECRET_KEY.key: "-", setting.key: config.get(setting.key, "")}, {})
        except ConfigurationError as error:
            found.append((setting.key, f"{error.what.removeprefix(setting.key).strip()}: correct it"))
    return found


def _missing(settings: list[Setting]) -> None:
    names = " and ".join(setting.key for setting in settings)
    ways = "; ".join(
        f"`pulumi config set {'--secret ' if setting.secret else ''}{NAMESPACE}:{setting.key} …` or the environment "
        f"variable {setting.environment}"
        for setting in settings
    )
    error = ConfigurationError(f"{names} missing: no call can be signed without", next_step=f"set {ways}.")
    error.variables = tuple(setting.environment for setting in settings)
    raise error


def _address(setting: Setting, endpoint: str) -> str:
    """An address as scheme and host; empty where none is given."""
    if not endpoint:
        return ""
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        _refuse(setting, "must be https:// and a host, without a path")
    if parts.username or parts.password:
        _refuse(setting, "must name no user and no password: calls are signed with the keys")
    if parts.scheme == "http" and not is_loopback(endpoint):
        _refuse(setting, "may be http:// only for a loopback address: calls would travel in clear")
    return f"{parts.scheme}://{parts.netloc}"


def _site(site: str) -> str:
    return SITES[_one_of(SITE, site, tuple(SITES))]


def _one_of(setting: Setting, text: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed words; the first where nothing is given."""
    if (text or allowed[0]) not in allowed:
        _refuse(setting, f"must be one of {', '.join(allowed)}, but is {text!r}")
    return text or allowed[0]


def _store(text: str) -> str:
    if text in ("", "file", "memory"):
        return text or "file"
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        # The address may hold a password, so it is not shown.
        _refuse(BUDGET_STORE, "must be file, memory or a redis:// address")
    return text


def _number(setting: Setting, text: str, *, default: float, least: float, whole: bool) -> float:
    if not text:
        return default
    try:
        number = float(int(text)) if whole else float(text)
    except ValueError:
        number = least - 1
    if not least <= number < float("inf"):
        _refuse(setting, f"must be a {'whole ' if whole else ''}number of at least {least:g}, but is {text!r}")
    return number


def _refuse(setting: Setting, rule: str) -> None:
    raise ConfigurationError(
        f"{setting.key} {rule}",
        next_step=f"correct `pulumi config` {NAMESPACE}:{setting.key} or the environment variable "
        f"{setting.environment}.",
    )
