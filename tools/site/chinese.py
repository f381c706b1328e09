"""The Chinese half of the site: its search, and the words around pages that neither Sphinx nor its theme translates.

A search needs no dictionary: a run of Chinese characters is looked up by its pairs. Chinese puts no spaces between
words. Whoever looks for 推流地址 finds the pages that have 推流, 流地 and 地址. Latin words are looked up as they are.
Both sides have to agree: `split` makes the index, and `js_splitter_code` takes a question apart in the browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import NullTranslations

import sphinx.search
from sphinx.search.en import SearchEnglish

# What the theme asks Sphinx's catalogue for, which does not have it.
_WORDS = {
    "Back to top": "回到顶部",
    "Copyright &#169; %(copyright)s": "版权所有 &#169; %(copyright)s",
    "Home": "首页",
    "Made with": "使用",
    "Next": "下一页",
    "On this page": "本页目录",
    "Please activate JavaScript to enable the search functionality.": "请启用 JavaScript 以使用搜索功能。",
    "Previous": "上一页",
    "Skip to content": "跳到正文",
    '<a href="https://www.sphinx-doc.org/">Sphinx</a> and': '<a href="https://www.sphinx-doc.org/">Sphinx</a> 与',
    '<a href="https://github.com/pradyunsg/furo">Furo</a>': '<a href="https://github.com/pradyunsg/furo">Furo</a> 制作',
}
# What stands in the theme's templates as it is, with enough around it to be nothing else.
_MARKUP = {
    'aria-label="Toggle site navigation sidebar"': 'aria-label="显示或隐藏导航栏"',
    'aria-label="Toggle table of contents sidebar"': 'aria-label="显示或隐藏本页目录"',
    'aria-label="Toggle Light / Dark / Auto color theme"': 'aria-label="切换浅色、深色或自动主题"',
    "<title>Contents</title>": "<title>目录</title>",
    "<title>Menu</title>": "<title>菜单</title>",
    "<title>Expand</title>": "<title>展开</title>",
    "<title>Light mode</title>": "<title>浅色模式</title>",
    "<title>Dark mode</title>": "<title>深色模式</title>",
    "<title>Auto light/dark, in light mode</title>": "<title>自动切换，现为浅色模式</title>",
    "<title>Auto light/dark, in dark mode</title>": "<title>自动切换，现为深色模式</title>",
    "@pradyunsg</a>'s": "@pradyunsg</a> 的",
}
_PIECES = re.compile(r"[㐀-鿿]+|[A-Za-z0-9_]+")


class ByPairs(SearchEnglish):
    """The index of Chinese pages; Latin words in them are English."""

    lang = "zh"
    stopwords: frozenset[str] = frozenset()
    js_splitter_code = """
function splitQuery(query) {
  const words = [];
  for (const piece of query.match(/[\\u3400-\\u9fff]+|[A-Za-z0-9_]+/g) || []) {
    if (piece.charCodeAt(0) < 0x3400 || piece.length < 3) words.push(piece);
    else for (let at = 0; at + 1 < piece.length; at++) words.push(piece.slice(at, at + 2));
  }
  return words;
}
"""

    def split(self, input: str) -> list[str]:
        """The words that a page is found by."""
        return [word for piece in _PIECES.findall(input) for word in _words(piece)]

    def word_filter(self, word: str) -> bool:
        """Whether a word is worth an entry."""
        return bool(word)


def _words(piece: str) -> Iterator[str]:
    if piece[0] < "㐀":
        yield piece
        return
    yield from piece
    yield from (piece[at : at + 2] for at in range(len(piece) - 1))


class Words(NullTranslations):
    """The theme's words, where Sphinx's own catalogue lacks them."""

    def gettext(self, message: str) -> str:
        """The Chinese for it, with the white space that it had around it."""
        words = message.strip()
        return message.replace(words, _WORDS.get(words, words))


def framed(page: str) -> str:
    """A page whose frame is Chinese where the theme's templates are English."""
    for english, here in _MARKUP.items():
        page = page.replace(english, here)
    return page


def register() -> None:
    """Have Sphinx use it."""
    sphinx.search.languages["zh"] = ByPairs
