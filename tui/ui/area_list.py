"""The six areas of the app, declared once: keys, top bar, palette and help read them here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Area:
    """One area, reached by its number from everywhere."""

    mode: str
    key: str
    title: str
    sentence: str


AREAS = (
    Area("lessons", "1", "Lessons", "learn by predicting, then seeing"),
    Area("calculator", "2", "Calculator", "what a layer makes of a volume"),
    Area("data", "3", "Data", "choose a folder of images"),
    Area("train", "4", "Train", "set up a training and start it"),
    Area("runs", "5", "Runs", "all trainings, running and ended"),
    Area("look", "6", "Look inside", "feature maps of a trained network"),
)
