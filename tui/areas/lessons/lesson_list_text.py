"""The list of lessons in lines of text: a lesson, a skill, what is due."""

from __future__ import annotations

import time

from textual.content import Content

from tui.common.text import clean
from tui.course import Lesson, ProgressView, lesson_mark, skill_title, slip_words

SLIPS = 3
"""Slips that are named as those to watch."""


def lesson_words(lesson: Lesson) -> str:
    """Return what a search looks at, in small letters."""
    headings = " ".join(page.heading for page in lesson.pages)
    skills = " ".join(lesson.skills)
    return f"{lesson.number} {lesson.title} {lesson.summary} {skills} {headings}".casefold()


def lesson_line(lesson: Lesson, progress: ProgressView) -> Content:
    """Return one lesson's line in the list."""
    right = len(progress.solved(lesson.id) & {one.id for one in lesson.questions})
    asked = len(lesson.questions)
    return Content.assemble(
        f" {lesson_mark(lesson, progress)} {lesson.number:>2}  ",
        (f"{clean(lesson.title):<44}", "bold"),
        (f"{len(lesson.pages):>3} pages  {lesson.minutes:>2} min", "$text-muted"),
        f"  {right}/{asked}" if right else "",
    )


def due_line(progress: ProgressView) -> Content:
    """Return which drills are due, and which slips keep coming."""
    due = len(progress.due(time.time()))
    if not progress.skills:
        text = " drills: ten short exercises, chosen for you"
    elif due:
        text = f" {due} skill{'s' * (due != 1)} due for a drill"
    else:
        text = " no drill is due; you may do some all the same"
    parts = [Content.assemble((" d ", "bold $text-accent"), text)]
    if progress.slips:
        often = list(progress.slips.items())[:SLIPS]
        slips = ", ".join(f"{slip_words(name)} ({count}×)" for name, count in often)
        parts.append(Content.styled(f"   slips to watch: {slips}", "$text-muted"))
    return Content("\n").join(parts)


def skill_line(skill: str, progress: ProgressView) -> str:
    """Return a skill for the list of those to drill: its name, and how it stands."""
    state = progress.skills.get(skill)
    known = f"level {state.level}, {state.right} of {state.tries} right" if state else "new"
    return f"{skill_title(skill):<22}  {known}"
