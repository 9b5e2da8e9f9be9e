"""Two themes, and the colour variables that every theme has.

Colours mean the same everywhere: input blue, filter amber, output green; training blue and solid,
validation amber and dotted.
"""

from __future__ import annotations

from textual.theme import Theme

DEFAULT_VARIABLES = {
    "input-color": "#5aa9f7",
    "filter-color": "#e0a526",
    "output-color": "#63c17a",
    "training": "#6cb6ff",
    "validation": "#f0b429",
    "violet": "#c08adf",
}

NIGHT = Theme(
    name="cnn-night",
    primary="#6cb6ff",
    secondary="#4b7fb5",
    accent="#8ec7ff",
    warning="#f0b429",
    error="#ff7b72",
    success="#7ed491",
    foreground="#d8dee9",
    background="#10141b",
    surface="#171d26",
    panel="#202834",
    dark=True,
    variables={
        "input-color": "#6cb6ff",
        "filter-color": "#f0b429",
        "output-color": "#7ed491",
        "training": "#6cb6ff",
        "validation": "#f0b429",
        "violet": "#c79bf2",
        "scrollbar-background": "#171d26",
        "scrollbar-background-hover": "#171d26",
        "scrollbar-background-active": "#171d26",
        "scrollbar-corner-color": "#171d26",
    },
)

DAY = Theme(
    name="cnn-day",
    primary="#0b5cad",
    secondary="#3b6ea5",
    accent="#0b5cad",
    warning="#8a5a00",
    error="#b3261e",
    success="#1b6e34",
    foreground="#1f2630",
    background="#fbfbf8",
    surface="#f2f2ee",
    panel="#e4e6e4",
    dark=False,
    variables={
        "input-color": "#0b5cad",
        "filter-color": "#8a5a00",
        "output-color": "#1b6e34",
        "training": "#0b5cad",
        "validation": "#b25e00",
        "violet": "#6f3fa0",
        "scrollbar-background": "#f2f2ee",
        "scrollbar-background-hover": "#f2f2ee",
        "scrollbar-background-active": "#f2f2ee",
        "scrollbar-corner-color": "#f2f2ee",
    },
)

THEMES = (NIGHT, DAY)
