"""The app's stylesheet: each piece of CSS is parsed once for each set of colours.

Touches: `textual.css.stylesheet.Stylesheet._parse_cache`, `Stylesheet._variables`; it relies on
`Stylesheet._parse_rules` to look into that cache, and on `Stylesheet.reparse` to do no more than
`Stylesheet.parse` with nothing remembered.

Since: Textual 0.48.

Without: a screen that is shown for the first time brings its CSS, and Textual parses all CSS there
is, twice: a quarter of the time to the first frame.
"""

from __future__ import annotations

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

from tui.ui.textual_patches.switches import is_on

PIECES = 1024
"""How many pieces of CSS stay parsed: more than all widgets and screens together have."""


def app_stylesheet(variables: dict[str, str]) -> Stylesheet:
    """Return an empty stylesheet for the app.

    Args:
        variables: the theme's colours by their names in CSS.
    """
    return (ParsedOnce if is_on(__name__) else Stylesheet)(variables=variables)


class ParsedOnce(Stylesheet):
    """Textual's stylesheet with room to remember every piece."""

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
