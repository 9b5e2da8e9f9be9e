"""The widgets of the parts of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.highlight import highlight
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Markdown, Static

from tui.areas.lessons.exercise import Exercise
from tui.areas.lessons.lesson_training import LessonTraining
from tui.areas.lessons.write_exercise import WriteExercise
from tui.course import (
    CalculatorBlock,
    ChainBlock,
    ChoiceBlock,
    CodeBlock,
    ExpectBlock,
    LearnerProgress,
    LookBlock,
    Part,
    PredictBlock,
    Prose,
    SolveBlock,
    TrainBlock,
    WriteBlock,
)
from tui.course.lesson.markdown import lesson_parser
from tui.geometry import Conv2D
from tui.ui.filters.filtered_picture import FilteredPicture
from tui.ui.layer_calculator import Calculator

if TYPE_CHECKING:
    from tui.ui.services import Dataset


def part_widget(
    part: Part,
    lesson_id: str,
    progress: LearnerProgress,
    dataset: Dataset | None,
    *,
    after: str = "n goes on.",
    expected: str = "",
) -> Widget:
    """Return the widget of a part.

    Args:
        part: of a page.
        lesson_id: of the lesson.
        progress: of the learner.
        dataset: the chosen folder of images, for a training on the learner's own images.
        after: how to go on once a question is answered.
        expected: what the learner expected of a training; empty for nothing.
    """
    match part:
        case Prose():
            return Markdown(part.markdown, parser_factory=lesson_parser, open_links=False)
        case ExpectBlock():
            return Exercise(part, answered=bool(expected), after=after, expected=expected)
        case PredictBlock() | ChoiceBlock() | SolveBlock() | ChainBlock():
            known = progress.answered.get((lesson_id, part.id))
            return Exercise(part, answered=known is not None and known.correct, after=after)
        case WriteBlock():
            known = progress.answered.get((lesson_id, part.id))
            return WriteExercise(
                part,
                draft=progress.drafts.get(part.id, ""),
                answers=progress.programs,
                answered=known is not None and known.correct,
                after=after,
            )
        case CalculatorBlock() if isinstance(part.layer, Conv2D):
            return Calculator(part.input, part.layer, fixed=part.fixed)
        case CodeBlock():
            return Static(highlight(part.source, language="python"), classes="code")
        case TrainBlock():
            return LessonTraining(part, lesson_id, dataset=dataset, expected=expected)
        case LookBlock():
            view = FilteredPicture(part.picture, part.filters, part.then)
            prompt = Static(Content(part.prompt), classes="look--prompt")
            return Vertical(prompt, view, classes="look")
    return Static(Content("Press 2 to see this layer in the calculator."), classes="later")


def focus_first(screen: Screen[None], place: Widget) -> None:
    """Focus the first part that takes keys; clear the focus when there is none."""
    for widget in place.children:
        if isinstance(widget, (Exercise, LessonTraining, WriteExercise)):
            widget.take_focus()
            return
        for view in widget.query(FilteredPicture):
            view.focus()
            return
        if isinstance(widget, Calculator):
            for field in widget.query(Input):
                if not field.disabled:
                    field.focus()
                    return
    screen.set_focus(None)
