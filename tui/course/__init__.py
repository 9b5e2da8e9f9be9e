"""The course: reading lessons, judging answers, keeping progress.

No Textual, no rich, no TensorFlow: everything here can be tested without a terminal.
"""

from tui.course.drills.make_drill import SKILLS, Drill, make_drill, skill_title
from tui.course.drills.question_skill import question_skill
from tui.course.judging.chain_numbers import chain_answers
from tui.course.judging.judge import (
    judge,
    solution_steps,
    solution_text,
)
from tui.course.judging.judge_number import expected_number
from tui.course.judging.judge_settings import given_settings, read_settings
from tui.course.judging.settings_search import Settings, effect_of, settings_text, solutions
from tui.course.judging.verdict import Verdict
from tui.course.lesson.lesson import Course, Lesson, Page, PageLayout, Part, page_layout
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
    TASKS,
    ChainBlock,
    ChainQuantity,
    ChoiceBlock,
    CountBlock,
    Curve,
    ExpectBlock,
    FixBlock,
    PredictBlock,
    Question,
    SolveBlock,
    Task,
    WriteBlock,
)
from tui.course.progress.learner_progress import (
    Bookmark,
    LearnerProgress,
    QuestionProgress,
    lesson_mark,
    load_bookmark,
    read_progress,
)
from tui.course.progress.lesson_result import PageResult, page_results
from tui.course.progress.progress_export import ExchangeError, export_progress, import_progress
from tui.course.progress.record_progress import (
    record_answer,
    record_drill,
    record_note,
    record_program,
    reset,
    save_bookmark,
)
from tui.course.progress.slip_labels import slip_label
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
    "TASKS",
    "Bookmark",
    "CalculatorBlock",
    "ChainBlock",
    "ChainQuantity",
    "ChoiceBlock",
    "CodeBlock",
    "CountBlock",
    "Course",
    "Curve",
    "Drill",
    "DrillAnswer",
    "ExchangeError",
    "ExpectBlock",
    "FixBlock",
    "LearnerProgress",
    "Lesson",
    "LessonError",
    "LessonProblem",
    "LookBlock",
    "Page",
    "PageLayout",
    "PageResult",
    "Part",
    "PredictBlock",
    "Prose",
    "Question",
    "QuestionProgress",
    "Settings",
    "SkillState",
    "SolveBlock",
    "Task",
    "TrainBlock",
    "Verdict",
    "WriteBlock",
    "anchor_of",
    "chain_answers",
    "check_lessons",
    "daily_set",
    "drill_set",
    "effect_of",
    "expected_number",
    "export_progress",
    "extra_folder",
    "follow_link",
    "given_settings",
    "import_progress",
    "judge",
    "lesson_mark",
    "lesson_template",
    "load_bookmark",
    "load_course",
    "make_drill",
    "page_code",
    "page_layout",
    "page_links",
    "page_results",
    "page_rows",
    "parse_lesson",
    "question_skill",
    "read_progress",
    "read_settings",
    "record_answer",
    "record_drill",
    "record_note",
    "record_program",
    "reset",
    "save_bookmark",
    "settings_text",
    "skill_title",
    "slip_label",
    "solution_steps",
    "solution_text",
    "solutions",
    "training_network",
]
