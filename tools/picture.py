"""`make picture`: the pictures of the emulator's console under `docs/`, of a platform that is always the same.

One by day and one by night in each language; a README shows the one that suits its reader. A few colours are enough for
a page of text, and keep a picture a tenth of its size.
"""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import running

ROOT = Path(__file__).resolve().parents[1]
IMAGES = {"en-GB": ROOT / "docs" / "images", "zh-CN": ROOT / "docs" / "zh-CN" / "images"}
SCHEMES = {"light": "console.png", "dark": "console-dark.png"}
MOMENT = datetime(2026, 9, 12, 20, 15, tzinfo=timezone(timedelta(hours=8))).timestamp()
SIZE = {"width": 1280, "height": 640}
COLOURS = 128
FIELDS = {"channelType": "live", "pullRate": "0,3", "pullProtocol": "0,2"}
CHANNELS = (
    ("Main stage", "push.example.com", True),
    ("Commentary in Mandarin", "push.example.com", True),
    ("Press room", "press.example.com", False),
    ("Rehearsals", "push.example.com", False),
    ("Archive loop", "push.example.com", False),
)


def furnish(platform: Platform) -> None:
    """An evening of a small team."""
    platform.make("recordDirectory", {"directoryType": "matches", "firstLevelDirectory": "matches"})
    made = [
        platform.make("channel", {**FIELDS, "channelName": name, "pushDomain": domain})
        for name, domain, _ in reversed(CHANNELS)
    ][::-1]
    for channel, (_, _, live) in zip(made, CHANNELS, strict=True):
        platform.edit("channel", channel["id"], {"channelStatus": 1 if live else 2})
    platform.make("channelBan", {"pullId": made[3]["id"]})
    source = {"sourcePullUrl": "rtmp://origin.example.net/live/guest", "sourcePullProtocol": "0"}
    platform.make(
        "pullChannel", {**source, "channelName": "Guest feed", "pullDomain": "pull.example.com", "pullRate": "0"}
    )
    about = {"pullId": made[0]["id"], "endTime": int(MOMENT) + 7200}
    platform.make("recordTask", {**about, "quickStart": True})
    platform.make("forwardTask", {**about, "forwardUrl": "rtmp://relay.example.net/live/copy"})
    platform.make(
        "channelStateCallback", {"domainName": "push.example.com", "notifyUrl": "https://hooks.example.net/live"}
    )


def picture(browser: Browser, port: int, locale: str, scheme: str, file: Path) -> None:
    """Take one."""
    page = browser.new_page(color_scheme=scheme, viewport=SIZE, locale=locale)
    page.goto(f"http://127.0.0.1:{port}/_emulator/")
    page.get_by_role("button", name="Main stage").first.wait_for()
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1024} KiB")


def main() -> None:
    """Take all."""
    if not subprocess.run(["fc-list", ":lang=zh"], stdout=subprocess.PIPE, text=True, check=True).stdout:
        raise SystemExit("no font of this machine has Chinese characters: install one, such as fonts-noto-cjk")
    command = [sys.executable, str(ROOT / "tools" / "browser")]
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    with running(seed=0, now=lambda: MOMENT) as (port, platform), sync_playwright() as playwright:
        furnish(platform)
        with playwright.chromium.launch(executable_path=found) as browser:
            for locale, folder in IMAGES.items():
                for scheme, name in SCHEMES.items():
                    picture(browser, port, locale, scheme, folder / name)


if __name__ == "__main__":
    main()
