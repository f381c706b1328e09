"""Search in Chinese pages without a dictionary: a run of Chinese characters is looked up by its pairs.

Chinese puts no spaces between words. Whoever looks for 推流地址 finds the pages that have 推流, 流地 and 地址. Latin
words are looked up as they stand. Both sides have to agree: `split` makes the index, and `js_splitter_code` takes a
question apart in the browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import sphinx.search
from sphinx.search.en import SearchEnglish

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


def register() -> None:
    """Have Sphinx use it."""
    sphinx.search.languages["zh"] = ByPairs
