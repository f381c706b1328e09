"""Who can read and work the console: by keyboard, with a screen reader, in English and Chinese, by day and night."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from console_kit import VIEWS, Console, furnish, opened
from emulator_kit import call
from kit import Stage
from pulumi_livechannels.emulator.console.serving import PAGE
from pulumi_livechannels.emulator.faults import KINDS
from pulumi_livechannels.emulator.volcengine.wire import VOLCENGINE_ACTIONS
from pulumi_livechannels.emulator.wangsu.report_wire import REPORTS
from pulumi_livechannels.emulator.wangsu.wire import ACTIONS

WORDS = {name: json.loads((PAGE / "words" / f"{name}.json").read_text()) for name in ("en", "zh")}
SCRIPTS = {path.name: path.read_text() for path in (PAGE / "js").glob("*.js")}
# English takes these from the emulator itself.
TOLD_BY_THE_EMULATOR = ("action.", "fault.")
CALLS = {*ACTIONS, *REPORTS, *VOLCENGINE_ACTIONS}


def violations(console: Console) -> list[str]:
    """What axe-core finds in what is shown now."""
    found = Axe().run(console.page).response
    assert found["passes"], "axe looked at nothing"
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.browser
@pytest.mark.parametrize(("language", "scheme"), [("en-GB", "light"), ("zh-CN", "dark")])
def test_every_view_can_be_read_by_everybody(browser: Browser, stage: Stage, language: str, scheme: str) -> None:
    furnish(stage.platform)
    stage.platform.faults.add({"path": "/live/channelManage/getChannelList", "kind": "throttle"})
    call(stage, "getChannelList")
    found = {}
    with opened(browser, stage.port, locale=language, color_scheme=scheme, bypass_csp=True) as console:
        console.open()
        for view in VIEWS:
            console.go(view)
            if view == "figures":
                expect(
                    console.page.get_by_role("img", name="pull.example.com").or_(console.page.locator("svg")).first
                ).to_be_visible()
            found[view] = violations(console)
        console.go("channel").page.locator("main tbody th button").click()
        found["a dialog"] = violations(console)
    assert not any(found.values()), found


@pytest.mark.browser
def test_a_name_is_changed_with_the_keyboard_alone(console: Console, stage: Stage) -> None:
    furnish(stage.platform)
    console.open()
    keys = console.page.keyboard
    keys.press("Tab")
    expect(console.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    keys.press("Enter")
    expect(console.page.get_by_role("main")).to_be_focused()
    name = console.page.get_by_role("button", name="Change Main stage")
    for _ in range(10):
        keys.press("Tab")
        if name.evaluate("element => element === document.activeElement"):
            break
    expect(name).to_be_focused()
    keys.press("Enter")
    expect(console.page.get_by_label("Name")).to_be_focused()
    keys.type("By keyboard")
    keys.press("Enter")
    expect(console.page.get_by_role("button", name="Change By keyboard")).to_be_focused()
    assert stage.platform.objects("channel")[0]["channelName"] == "By keyboard"


@pytest.mark.browser
def test_a_way_leads_to_its_view_and_the_address_leads_back(console: Console) -> None:
    console.open()
    for view in (*VIEWS[1:], VIEWS[0]):
        console.go(view)
        heading = console.page.get_by_role("heading", level=1).inner_text()
        assert console.page.title() == f"{heading} · Emulator console"
        expect(console.page.get_by_role("main")).to_be_focused()
    console.page.go_back()
    expect(console.page.get_by_role("heading", level=1)).to_have_text(WORDS["en"][VIEWS[-1]])


@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "marked", "heading", "meaning"),
    [
        ("zh-CN", "zh-CN", "频道", "查询频道列表"),
        ("zh-TW", "zh-CN", "频道", "查询频道列表"),
        ("en-US", "en", "Channels", "Lists channels"),
        ("fr-FR", "en", "Channels", "Lists channels"),
    ],
)
def test_the_page_speaks_the_browsers_language(
    browser: Browser, stage: Stage, language: str, marked: str, heading: str, meaning: str
) -> None:
    call(stage, "getChannelList")
    with opened(browser, stage.port, locale=language) as console:
        console.open()
        expect(console.page.locator("html")).to_have_attribute("lang", marked)
        expect(console.page.get_by_role("heading", level=1)).to_have_text(heading)
        console.go("journal")
        expect(console.row("getChannelList")).to_contain_text(meaning)


@pytest.mark.browser
def test_nothing_of_the_chinese_page_is_english(browser: Browser, stage: Stage) -> None:
    furnish(stage.platform)
    # Names of the vendors, of formats and of the product, and what stands on the platform.
    foreign = {"livechannels", "CDNetworks", "ID", "UTC", "HTTP", "Mbps", "RTMP", "HDL", "HLS", "HDS", "mp4", "JSON"}
    with opened(browser, stage.port, locale="zh-CN") as console:
        console.open()
        for view in VIEWS:
            console.go(view)
            console.page.wait_for_timeout(0)
            shown = console.page.evaluate(
                "[...document.querySelectorAll('h1,h2,th[scope=col],button,label,legend,p,a,.chip,caption,summary')]"
                ".filter((e) => !e.closest('tbody') || e.matches('.chip')).map((e) => e.innerText).join(' ')"
            )
            words = {word for word in re.findall(r"[A-Za-z][A-Za-z0-9]+", shown) if word not in foreign}
            choices = {"createChannel", *(option for path in CALLS for option in re.findall(r"\w+", path)), *KINDS}
            assert not words - choices - set(re.findall(r"\w+", " ".join(KINDS))), (view, words)


def test_both_languages_have_the_same_words_with_the_same_names_in_them() -> None:
    chinese = {key: text for key, text in WORDS["zh"].items() if not key.startswith(TOLD_BY_THE_EMULATOR)}
    assert set(chinese) == set(WORDS["en"])
    for key, text in chinese.items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", WORDS["en"][key])), key
        assert text, key


def test_every_call_and_every_fault_has_its_meaning_in_chinese() -> None:
    assert {key.removeprefix("action.") for key in WORDS["zh"] if key.startswith("action.")} == CALLS
    assert {key.removeprefix("fault.") for key in WORDS["zh"] if key.startswith("fault.")} == set(KINDS)


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    scripts = "\n".join(SCRIPTS.values()) + (PAGE / "index.html").read_text()
    named = set(re.findall(r'"([\w.]+)"', scripts))
    assert set(re.findall(r'\bt\("([^"]+)"', scripts)) <= set(WORDS["en"])
    built = [re.sub(r"\$\{[\w.]+\}", r"\\w+", text) for text in re.findall(r"`((?:[\w.]|\$\{[\w.]+\})+)`", scripts)]
    said = {
        key
        for key in WORDS["en"]
        if key in named or any(re.fullmatch(pattern, key) for pattern in built if "." in pattern)
    }
    assert set(WORDS["en"]) - said - set(VIEWS) == set()


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_a_script_says_why_it_is_there_and_makes_no_markup_of_text(name: str) -> None:
    text = SCRIPTS[name]
    assert text.startswith("// Why: ")
    assert len(text.splitlines()) < 300
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?://(?!www\.w3\.org)",
        re.sub(r'value: "[^"]*"', "", text),
    )
