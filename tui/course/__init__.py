"""The course: reading lessons, judging answers, keeping progress.

No Textual, no rich, no TensorFlow: everything here can be tested without a terminal.
"""

from tui.course.judge import Verdict, expected, judge
from tui.course.load import check_lessons, load_course
from tui.course.model import (
    CALCULATOR_FIELDS,
    CalculatorBlock,
    ChoiceBlock,
    CodeBlock,
    Course,
    LaterBlock,
    Lesson,
    Page,
    Part,
    PredictBlock,
    Prose,
    Question,
)
from tui.course.parse import parse_lesson
from tui.course.problems import LessonError, LessonProblem
from tui.course.progress import (
    Answered,
    Place,
    ProgressView,
    load_place,
    mark_answered,
    read_progress,
    save_place,
)
from tui.course.room import page_rows

__all__ = [
    "CALCULATOR_FIELDS",
    "Answered",
    "CalculatorBlock",
    "ChoiceBlock",
    "CodeBlock",
    "Course",
    "LaterBlock",
    "Lesson",
    "LessonError",
    "LessonProblem",
    "Page",
    "Part",
    "Place",
    "PredictBlock",
    "ProgressView",
    "Prose",
    "Question",
    "Verdict",
    "check_lessons",
    "expected",
    "judge",
    "load_course",
    "load_place",
    "mark_answered",
    "page_rows",
    "parse_lesson",
    "read_progress",
    "save_place",
]
