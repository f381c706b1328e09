"""The emulator's console in a browser, as somebody sees it: by roles and names, and never by what it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

from kit import PATIENCE
from pulumi_livechannels.emulator.platform import Platform

expect.set_options(timeout=PATIENCE * 1000)
# What the page may change anything by: the calls of the door that its guide names.
CALLS = re.compile(
    r"POST /_emulator/(objects|faults|clock|snapshot|restore|reset)|DELETE /_emulator/faults"
    r"|(PATCH|DELETE) /_emulator/objects/\w+/[\w.-]+"
)
VIEWS = (
    *("channel", "pullChannel", "recordDirectory", "recordTask", "forwardTask", "channelBan", "channelStateCallback"),
    *("journal", "faults", "figures", "snapshots"),
)
GROUPS = (
    "recordDirectory",
    "channel",
    "pullChannel",
    "recordTask",
    "forwardTask",
    "channelStateCallback",
    "channelBan",
)


class Console:
    """One tab."""

    def __init__(self, page: Page, port: int) -> None:
        self.page = page
        self.port = port
        self.address = f"http://127.0.0.1:{port}/_emulator/"

    def open(self, view: str = "channel") -> Console:
        """Load the page and go to a view."""
        self.page.goto(f"{self.address}#{view}")
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        return self

    def go(self, view: str) -> Console:
        """Go to a view by its link."""
        self.page.locator(f'nav a[href="#{view}"]').click()
        expect(self.page.locator(f'nav a[href="#{view}"]')).to_have_attribute("aria-current", "page")
        return self

    def press(self, name: str) -> None:
        """A button by its whole name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def row(self, name: str) -> Locator:
        """The row of an object or a call."""
        return self.page.get_by_role("row").filter(has_text=name)

    def told(self, text: str) -> None:
        """Something is told to the eye and to a screen reader."""
        expect(self.page.get_by_role("status").filter(has_text=text).first).to_be_visible()


@contextmanager
def opened(browser: Browser, port: int, **settings: Any) -> Iterator[Console]:
    """A tab that asks nobody else, changes things by the door's calls only, and has nothing to complain of."""
    context = browser.new_context(**{"locale": "en-GB", **settings})
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    problems: list[str] = []

    def asked(request: Request) -> None:
        url = urlsplit(request.url)
        call = f"{request.method} {url.path}"
        if url.scheme in ("blob", "data"):
            return
        if url.netloc != f"127.0.0.1:{port}" or not (request.method == "GET" or CALLS.fullmatch(call)):
            problems.append(f"it asked {request.method} {request.url}")

    def complained(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 400" not in message.text:
            problems.append(message.text)

    page.on("request", asked)
    page.on("console", complained)
    page.on("pageerror", lambda error: problems.append(str(error)))
    try:
        yield Console(page, port)
    finally:
        context.close()
    assert not problems, problems


def furnish(platform: Platform) -> dict[str, dict[str, Any]]:
    """One object of each kind, by kind, whose secrets are called so."""
    made = {
        "recordDirectory": platform.make("recordDirectory", {"directoryType": "m", "firstLevelDirectory": "matches"})
    }
    rates = {"pullRate": "0,3", "pullProtocol": "0"}
    pushed = {"channelName": "Main stage", "channelType": "live", "pushDomain": "push.example.com"}
    pulled = {"channelName": "Guest feed", "pullDomain": "pull.example.com", "sourcePullProtocol": "0"}
    made["channel"] = platform.make("channel", {**pushed, **rates})
    made["pullChannel"] = platform.make(
        "pullChannel", {**pulled, **rates, "sourcePullUrl": "rtmp://origin.example.net/a/secret-source"}
    )
    about, later = {"pullId": made["channel"]["id"]}, platform.store.now() + 7200
    made["recordTask"] = platform.make("recordTask", {**about, "quickStart": True, "endTime": later})
    made["forwardTask"] = platform.make(
        "forwardTask", {**about, "forwardUrl": "rtmp://relay.example.net/a/secret-target", "endTime": later}
    )
    made["channelStateCallback"] = platform.make(
        "channelStateCallback", {"domainName": "push.example.com", "notifyUrl": "https://hooks.example.net/secret-hook"}
    )
    made["channelBan"] = platform.make("channelBan", {"pullId": made["pullChannel"]["id"]})
    return made


def secrets(platform: Platform) -> list[str]:
    """What nobody may see who has not asked for it."""
    return ["secret-source", "secret-target", "secret-hook", platform.objects("channel")[0]["pushId"]]
