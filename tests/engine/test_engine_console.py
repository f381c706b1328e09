"""The console and the engine together: somebody clicks in a real browser, and a pipeline's drift check sees it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from console_kit import opened
from engine_kit import DRIFT, DRIFT_ON_THE_PLATFORM, NOTHING_CHANGES, Stack

pytestmark = [pytest.mark.engine, pytest.mark.browser]
ONE_CHANNEL = """
live.Channel("main", channel_name="Main stage", channel_type="live", push_domain="push.example.com",
             pull_rates=["source"])
"""


def test_a_name_that_somebody_clicked_is_drift_until_it_is_healed(stack: Stack, browser: Browser) -> None:
    stack.program(ONE_CHANNEL)
    stack.up()
    with opened(browser, stack.port) as console:
        console.open().press("Change Main stage")
        console.page.get_by_label("Name").fill("Renamed by hand")
        console.press("Save")
        console.told("Main stage was changed")
        said = stack.pulumi(*DRIFT_ON_THE_PLATFORM, "--diff", code=DRIFT)
        assert '"Main stage" => "Renamed by hand"' in said
        console.go("journal")
        expect(console.row("createChannel")).to_contain_text("carried out")
        console.go("channel")
        stack.up(0, "--refresh")
        expect(console.page.get_by_role("button", name="Change Main stage")).to_be_visible()
    stack.pulumi(*NOTHING_CHANGES)


def test_a_channel_that_somebody_deleted_and_a_lost_answer_are_both_borne(stack: Stack, browser: Browser) -> None:
    stack.program(ONE_CHANNEL)
    stack.up()
    with opened(browser, stack.port) as console:
        console.open().press("Delete: Main stage")
        console.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        console.told("Main stage was deleted")
        stack.pulumi(*DRIFT_ON_THE_PLATFORM, code=DRIFT)
        console.go("faults")
        console.page.get_by_role("button", name="Set a fault").click()
        console.told("Set: lost-answer")
        stack.up(0, "--refresh")
        console.told("Fired: lost-answer")
        console.go("channel")
        expect(console.page.locator("main tbody tr")).to_have_count(1)
    stack.pulumi(*NOTHING_CHANGES)
