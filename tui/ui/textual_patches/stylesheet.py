"""The app's stylesheet: it parses each piece of CSS once for each set of colours."""

from __future__ import annotations

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

PIECES = 1024
"""How many pieces of CSS stay parsed: more than all widgets and screens together have."""


class ParsedOnce(Stylesheet):
    """Textual's stylesheet, which otherwise parses everything anew whenever a screen is opened.

    A screen that is shown for the first time brings its CSS, and Textual then parses all CSS
    there is, twice. That was a quarter of the time to the first frame.
    """

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(PIECES)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the colours of a theme; what was parsed with the same ones stays."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Put the rules together anew; only what was not parsed with these colours is parsed."""
        self.parse()
