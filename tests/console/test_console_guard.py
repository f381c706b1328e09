"""Who may come in at the door, and what the page may do: tried by the headers of strangers, and by a real browser."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page

from console_kit import furnish
from emulator_kit import call, knock
from kit import PATIENCE, Stage

DOORS = [
    *(
        ("GET", path)
        for path in ("", "page/js/main.js", "journal", "objects", "faults", "orphans", "coverage", "figures")
    ),
    *(("POST", path) for path in ("objects", "faults", "clock", "snapshot", "restore", "reset", "nonsense")),
    *((method, "objects/channel/x") for method in ("PATCH", "DELETE")),
    ("DELETE", "faults"),
]
STRANGERS: dict[str, dict[str, str]] = {
    "another page": {"Origin": "https://evil.test"},
    "a page in a sandbox": {"Origin": "null"},
    "a page of another port": {"Origin": "http://127.0.0.1:1"},
    "a page of this port under another scheme": {"Origin": "https://127.0.0.1:{port}"},
    "a name that was made to mean this machine": {"Host": "evil.test:{port}"},
    "that name, and its page": {"Host": "evil.test:{port}", "Origin": "http://evil.test:{port}"},
    "a name that only begins like this machine's": {"Host": "127.0.0.1.evil.test"},
    "no name at all": {"Host": ""},
    "a broken name": {"Host": "[::1"},
    "a script in another page": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    "a page of another port that loads ours": {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
}


def headers(stage: Stage, named: dict[str, str]) -> dict[str, str]:
    return {name: value.format(port=stage.port) for name, value in named.items()}


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_is_turned_away_at_every_door(stage: Stage, who: str) -> None:
    before = furnish(stage.platform)
    for method, path in DOORS:
        answer = knock(stage, method, path, {"seconds": 60}, headers=headers(stage, STRANGERS[who]))
        assert answer.status_code == 403, (method, path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert len(stage.platform.objects()) == len(before)
    assert stage.platform.store.now() == int(stage.clock.now())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_the_page_itself_and_programs_of_this_machine_come_in(stage: Stage, host: str) -> None:
    for port in (str(stage.port), "9000"):
        own = {"Host": f"{host}:{port}", "Origin": f"http://{host}:{port}", "Sec-Fetch-Site": "same-origin"}
        assert knock(stage, "POST", "clock", {"seconds": 0}, headers=own).status_code == 200
    assert knock(stage, "GET", "objects", headers={"Host": host}).status_code == 200


def test_a_link_from_elsewhere_to_the_page_is_followed(stage: Stage) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert knock(stage, "GET", "", headers=followed).status_code == 200
    assert requests.get(f"http://127.0.0.1:{stage.port}/_emulator", timeout=PATIENCE).url.endswith("/_emulator/")


def test_a_link_from_elsewhere_leads_to_the_page_alone(stage: Stage) -> None:
    before = furnish(stage.platform)
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    for method, path in [*(door for door in DOORS if door != ("GET", "")), ("POST", ""), ("GET", "orphans?state=x")]:
        assert knock(stage, method, path, {"seconds": 60}, headers=followed).status_code == 403, (method, path)
    assert len(stage.platform.objects()) == len(before)


def test_vendor_calls_are_none_of_the_doors_business(stage: Stage) -> None:
    assert call(stage, "getChannelList")["code"] == 200
    answer = requests.post(
        f"http://127.0.0.1:{stage.port}/live/x", headers={"Host": "open.chinanetcenter.com"}, timeout=PATIENCE
    )
    assert answer.status_code != 403
    assert "Content-Security-Policy" not in answer.headers


@pytest.mark.parametrize("path", ["", "page/css/frame.css", "page/js/main.js", "page/words/zh.json", "objects", "none"])
def test_every_answer_of_the_door_keeps_browsers_strict(stage: Stage, path: str) -> None:
    sent = knock(stage, "GET", path).headers
    policy = dict(part.split(" ", 1) for part in sent["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in sent["Content-Security-Policy"]
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["X-Frame-Options"] == "DENY"
    assert sent["Cross-Origin-Resource-Policy"] == "same-origin"
    assert sent["Cache-Control"] == "no-store"
    assert sent["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    [
        "page/../door.py",
        "page/%2e%2e/door.py",
        "page/js/../../../store.py",
        "page/index.html",
        "page/",
        "page/js",
        "page//etc/passwd",
    ],
)
def test_only_parts_of_the_page_are_sent(stage: Stage, path: str) -> None:
    request = requests.Request("GET", f"http://127.0.0.1:{stage.port}/_emulator/").prepare()
    request.url = f"http://127.0.0.1:{stage.port}/_emulator/{path}"
    with requests.Session() as session:
        assert session.send(request, timeout=PATIENCE).status_code == 404


def test_the_page_bears_no_script_and_no_style_of_its_own(stage: Stage) -> None:
    page = knock(stage, "GET", "").text
    assert "<style" not in page
    assert "style=" not in page
    assert page.count("<script") == page.count('<script type="module" src=') == 1


@pytest.fixture
def elsewhere(browser: Browser) -> Any:
    """A page of somebody else's, open in the same browser."""
    context = browser.new_context()
    page = context.new_page()
    page.route("http://evil.test/**", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto("http://evil.test/")
    yield page
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("mode", ["no-cors", "cors"])
def test_a_page_that_is_open_elsewhere_changes_and_reads_nothing(elsewhere: Page, stage: Stage, mode: str) -> None:
    furnish(stage.platform)
    door = f"http://127.0.0.1:{stage.port}/_emulator"
    said = elsewhere.evaluate(
        """async ([door, mode]) => {
          const writes = [["POST", "reset"], ["POST", "clock"], ["DELETE", "faults"]];
          const asked = [...writes, ["GET", "objects"], ["GET", "journal"]];
          const tried = asked.map(async ([method, path]) => {
            const body = method === "POST" ? '{"seconds": 60}' : undefined;
            try {
              return await (await fetch(`${door}/${path}`, { method, mode, body })).text();
            } catch (error) {
              return "";
            }
          });
          return Promise.all(tried);
        }""",
        [door, mode],
    )
    assert said == [""] * 5
    assert len(stage.platform.objects()) == 7
    assert stage.platform.store.now() == int(stage.clock.now())


@pytest.mark.browser
def test_a_page_that_is_open_elsewhere_cannot_show_ours_as_its_own(elsewhere: Page, stage: Stage) -> None:
    address = f"http://127.0.0.1:{stage.port}/_emulator/"
    elsewhere.evaluate(
        """(address) => new Promise((done) => {
          const frame = document.createElement("iframe");
          frame.onload = done;
          frame.src = address;
          document.body.append(frame);
        })""",
        address,
    )
    assert all(frame.locator("h1").count() == 0 for frame in elsewhere.frames)


@pytest.mark.browser
def test_a_name_that_was_rebound_to_this_machine_is_turned_away(browser: Browser, stage: Stage) -> None:
    furnish(stage.platform)
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(f"http://rebound.test:{stage.port}/_emulator/")
    assert answer is not None
    assert answer.status == 403
    said = page.evaluate("async () => (await fetch('/_emulator/reset', { method: 'POST' })).status")
    assert said == 403
    assert len(stage.platform.objects()) == 7
    context.close()
