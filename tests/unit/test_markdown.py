"""Markdown that no name can break, held against a parser of Markdown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pulumi_livechannels.cli.markdown import Section, code, fitted, row

PARSER = MarkdownIt("commonmark").enable("table")
NASTY = [
    "|",
    "`",
    "``",
    "\\",
    "@team",
    "<b>",
    "-->",
    "\n",
    "\r\n\n# ",
    "[x](y)",
    "*",
    "_",
    "&lt;",
    "https://x",
    "\u202e",
]
texts = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=5)), max_size=8).map("".join)


def cells(markdown: str) -> list[list[list[tuple[str, str]]]]:
    """Rows of cells of the tokens in them."""
    found: list[list[list[tuple[str, str]]]] = []
    for token in PARSER.parse(markdown):
        if token.type == "tr_open":
            found.append([])
        if token.type == "inline":
            found[-1].append([(child.type, child.content) for child in token.children or []])
    return found


@given(texts, texts)
def test_whatever_a_name_holds_a_row_is_a_row_and_the_name_is_text(first: str, second: str) -> None:
    table = "\n".join([row(("a", "b")), row(("---", "---")), row((code(first), f"{code(second)} → x")), "", "after"])
    _, told, *rest = cells(table.replace("\nafter", ""))
    assert not rest
    assert [kind for kind, _ in told[0]] == ["code_inline"]
    assert [kind for kind, _ in told[1]] == ["code_inline", "text"]


@given(st.text(alphabet="ab|`\\@<>*_ ", min_size=1).map(str.strip).filter(bool))
def test_a_name_is_read_as_it_is_written(name: str) -> None:
    (*_, told) = cells("\n".join([row(("a",)), row(("---",)), row((code(name),))]))
    ((_, content),) = told[0]
    assert content.strip() == " ".join(name.split())


def test_line_breaks_controls_and_turned_text_become_spaces() -> None:
    assert code("a\r\n\x00b\u202ec") == "`a b c`"
    assert code(" \n ") == '`""`'


def test_a_long_name_is_cut() -> None:
    assert code("x" * 500, limit=10) == f"`{'x' * 9}…`"


def test_what_does_not_fit_is_counted_and_the_first_section_goes_first() -> None:
    first, second = ([row((f"{which} {number}",)) for number in range(100)] for which in ("first", "second"))
    sections = [Section("One", first, ("what",)), Section("Two", second, ("what",), note="A note.")]
    whole = fitted("# Head", sections, 1_000_000)
    assert "more" not in whole
    for limit in range(1_000, 3_200, 7):
        text = fitted("# Head", sections, limit)
        assert len(text) <= limit
        shown = sum(line in text for line in first), sum(line in text for line in second)
        assert shown[1] == 0 or shown[0] == 100
        assert [f"… and {100 - count} more" in text for count in shown] == [count < 100 for count in shown]
        assert "A note." in text
