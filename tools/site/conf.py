"""Settings of the documentation's site, which Sphinx reads when `tools/site` builds the pages of one language."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))
import chinese

language = os.environ["SITE_LANGUAGE"]
project = "livechannels"
copyright = "livechannels"
root_doc = "README"
extensions = ["myst_parser"]
myst_heading_anchors = 4
# A page says in a comment what it is made from, and shows words of an output as code without a language.
suppress_warnings = ["misc.highlighting_failure"]
html_theme = "furo"
html_title = "livechannels"
templates_path = ["templates"]
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_context = {"other_language": {"en": ("zh-CN", "简体中文"), "zh_CN": ("en", "English")}[language]}


def setup(app: Sphinx) -> None:
    """Search Chinese by pairs of characters, and have Chinese around Chinese pages."""
    chinese.register()
    if language != "en":
        app.connect("builder-inited", lambda app: app.translator.add_fallback(chinese.Words()))
    app.connect("html-page-context", _page)


def _page(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object) -> None:
    context["framed"] = str if language == "en" else chinese.framed
