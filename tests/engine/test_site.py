"""The documentation as a site: it builds without a warning, is searched in both languages, and needs no network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Not for the engine's sake: it takes as long. In one process, which builds it once.
pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("site")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "site"), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Frame(HTMLParser):
    """The words around a page: its text, and what a browser shows or reads out of attributes."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden: list[str] = []
        self.feed(page.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if not self._hidden:
            self.words += [value for key in ("aria-label", "title", "placeholder") if (value := told.get(key))]
        # What the pages themselves say, and lists of their names.
        own = tag in ("script", "style", "article") or told.get("class") in ("sidebar-tree", "toc-tree", "title")
        if own or tag in self._hidden:
            self._hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag == self._hidden[-1]:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._hidden:
            self.words.append(data.strip())


def terms(site: Path, language: str) -> set[str]:
    index = (site / language / "searchindex.js").read_text()
    return set(json.loads(re.sub(r"^Search.setIndex\(|\)$", "", index.strip()))["terms"])


def test_every_page_is_there_in_both_languages(site: Path) -> None:
    for language, home in (("en", ROOT / "docs"), ("zh-CN", ROOT / "docs" / "zh-CN")):
        for page in (*home.glob("*.md"), *home.glob("resources/*.md"), *home.glob("functions/*/*.md")):
            made = site / language / page.relative_to(home).with_suffix(".html")
            assert made.exists(), made


def test_a_chinese_word_is_found_by_the_pairs_of_its_characters(site: Path) -> None:
    found = terms(site, "zh-CN")
    for word in ("推流地址", "录制任务", "漂移", "时间戳防盗链"):
        assert {word[at : at + 2] for at in range(len(word) - 1)} <= found
    assert "orphan" in terms(site, "en"), "words are found by their stem"


def test_the_search_of_a_page_takes_a_question_apart_in_the_same_way(site: Path) -> None:
    data = (site / "zh-CN" / "_static" / "language_data.js").read_text()
    assert "function splitQuery" in data
    stemmer = re.search(r"window.Stemmer = (\w+);", data)
    assert stemmer
    assert re.search(rf"\b{stemmer[1]}\s*=", data), "the page's search would stop at a stemmer that is not there"


def test_every_page_leads_to_the_same_one_in_the_other_language(site: Path) -> None:
    pairs = ("en/drift.html", "zh-CN/drift.html"), ("zh-CN/resources/Channel.html", "en/resources/Channel.html")
    for page, other in pairs:
        target = re.search(r'href="([^"]*)" hreflang=', (site / page).read_text())
        assert target
        assert (site / page).parent.joinpath(target[1]).resolve() == (site / other).resolve()


NAMES = ("livechannels", "English", "Sphinx", "Furo", "@pradyunsg")


@pytest.mark.parametrize("page", ["drift", "README", "search", "genindex"])
def test_what_stands_around_a_chinese_page_is_chinese(site: Path, page: str) -> None:
    words = Frame(site / "zh-CN" / f"{page}.html").words
    left = {word: re.sub("|".join(NAMES), "", word) for word in words}
    assert [word for word, other in left.items() if re.search("[A-Za-z]", other)] == []
    assert {"跳到正文", "回到顶部"} <= set(words)
    there = Frame(site / "en" / f"{page}.html").words
    assert not re.search("[㐀-鿿]", "".join(there).replace("简体中文", ""))
    assert "Skip to content" in there


def test_around_a_chinese_page_stand_the_next_one_and_what_is_on_it(site: Path) -> None:
    assert {"上一页", "下一页", "本页目录", "显示或隐藏导航栏"} <= set(Frame(site / "zh-CN" / "drift.html").words)
    assert "请启用 JavaScript 以使用搜索功能。" in (site / "zh-CN" / "search.html").read_text()
    assert "Please activate" not in (site / "zh-CN" / "search.html").read_text()
    translations = (site / "zh-CN" / "_static" / "translations.js").read_text()
    assert json.dumps("搜索结果") in translations, "what the search writes itself"
