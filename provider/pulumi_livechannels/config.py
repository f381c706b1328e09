"""The settings of the provider: what each is called, where it comes from, and what is allowed in it.

Pulumi config wins over the environment: setting by setting, but keys that are complete in config win as a whole, for
others could be of another account. Each setting is declared once, with its limits and its documentation.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from .ground.address import is_loopback
from .ground.errors import ConfigurationError
from .ground.language import apart, tr
from .ground.redact import shorten

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
    "redis:// or postgres:// address (for several machines).",
    True,
)
DRIFT_DEPTH = Setting(
    "driftDepth",
    "LIVECHANNELS_DRIFT_DEPTH",
    "What a refresh compares: `full` (default), every readable field; `listed`, what the lists carry, 1 call for 50.",
)
TIMEOUT = Setting(
    "timeoutSeconds",
    "LIVECHANNELS_TIMEOUT_SECONDS",
    "Limit of one call from begin to end, in seconds: 30 by default.",
)
WAIT = Setting(
    "waitMinutes",
    "LIVECHANNELS_WAIT_MINUTES",
    "How long a call goes on waiting while the platform says that calls come too fast, in minutes: 30 by default.",
)
ALLOW_ACCOUNT_CHANGE = Setting(
    "allowAccountChange",
    "LIVECHANNELS_ALLOW_ACCOUNT_CHANGE",
    "`true` for the one run in which a stack really moves to another account; `false` by default.",
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
    WAIT,
    ALLOW_ACCOUNT_CHANGE,
)
_KEY_PAIR = (ACCESS_KEY, SECRET_KEY)
_USER = (USERNAME, API_KEY)
_VOLCENGINE = (VOLCENGINE_ACCESS_KEY, VOLCENGINE_SECRET_KEY, VOLCENGINE_SESSION_TOKEN)
_FURTHER_HOSTS = re.compile(r"(//(?:[^/@]*@)?[^,/?]*),[^/?]*")
CREDENTIALS = (*_KEY_PAIR, *_USER, *_VOLCENGINE)
# What is an account only together.
PAIRS = (_KEY_PAIR, _USER, _VOLCENGINE[:2])


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
    wait_minutes: float = 30.0
    allow_account_change: bool = False
    stands_for: str = ""
    volcengine_base: str = VOLCENGINE
    volcengine_access_key: str = ""
    volcengine_secret_key: str = ""
    volcengine_session_token: str = ""

    def __repr__(self) -> str:
        return f"Settings(base={self.base!r})"

    @property
    def site(self) -> str:
        """The site of the account; an endpoint of one's own stands for one."""
        return self.stands_for or next((name for name, base in SITES.items() if base == self.base), "wangsu")

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
    # Other settings may be empty: the SDKs hand a variable on that is set to nothing.
    for setting in CREDENTIALS:
        if config.get(setting.key) == "":
            _refuse(setting, empty(""))

    def value(setting: Setting) -> str:
        return config.get(setting.key) or surroundings.get(setting.environment) or ""

    key_pair, user = _keys(config, surroundings, _KEY_PAIR, _USER)
    (volcengine,) = _keys(config, surroundings, _VOLCENGINE)
    _require_whole(config, {_KEY_PAIR: key_pair, _USER: user})
    if not all(key_pair) and not all(user) and (any(key_pair) or any(user) or not all(volcengine[:2])):
        if any(user) and not any(key_pair):
            _missing(_lacking(_USER, user))
        if any(volcengine[:2]) and not any(key_pair):
            _missing(_lacking(_VOLCENGINE[:2], volcengine[:2]))
        _missing(_lacking(_KEY_PAIR, key_pair))
    with_pair = all(key_pair)
    site = _one_of(SITE, value(SITE), tuple(SITES))
    return Settings(
        base=_address(ENDPOINT, value(ENDPOINT)) or SITES[site],
        stands_for=site if value(ENDPOINT) else "",
        access_key=credential(ACCESS_KEY, key_pair[0] if with_pair else ""),
        secret_key=credential(SECRET_KEY, key_pair[1] if with_pair else ""),
        username=credential(USERNAME, "" if with_pair else user[0]),
        api_key=credential(API_KEY, "" if with_pair else user[1]),
        calls_per_five_minutes=int(_number(CALLS, value(CALLS), default=300, limits=(0, 100_000), whole=True)),
        budget_store=_store(value(BUDGET_STORE)),
        drift_depth=_one_of(DRIFT_DEPTH, value(DRIFT_DEPTH), ("full", "listed")),
        timeout_seconds=_number(TIMEOUT, value(TIMEOUT), default=30, limits=(0.1, 3600)),
        wait_minutes=_number(WAIT, value(WAIT), default=30, limits=(0, 1440)),
        allow_account_change=_truth(ALLOW_ACCOUNT_CHANGE, value(ALLOW_ACCOUNT_CHANGE)),
        volcengine_base=_address(VOLCENGINE_ENDPOINT, value(VOLCENGINE_ENDPOINT)) or VOLCENGINE,
        volcengine_access_key=credential(VOLCENGINE_ACCESS_KEY, volcengine[0]),
        volcengine_secret_key=credential(VOLCENGINE_SECRET_KEY, volcengine[1]),
        volcengine_session_token=credential(VOLCENGINE_SESSION_TOKEN, volcengine[2]),
    )


