"""Builds the documentation's site from the pages under `docs/`, in both languages, searchable and without the network.

`python tools/site FOLDER` writes `en/`, `zh-CN/` and an `index.html` that leads to the reader's language. The pages are
those that GitHub shows. Only what a site needs otherwise is changed on the way: links that leave `docs/` become text,
and the lists of the index become the navigation. A warning, a link that leads nowhere, or anything that a browser would
fetch from elsewhere fails the build.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CHINESE = "zh-CN"
# The folder of a language on the site, where its pages are, and Sphinx's name of it.
LANGUAGES = {"en": (DOCS, "en"), CHINESE: (DOCS / CHINESE, "zh_CN")}
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_WELCOME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>livechannels</title>
<script>location.replace((navigator.language.startsWith("zh") ? "zh-CN" : "en") + "/README.html")</script></head>
<body><p><a href="en/README.html">English</a></p>
<p><a href="zh-CN/README.html" lang="zh-CN">简体中文</a></p></body></html>
"""


def stage(pages: Path, place: Path) -> None:
    """Put the pages of a language, and the pictures, where Sphinx can read them."""
    shutil.copytree(DOCS / "images", place / "images")
    if (pages / "images").exists() and pages != DOCS:
        shutil.copytree(pages / "images", place / "images", dirs_exist_ok=True)
    for page in pages.rglob("*.md"):
        if pages == DOCS and page.is_relative_to(DOCS / CHINESE):
            continue
        target = place / page.relative_to(pages)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = adapted(page.read_text(encoding="utf-8"), page, pages)
        target.write_text(text + (navigation(text) if page == pages / "README.md" else ""), encoding="utf-8")


def adapted(text: str, page: Path, pages: Path) -> str:
    """A page whose links stay within the pages of its language; code is left alone."""

    def link(found: re.Match[str]) -> str:
        picture, words, target = found.groups()
        path, _, _ = target.partition("#")
        if not path or "://" in path:
            return found[0]
        file = (page.parent / path).resolve()
        if picture and file.is_relative_to(DOCS):
            up = "../" * (len(page.relative_to(pages).parts) - 1)
            return f"![{words}]({up}images/{file.name})"
        inside = file.is_relative_to(pages) and (pages != DOCS or not file.is_relative_to(DOCS / CHINESE))
        return found[0] if inside else words

    parts = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    parts[::2] = [_LINK.sub(link, part) for part in parts[::2]]
    return "".join(parts)


def navigation(index: str) -> str:
    """The lists of the index, as what stands beside every page."""
    parts = []
    for section in index.split("\n## ")[1:]:
        title, _, body = section.partition("\n")
        entries = [target.removesuffix(".md") for _, _, target in _LINK.findall(body)]
        parts.append("\n".join(["\n```{toctree}", ":hidden:", f":caption: {title}", "", *entries, "```\n"]))
    return "".join(parts)


class _Links(HTMLParser):
    """What a page leads to, what it loads, and the places that can be led to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.places |= {value for key in ("id", "name") if (value := told.get(key))}
        if tag == "a" and (target := told.get("href")):
            self.links.append(target)
        key = "href" if tag == "link" else "src"
        if tag in ("link", "script", "img", "iframe") and (target := told.get(key)):
            self.loaded.append(target)


def problems(site: Path) -> Iterator[str]:
    """Links that lead nowhere, and what would be fetched from elsewhere."""
    read: dict[Path, _Links] = {}
    for page in site.rglob("*.html"):
        read[page] = _Links()
        read[page].feed(page.read_text(encoding="utf-8"))
    for page, found in read.items():
        here = page.relative_to(site)
        yield from (f"{here} loads {target}" for target in found.loaded if re.match(r"(https?:)?//", target))
        wrong = (target for target in (*found.links, *found.loaded) if not _leads_somewhere(page, target, read))
        yield from (f"{here} leads to {target}, which is not there" for target in wrong)
    for style in site.rglob("*.css"):
        if re.search(r"url\([\"']?(https?:)?//", style.read_text(encoding="utf-8")):
            yield f"{style.relative_to(site)} loads something from elsewhere"


def _leads_somewhere(page: Path, target: str, read: Mapping[Path, _Links]) -> bool:
    path, anchor = urldefrag(unquote(target.partition("?")[0]))
    if re.match(r"[a-z]+:|//", target) or target == "#":
        return True
    file = (page.parent / path).resolve() if path else page
    return file.exists() and (not anchor or file not in read or anchor in read[file].places)


def build(site: Path) -> None:
    """Write the whole site."""
    for folder, (pages, language) in LANGUAGES.items():
        with tempfile.TemporaryDirectory() as place:
            stage(pages, Path(place) / "pages")
            subprocess.run(
                [
                    *(sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going"),
                    *("--define", f"language={language}", "--conf-dir", str(Path(__file__).parent)),
                    *("--doctree-dir", f"{place}/doctrees", f"{place}/pages", str(site / folder)),
                ],
                env={**os.environ, "SITE_LANGUAGE": language},
                check=True,
            )
    (site / "index.html").write_text(_WELCOME, encoding="utf-8")


def main() -> int:
    """Build and check."""
    site = Path(sys.argv[1]).resolve()
    try:
        build(site)
    except subprocess.CalledProcessError:
        return 1
    found = list(problems(site))
    print("\n".join(found) or f"open {site / 'index.html'}", file=sys.stderr if found else sys.stdout)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
