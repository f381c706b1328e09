"""A platform that repeats what it was sent, in whatever escaping: no error shows the secret."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

import pytest

from kinds import MAKES
from kit import Stage
from pulumi_livechannels.ground import errors


def _escaped(secret: str) -> dict[str, str]:
    return {
        "plain": secret,
        "slashes": secret.replace("/", "\\/"),
        "percent": quote(secret, safe=""),
        "lower percent": quote(secret, safe="").replace("%2F", "%2f").replace("%3A", "%3a"),
        "twice": quote(quote(secret, safe=""), safe=""),
        "html": escape(secret).replace("/", "&#x2F;"),
        "unicode": "".join(f"\\u{ord(letter):04x}" for letter in secret),
        "its end": secret[-14:],
        "upper case": secret.upper(),
    }


@pytest.mark.rule("R28")
@pytest.mark.parametrize("how", list(_escaped("rtmp://a/b")))
@pytest.mark.parametrize(("name", "key", "secret"), [
    ("Channel", "streamCheck", "check-me-if-you-can"),
    ("PullChannel", "sourceUrl", "rtmp://origin.example.net/app/guest-secret-key"),
    ("ForwardTask", "forwardUrl", "rtmp://relay.example.net/app/relay-secret-key"),
])  # fmt: skip
def test_a_refusal_never_repeats_a_secret(stage: Stage, name: str, key: str, secret: str, how: str) -> None:
    inputs = stage.sample(name, **{key: secret})
    said = {"code": 1000, "message": f"wrong value {_escaped(secret)[how]} given"}
    stage.platform.faults.add({"path": MAKES[name], "kind": "answer", "body": said})
    with pytest.raises(errors.RefusedError) as caught:
        stage.of(name).create(inputs)
    text = str(caught.value).lower()
    tail = secret.rpartition("/")[2]
    assert tail not in text
    assert _escaped(tail)["unicode"] not in text
    assert _escaped(secret)[how].lower() not in text