def as_text(value: object) -> str:
    """A setting as text, in whatever form an SDK or a state holds it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def empty(value: object) -> str:
    """The rule for a setting that is there and says nothing, as a variable that is not set gives it.

    With the keys of the environment in its place, this would be another account.
    """
    return tr("is {value!r}: give it a value, or leave it out to have it from the environment", value=value)


def _keys(
    config: Mapping[str, str], surroundings: Mapping[str, str], *schemes: tuple[Setting, ...]
) -> tuple[tuple[str, ...], ...]:
    """What is set of each scheme of keys, whose first two settings make it complete.

    Where a scheme is complete in config the environment is not looked at; where one is begun there, for that one alone.
    """
    around = {} if _has_whole(config, schemes) else surroundings
    begun = [scheme for scheme in schemes if _begins(config, scheme)] or schemes
    return tuple(
        tuple(
            config.get(setting.key) or (around.get(setting.environment) if scheme in begun else "") or ""
            for setting in scheme
        )
        for scheme in schemes
    )


def _require_whole(config: Mapping[str, str], schemes: Mapping[tuple[Setting, ...], tuple[str, ...]]) -> None:
    """Refuse a scheme of keys that is begun in config and lacks something, unless config has another one whole.

    The environment's keys of another scheme could be another account's.
    """
    if _has_whole(config, schemes):
        return
    for scheme, given in schemes.items():
        if _begins(config, scheme) and not all(given):
            _missing(_lacking(scheme, given))


def _has_whole(config: Mapping[str, str], schemes: Iterable[tuple[Setting, ...]]) -> bool:
    return any(all(config.get(setting.key) for setting in scheme[:2]) for scheme in schemes)


def _begins(config: Mapping[str, str], scheme: tuple[Setting, ...]) -> bool:
    return any(config.get(setting.key) for setting in scheme)


def _lacking(scheme: tuple[Setting, ...], given: tuple[str, ...]) -> list[Setting]:
    return [setting for setting, text in zip(scheme, given, strict=True) if not text]


def credential(setting: Setting, text: str) -> str:
    """The key as given, if it can stand in a header. Its value is never shown."""
    if text and (not text.isascii() or not text.isprintable() or text != text.strip()):
        _refuse(setting, tr("must be printable ASCII, without a line break and without spaces around it"))
    return text


def command(setting: Setting) -> str:
    """What to type for it to be set."""
    return f"`pulumi config set {'--secret ' if setting.secret else ''}{NAMESPACE}:{setting.key} …`"


def _missing(settings: list[Setting]) -> None:
    names = tr(" and ").join(setting.key for setting in settings)
    ways = apart(
        *(
            tr(
                "{command} or the environment variable {environment}",
                command=command(setting),
                environment=setting.environment,
            )
            for setting in settings
        )
    )
    error = ConfigurationError(
        tr("{names} missing: no call can be signed without", names=names), next_step=tr("set {ways}.", ways=ways)
    )
    error.variables = tuple(setting.environment for setting in settings)
    raise error


def _address(setting: Setting, endpoint: str) -> str:
    """An address as scheme and host; empty where none is given."""
    if not endpoint:
        return ""
    parts = _split(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        _refuse(setting, tr("must be https:// and a host (or http:// and a loopback address), without a path"))
    if parts.username or parts.password:
        _refuse(setting, tr("must name no user and no password: calls are signed with the keys"))
    if parts.scheme == "http" and not is_loopback(endpoint):
        _refuse(setting, tr("may be http:// only for a loopback address: calls would travel in clear"))
    return f"{parts.scheme}://{parts.netloc}"


def _split(address: str) -> SplitResult:
    """The parts of an address; empty ones where it is none, whatever is wrong with it."""
    try:
        parts = urlsplit(address)
        # A port is read late, and raises then.
        return parts if parts.port != 0 and address.isprintable() and " " not in address else urlsplit("")
    except ValueError:
        return urlsplit("")


def _one_of(setting: Setting, text: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed words; the first where nothing is given."""
    if (text or allowed[0]) not in allowed:
        _refuse(
            setting,
            tr("must be one of {allowed}, but is {given!r}", allowed=", ".join(allowed), given=shorten(text, 40)),
        )
    return text or allowed[0]


def _truth(setting: Setting, text: str) -> bool:
    return _one_of(setting, text.lower(), ("false", "true")) == "true"


def _store(text: str) -> str:
    if text in ("", "file", "memory"):
        return text or "file"
    # Postgres may have several hosts, of which the first one stands for all here, or a socket's folder in the query.
    parts = _split(_FURTHER_HOSTS.sub(r"\1", text))
    has_place = parts.hostname or (parts.scheme.startswith("postgres") and "host=" in parts.query)
    if parts.scheme not in ("redis", "rediss", "postgres", "postgresql") or not has_place:
        # The address may hold a password, so it is not shown.
        _refuse(BUDGET_STORE, tr("must be file, memory, or a redis:// or postgres:// address"))
    return text


def _number(setting: Setting, text: str, *, default: float, limits: tuple[float, float], whole: bool = False) -> float:
    if not text:
        return default
    least, most = limits
    try:
        number = float(text)
    except ValueError:
        number = least - 1
    # Nothing compares with what is not a number. An SDK writes whole ones with a point.
    if not least <= number <= most or (whole and not number.is_integer()):
        _refuse(
            setting,
            tr(
                "must be {what} of at least {least:g} and at most {most:.0f}, but is {given!r}",
                what=tr("a whole number") if whole else tr("a number"),
                least=least,
                most=most,
                given=shorten(text, 40),
            ),
        )
    return number


def _refuse(setting: Setting, rule: str) -> None:
    raise ConfigurationError(
        f"{setting.key} {rule}",
        next_step=tr(
            "correct `pulumi config` {namespace}:{key} or the environment variable {environment}.",
            namespace=NAMESPACE,
            key=setting.key,
            environment=setting.environment,
        ),
    )
