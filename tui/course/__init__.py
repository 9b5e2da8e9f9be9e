"""The course: reading lessons, judging answers, keeping progress.

No Textual, no rich, no TensorFlow: everything here can be tested without a terminal.
"""

from tui.course.drills.make_drill import SKILLS, Drill, make_drill, skill_title
from tui.course.judging.chain_numbers import answers as chain_answers
from tui.course.judging.judge import (
    Verdict,
    expected,
    given_text,
    judge,
    read_settings,
    right_steps,
    right_text,
)
from tui.course.judging.settings_search import Settings, effect_of, settings_text, solutions
from tui.course.lesson.lesson import Course, Lesson, Page, PageOrder, Part, page_order
from tui.course.lesson.page_blocks import (
    CALCULATOR_FIELDS,
    PICTURES,
    CalculatorBlock,
    CodeBlock,
    LookBlock,
    Prose,
    TrainBlock,
)
from tui.course.lesson.page_code import page_code, training_network
from tui.course.lesson.page_height import page_rows
from tui.course.lesson.questions import (
    QUESTIONS,
    ChainBlock,
    ChainQuantity,
    ChoiceBlock,
    PredictBlock,
    Question,
    SolveBlock,
)
from tui.course.progress.learner_progress import (
    Answered,
    Place,
    ProgressView,
    lesson_mark,
    load_place,
    mark_answered,
    mark_drill,
    read_progress,
    reset,
    save_place,
    slip_words,
)
from tui.course.progress.progress_export import ExchangeError, export_progress, import_progress
from tui.course.progress.spaced_repetition import (
    DAILY,
    INTERVALS,
    DrillAnswer,
    SkillState,
    daily_set,
    drill_set,
)
from tui.course.reading.lesson_file import parse_lesson
from tui.course.reading.lesson_links import anchor_of, follow_link, page_links
from tui.course.reading.lesson_template import SLUG, lesson_template
from tui.course.reading.load_lessons import VARIABLE as LESSONS_VARIABLE
from tui.course.reading.load_lessons import check_lessons, extra_folder, load_course
from tui.course.reading.problems import LessonError, LessonProblem

__all__ = [
    "CALCULATOR_FIELDS",
    "DAILY",
    "INTERVALS",
    "LESSONS_VARIABLE",
    "PICTURES",
    "QUESTIONS",
    "SKILLS",
    "SLUG",
    "Answered",
    "CalculatorBlock",
    "ChainBlock",
    "ChainQuantity",
    "ChoiceBlock",
    "CodeBlock",
    "Course",
    "Drill",
    "DrillAnswer",
    "ExchangeError",
    "Lesson",
    "LessonError",
    "LessonProblem",
    "LookBlock",
    "Page",
    "PageOrder",
    "Part",
    "Place",
    "PredictBlock",
    "ProgressView",
    "Prose",
    "Question",
    "Settings",
    "SkillState",
    "SolveBlock",
    "TrainBlock",
    "Verdict",
    "anchor_of",
    "chain_answers",
    "check_lessons",
    "daily_set",
    "drill_set",
    "effect_of",
    "expected",
    "export_progress",
    "extra_folder",
    "follow_link",
    "given_text",
    "import_progress",
    "judge",
    "lesson_mark",
    "lesson_template",
    "load_course",
    "load_place",
    "make_drill",
    "mark_answered",
    "mark_drill",
    "page_code",
    "page_links",
    "page_order",
    "page_rows",
    "parse_lesson",
    "read_progress",
    "read_settings",
    "reset",
    "right_steps",
    "right_text",
    "save_place",
    "settings_text",
    "skill_title",
    "slip_words",
    "solutions",
    "training_network",
]
