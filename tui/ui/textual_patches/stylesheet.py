"""Parse each piece of CSS only once for each set of colours.

Touches: `textual.css.stylesheet.Stylesheet._parse_cache`, `Stylesheet._variables`; it relies on
`Stylesheet._parse_rules` to use that cache, and on `Stylesheet.reparse` to do no more than
`Stylesheet.parse` with an empty cache.

Since: Textual 0.48.

Without: a screen shown for the first time adds its CSS, and Textual parses all CSS again, twice: a
quarter of the time to the first frame.
"""

from __future__ import annotations

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

from tui.ui.textual_patches.switches import is_on

PIECES = 1024
"""Size of the cache: more pieces of CSS than all widgets and screens have together."""


def app_stylesheet(variables: dict[str, str]) -> Stylesheet:
    """Return an empty stylesheet for the app.

    Args:
        variables: the CSS variables of the theme.
    """
    return (ParsedOnce if is_on(__name__) else Stylesheet)(variables=variables)


class ParsedOnce(Stylesheet):
    """A stylesheet that caches every piece of CSS."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(PIECES)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Set the variables; the cache is kept if they are the same."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Combine the rules again; only pieces that are not cached are parsed."""
        self.parse()
