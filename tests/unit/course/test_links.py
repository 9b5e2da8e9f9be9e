"""Links in lessons: where they may lead."""

from __future__ import annotations

import pytest

from tests.unit.course.conftest import Find, Make
from tui.course import Page, Prose, anchor_of, follow_link, load_course, page_links
from tui.course.lesson.markdown import lesson_parser, references
from tui.course.reading.lesson_links import dead_links


@pytest.mark.parametrize(
    "words",
    [
        "[web](https://keras.io/api)",
        "<https://keras.io>",
        "[lesson](lesson:made)",
        "[page](lesson:made#the-second-page)",
        "[page](#the-second-page)",
        "[file](01-made.md#a)",
        "`[code](/etc/passwd)`",
        "```\n[drawn](file:///etc/passwd)\n```",
        "a [bracket] (and more)",
        "[home]: https://keras.io",
        "[a\nlink](https://keras.io/a%20b)",
        "[a][home]\n\n[home]: lesson:made",
        "a word such as model.py, keras.io or me@x.org is no link",
        "bare https://keras.io",
        "<!-- a remark for other authors -->",
        "W2 < 3, and `<b>` in code",
        "\\[no](/etc/passwd)",
        "    [indented](/etc/passwd)",
    ],
)
def test_a_link_may_lead_here(problems_of: Find, lesson_of: Make, words: str) -> None:
    body = f"# A\n\n{words}\n\n---\n\n# The second page\nx\n"
    assert problems_of(body) == ()
    lesson = lesson_of(body)
    assert list(dead_links(lesson, [lesson])) == []


@pytest.mark.parametrize(
    "target",
    [
        "/etc/passwd",
        "../../etc/passwd",
        "folder/02-two.md",
        "file:///etc/passwd",
        "http://keras.io",
        "javascript:alert(1)",
        "notes.txt",
        "",
        "lesson:",
        "//keras.io/api",
        "\x1b]8;;x",
    ],
)
def test_a_link_leads_nowhere_else(problems_of: Find, target: str) -> None:
    (problem,) = problems_of(f"# A\n\nWords.\nSee [this]({target}).\n")
    assert problem.line == 11 and "leads out of the lessons" in problem.sentence
    assert "\x1b" not in problem.sentence


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("<file:///etc/passwd>", 10),
        ("[x]: ../y", 10),
        ("a <ftp://x/y> b", 10),
        ("[a\nlink](/etc/passwd)", 11),
        ("One.\n\nTwo\nand [a\nlink](\n/etc/passwd\n) goes on", 15),
        ("[a link](/etc/passwd\n'with a title')", 10),
        ("[x][y]\n\n[y]: /etc/passwd", 10),
        ("[y][]\n\n[Y]:\n/etc/passwd", 10),
        ("[y]\n\n[y]: /etc/passwd", 10),
        ("[![cat](https://x.org/cat.png)](/etc/passwd)", 10),
        ("- a list\n- [a\n  link](/etc/passwd)", 12),
        ("> [quoted](/etc/passwd)", 10),
        ("| a |\n|---|\n| [b](/etc/passwd) |", 12),
        ("## [a heading](/etc/passwd)", 10),
        ("**[bold](/etc/passwd)**", 10),
        ("[a [nested] word](/etc/passwd)", 10),
        ("[a](</etc/pass wd>)", 10),
        ("[a](/etc&#47;passwd)", 10),
        ("bare http://keras.io", 10),
        ("[data](data:text/html;base64,PGI+)", 10),
        ("`code`[a](/etc/passwd)`code`", 10),
    ],
)
def test_other_ways_to_write_a_link_are_seen(problems_of: Find, words: str, line: int) -> None:
    found = problems_of(f"# A\n\n{words}\n")
    leading = [problem for problem in found if "leads out" in problem.sentence]
    assert [problem.line for problem in leading] == [line], found
    assert len(found) == 1 + ("![" in words)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("a <b>word</b>", 10),
        ("a\n<a href='/etc/passwd'>link</a>", 11),
        ("<div>\nlines\n</div>", 10),
        ("![a\ncat](x.png)", 11),
        ("![cat][c]\n\n[c]: https://x.org/cat.png", 10),
    ],
)
def test_what_a_terminal_does_not_show_is_said(problems_of: Find, words: str, line: int) -> None:
    found = problems_of(f"# A\n\n{words}\n")
    assert found and {problem.line for problem in found} == {line}
    assert all("terminal" in problem.sentence for problem in found)


def test_every_link_that_the_screen_makes_is_one_that_was_checked() -> None:
    for words in ("[a\nlink](lesson:a#b%20c)", "<https://keras.io>", "[x][y]\n\n[y]: lesson:ä"):
        tokens = lesson_parser().parse(words)
        made = [child.attrs["href"] for token in tokens for child in token.children or []
                if child.type == "link_open"]  # fmt: skip
        assert [one.target for one in references(words)] == made


def test_a_picture_cannot_be_shown(problems_of: Find) -> None:
    (problem,) = problems_of("# A\n\n![a cat](https://x.org/cat.png)\n")
    assert "cannot be shown in a terminal" in problem.sentence


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("lesson:other", "no lesson has the id 'other'"),
        ("02-two.md", "no lesson in '02-two.md'"),
        ("#b", "no page with that heading. The first one is #a."),
        ("lesson:made#b", "no page with that heading"),
    ],
)
def test_a_dead_link_is_named(lesson_of: Make, target: str, words: str) -> None:
    lesson = lesson_of(f"# A\n\nOne.\n\n[Two]({target})\n")
    (problem,) = dead_links(lesson, [lesson])
    assert problem.line == 12 and words in problem.sentence


def test_the_name_of_a_page() -> None:
    assert anchor_of("What's in a W2?") == "what-s-in-a-w2"


def test_a_link_is_followed_to_its_lesson_and_page() -> None:
    course = load_course()
    first, second = course.lessons[0], course.lessons[1]
    anchor = anchor_of(second.pages[2].heading)
    file = second.file.rpartition("/")[2]
    for target in (f"lesson:{second.id}#{anchor}", f"{file}#{anchor}"):
        assert follow_link(target, first, course.lessons) == (second, 2)
    own = anchor_of(first.pages[1].heading)
    assert follow_link(f"#{own}", first, course.lessons) == (first, 1)
    assert follow_link("https://keras.io/", first, course.lessons) is None
    assert follow_link("lesson:nothing", first, course.lessons) is None
    page = Page("A", (Prose("See [one](lesson:a), `[no](b.md)` and [one](lesson:a)."),))
    assert page_links(page) == ("lesson:a",)
