"""Judge a corrected line of Python by its syntax tree; nothing is run."""

from __future__ import annotations

import ast

from tui.common.python_syntax import NOT_PYTHON, parse_python
from tui.common.text import clean
from tui.course.judging.verdict import Verdict, unreadable
from tui.course.lesson.questions import FixBlock

LONGEST = 200
"""Characters of a line that is read."""


def judge_line(block: FixBlock, answer: str) -> Verdict:
    """Judge a line; see :func:`tui.course.judge`."""
    typed = answer.strip()
    if not typed:
        return unreadable("Type the corrected line.")
    if len(typed) > LONGEST:
        return unreadable(f"This line is longer than {LONGEST} characters: type one line.")
    form = line_form(typed)
    if form is None:
        return unreadable(f"“{clean(typed, 60)}” is not a line of Python: {_reason(typed)}.")
    steps = line_steps(block)
    if any(form == line_form(line) for line in block.accepted):
        return Verdict(True, True, f"Right: {block.why}", steps=steps)
    if form == line_form(block.wrong):
        return unreadable("That is the line as it stands: change it.")
    for slip in block.slips:
        if form == line_form(slip.line):
            return Verdict(False, True, slip.sentence, slip.name, steps)
    sentence = "This line is not one of those that work here. Try a hint, or look at the answer."
    return Verdict(False, True, sentence, None, steps)


def line_steps(block: FixBlock) -> tuple[str, ...]:
    """Return the right line, and what was wrong."""
    return (block.accepted[0], f"{block.why[0].upper()}{block.why[1:]}")


def line_form(line: str) -> str | None:
    """Return a form in which lines that mean the same are equal; None when it is not Python.

    >>> line_form("f(a=1, b = 'x')") == line_form('f(b="x", a=1.0)  # the same')
    True
    >>> line_form("if x > 1:") == line_form("if x>1 :")
    True
    """
    text = line.strip()
    for source in (text, f"{text}\n    pass", f"if 1: pass\n{text}\n    pass"):
        try:
            tree = parse_python(source)
        except NOT_PYTHON:
            continue
        return ast.dump(_Same().visit(tree))
    return None


def _reason(line: str) -> str:
    try:
        parse_python(line.strip())
    except NOT_PYTHON as error:
        return clean(getattr(error, "msg", None) or error, 80)
    return "it is more than one"


class _Same(ast.NodeTransformer):
    """Makes equal what only looks different: 1.0 and 1, the order of named arguments."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.keywords.sort(key=lambda one: one.arg or "")
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, float) and node.value.is_integer():
            return ast.Constant(int(node.value))
        return ast.Constant(node.value)
