"""Read one lesson file."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from tui.course.lesson.lesson import Lesson, Page, Part
from tui.course.lesson.markdown import top_headings
from tui.course.lesson.page_blocks import LookBlock, Prose, TrainBlock
from tui.course.lesson.questions import TASKS, ExpectBlock
from tui.course.reading.block_reader import read_block, safe_lines
from tui.course.reading.chunks import Chunk, split_front, split_lines, split_pages
from tui.course.reading.lesson_links import forbidden_links
from tui.course.reading.problems import LessonError, LessonProblem
from tui.course.reading.toml_fields import Fields, one_line
from tui.geometry.errors import did_you_mean, shown

_NAME = re.compile(r"([0-9]{2,3})-[a-z0-9]+(-[a-z0-9]+)*\.md")
_HEADING = re.compile(r"#\s+(?P<title>\S.*?)\s*#*\s*$")


def parse_lesson(text: str, file: str | PurePath) -> Lesson:
    """Read a lesson.

    Args:
        text: the content of the file.
        file: its name, NN-slug.md, with or without folders; NN is the number of the lesson.

    Returns:
        The lesson.

    Raises:
        LessonError: with all problems that were found, each with its line.

    >>> lesson = parse_lesson('''+++
    ... id = "hello"
    ... title = "Hello"
    ... summary = "A lesson of one page."
    ... minutes = 1
    ... +++
    ... # The first page
    ... Words.
    ... ''', "01-hello.md")
    >>> lesson.number, lesson.pages[0].heading, lesson.pages[0].parts
    (1, 'The first page', (Prose(markdown='Words.', line=8),))
    """
    name = one_line(str(file))
    problems: list[LessonProblem] = []
    lines = split_lines(text)
    number = _number(file, name, problems)
    front, start = split_front(lines)
    if front is None or not front.closed:
        what = "begin with" if front is None else "end its front matter with"
        raise LessonError(
            [
                *problems,
                LessonProblem(
                    name,
                    1,
                    f"a lesson has to {what} a line of +++: write id, title, summary, minutes and "
                    "skills between two such lines.",
                ),
            ]
        )
    fields = Fields(front, "front matter", name)
    lesson_id = fields.name("id")
    title = fields.text("title", '"Zero padding"')
    summary = fields.text("summary", '"What P does to the width."')
    minutes = fields.number("minutes", "10", minimum=1, maximum=600)
    skills = fields.texts("skills", '["output-width"]', maximum=12)
    remember = fields.text("remember", '"S divides the width."', required=False)
    fields.finish()
    problems += fields.problems
    pages = []
    for first, chunks in split_pages(lines, start):
        page = _page(chunks, name, first, problems)
        if page is not None:
            pages.append(page)
    _name_twins(pages, name, problems)
    _name_lost_trainings(pages, name, problems)
    if problems:
        raise LessonError(sorted(problems, key=lambda problem: problem.line))
    return Lesson(
        lesson_id, number, title, summary, minutes, tuple(pages), skills, name,
        fields.line_of("id"), remember,
    )  # fmt: skip


def _number(file: str | PurePath, name: str, problems: list[LessonProblem]) -> int:
    match = _NAME.fullmatch(PurePath(file).name)
    if match:
        return int(match[1])
    problems.append(
        LessonProblem(
            name,
            1,
            f"the name {shown(PurePath(file).name)} has no number: call the file NN-slug.md, such "
            "as 07-zero-padding.md.",
        )
    )
    return 0


def _page(chunks: list[Chunk], file: str, first: int, problems: list[LessonProblem]) -> Page | None:
    """Return a page made of chunks; None, with a problem, when there are none."""
    if not chunks:
        problems.append(
            LessonProblem(
                file, first, "a page is empty: remove one of the lines --- that divide pages."
            )
        )
        return None
    head, *rest = chunks
    heading = _HEADING.match(head.lines[0]) if not head.kind else None
    if heading is None:
        line = head.line - bool(head.kind)
        problems.append(
            LessonProblem(file, line, "a page has no heading: begin it with # and its title.")
        )
        body = chunks
    else:
        body = [replace(head, lines=head.lines[1:], line=head.line + 1), *rest]
    parts: list[Part] = []
    for chunk in body:
        if chunk.kind:
            block, found = read_block(chunk, file)
            problems += found
            if block is not None:
                parts.append(block)
        else:
            parts += _prose(chunk, file, problems)
    title = one_line(heading["title"]) if heading else ""
    page = Page(title, tuple(parts), head.line)
    for question in page.tasks[1:]:
        problems.append(
            LessonProblem(
                file,
                question.line,
                f"this is a second question on its page, after the one in line "
                f"{page.tasks[0].line}: put a line --- and a heading between them.",
            )
        )
    return page


def _prose(chunk: Chunk, file: str, problems: list[LessonProblem]) -> list[Part]:
    for heading, index in top_headings("\n".join(chunk.lines)):
        problems.append(
            LessonProblem(
                file,
                chunk.line + index,
                f"{shown(heading)} is a second heading on its page: put a line --- "
                "before it, or write ## for a smaller heading.",
            )
        )
    if not chunk.closed:
        problems.append(
            LessonProblem(file, chunk.line, "a fence is never closed: write ``` after it.")
        )
    blank = next((i for i, line in enumerate(chunk.lines) if line.strip()), len(chunk.lines))
    text = safe_lines("\n".join(chunk.lines[blank:])).rstrip()
    if not text:
        return []
    prose = Prose(text, chunk.line + blank)
    problems += forbidden_links(prose, file)
    return [prose]


def _name_twins(pages: list[Page], file: str, problems: list[LessonProblem]) -> None:
    """Add a problem for every id that two blocks have: progress could not tell them apart."""
    seen: dict[str, int] = {}
    for part in (part for page in pages for part in page.parts):
        if isinstance(part, (*TASKS, TrainBlock, LookBlock)) and part.id:
            if part.id in seen:
                problems.append(
                    LessonProblem(
                        file,
                        part.line,
                        f"the id {part.id!r} is already used in line {seen[part.id]}: give each "
                        "block of a lesson its own id.",
                    )
                )
            seen.setdefault(part.id, part.line)


def _name_lost_trainings(pages: list[Page], file: str, problems: list[LessonProblem]) -> None:
    """Add a problem for every prediction about a training that does not follow it."""
    parts = [part for page in pages for part in page.parts]
    for index, part in enumerate(parts):
        later = [one.id for one in parts[index + 1 :] if isinstance(one, TrainBlock)]
        if isinstance(part, ExpectBlock) and part.training and part.training not in later:
            cure = did_you_mean(part.training, later) if later else "put a train block after it"
            problems.append(
                LessonProblem(
                    file,
                    part.line,
                    f"expect: training is {shown(part.training)}, and no later training of this "
                    f"lesson has that id: {cure}.",
                )
            )
