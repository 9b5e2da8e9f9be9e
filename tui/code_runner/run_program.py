"""Run a learner's program and judge it; everything that it can do wrong becomes a sentence."""

from __future__ import annotations

import ast
import linecache
import os
import random
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

from tui.code_client.messages import Judged, RunProgram
from tui.code_runner import pyplot
from tui.code_runner.checks import CHECKS
from tui.code_runner.checks.finished_run import FinishedRun, Slip
from tui.code_runner.limits import (
    Forbidden,
    LimitedOutput,
    Stopped,
    UnseenOutput,
    limited,
)
from tui.code_runner.pictures import lay_pictures
from tui.code_runner.syntax_advice import syntax_advice
from tui.common.text import clean
from tui.keras_io.errors.explain_error import explain_keras_error
from tui.runs.process.memory import mentions_memory

FILE = "program.py"
"""The name under which Python knows the program."""
_ERROR = 300


def judge_program(request: RunProgram, *, pictures: bool = True) -> Judged:
    """Run a program in its folder, which is this process's from now on, and judge it.

    Args:
        request: the program, its folder and the name of its check.
        pictures: whether to write the pictures.
    """
    folder = Path(request.folder)
    os.chdir(folder)
    if pictures:
        lay_pictures(folder)
    try:
        tree = ast.parse(request.program, FILE)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _unreadable(request, error)
    before = sys.stdout, sys.stderr, sys.stdin, sys.argv
    linecache.cache[FILE] = (
        len(request.program), None, request.program.splitlines(keepends=True), FILE
    )  # fmt: skip
    try:
        sys.argv = [FILE]
        sys.stdout = sys.stderr = LimitedOutput(1)
        with limited(folder):
            return _run(request, tree)
    except Stopped as stopped:
        return _stopped(request, stopped)
    except BaseException as error:  # the learner's, whatever it is
        return _failed(request, error)
    finally:
        sys.stdout, sys.stderr, sys.stdin, sys.argv = before


def _run(request: RunProgram, tree: ast.Module) -> Judged:
    import keras

    keras.utils.set_random_seed(20)
    random.seed(20)
    drawn = pyplot.install()
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": FILE}
    error: BaseException | None = None
    try:
        with warnings.catch_warnings():
            # Advice of Keras on style would bury what the learner prints.
            warnings.filterwarnings("ignore", module=r"(keras|tensorflow)\b")
            warnings.filterwarnings("ignore", message=r"Do not pass an `input_")
            exec(compile(tree, FILE, "exec"), namespace)
    except Stopped:
        raise
    except BaseException as raised:
        error = raised
    run = FinishedRun(request, tree, namespace, drawn, error)
    # The check calls the learner's functions many times: what they print then is not shown.
    sys.stdout = sys.stderr = UnseenOutput(1)
    try:
        praise = CHECKS[request.exercise](run)
    except Slip as slip:
        place = _line(request, run.error) if run.error is not None else 0
        return Judged(
            False,
            slip.sentence,
            slip.name,
            _last_line(run.error) if run.error is not None else "",
            *_line_numbers(request, place),
        )
    return Judged(True, praise)


def _failed(request: RunProgram, error: BaseException) -> Judged:
    """Return what is said of a program that ended with an error nobody had foreseen."""
    if isinstance(error, SyntaxError) and error.filename == FILE:
        return _unreadable(request, error)  # such as return outside of a function
    last = _last_line(error)
    error = _forbidden_within(error)
    line, program_line = _line_numbers(request, _line(request, error))
    where = _where(line, program_line)
    explanation = ""
    if isinstance(error, SystemExit):
        sentence = (
            f"The program ended itself{where} (sys.exit or exit) before the check could look at "
            "it. Take that out: it ends by itself after its last line."
        )
    elif isinstance(error, Forbidden):
        sentence = error.sentence
    elif isinstance(error, EOFError):
        sentence = (
            f"The program waits for something to be typed{where} (input). Nobody can type while "
            "it runs: write the value into the program."
        )
    elif isinstance(error, MemoryError) or mentions_memory(str(error)):
        sentence = (
            f"The program took more memory than it may{where}, and was stopped. Is there an array "
            "or a list that is far too large?"
        )
    else:
        sentence = f"The program stopped with an error{where}."
        text = "".join(traceback.format_exception_only(error))
        found = explain_keras_error(text)
        if found.is_known:
            explanation = clean(found.sentence, 600)
    return Judged(False, sentence, "", last, line, program_line, explanation, counts=False)


def _forbidden_within(error: BaseException) -> BaseException:
    """Return what the guard raised where libraries have put it into an error of their own."""
    seen: BaseException | None = error
    for _ in range(10):
        if isinstance(seen, Forbidden):
            return seen
        seen = seen and (seen.__cause__ or seen.__context__)
    return error


def _stopped(request: RunProgram, stopped: Stopped) -> Judged:
    line, program_line = _line_numbers(request, _line(request, stopped))
    where = _where(line, program_line)
    sentence = f"{stopped.sentence}{f' It was{where}.' if where else ''}"
    return Judged(False, sentence, "", "", line, program_line, counts=False)


def _unreadable(request: RunProgram, error: BaseException) -> Judged:
    program_line = getattr(error, "lineno", None) or 0
    line, program_line = _line_numbers(request, program_line)
    if program_line and not line and program_line >= request.first + request.count:
        # An open bracket shows only in the line after it.
        line = request.count
    return Judged(
        False,
        f"Python cannot read this{_where(line, program_line)}, so nothing was run: "
        f"{syntax_advice(_last_line(error))}",
        "",
        _last_line(error),
        line,
        program_line,
        counts=False,
    )


def _last_line(error: BaseException) -> str:
    name, text = type(error).__name__, str(error).strip()
    if isinstance(error, SyntaxError):
        text = error.msg or text
    first = text.splitlines()[0] if text else ""
    return clean(f"{name}: {first}" if first else name, _ERROR)


def _line(request: RunProgram, error: BaseException) -> int:
    """Return the program's line where an error was raised; of the learner's lines the last."""
    lines = [
        entry.lineno or 0
        for entry in traceback.extract_tb(error.__traceback__)
        if entry.filename == FILE
    ]
    learners = [n for n in lines if request.first <= n < request.first + request.count]
    return (learners or lines or [0])[-1]


def _line_numbers(request: RunProgram, line: int) -> tuple[int, int]:
    """Return the number among the learner's lines, 0 if it is none of them, and in the program."""
    inside = request.first <= line < request.first + request.count
    return (line - request.first + 1 if inside else 0), line


def _where(line: int, program_line: int) -> str:
    if line:
        return f" in line {program_line}, which is yours"
    return f" in line {program_line}, below or above yours" if program_line else ""
