"""Where an answer is typed: a number, an option, settings, or a number for each row of a chain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.highlight import highlight
from textual.message import Message
from textual.reactive import var
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.areas.lessons.choice_charts import ChoiceCharts
from tui.common.arithmetic import SIGNS, ArithmeticProblem, evaluate, is_arithmetic
from tui.course import (
    ChainBlock,
    ChoiceBlock,
    CountBlock,
    Curve,
    ExpectBlock,
    FixBlock,
    PredictBlock,
    Question,
    SolveBlock,
    Verdict,
)
from tui.course.judging.chain_numbers import answerable_rows, row_value
from tui.course.judging.judge_line import LONGEST
from tui.geometry import trace_network
from tui.keras_io import keras_call
from tui.ui.commands import bindings
from tui.ui.forms.line_input import LineInput

LETTERS = "abcdefgh"


class AnswerInput(LineInput):
    """Takes a number, or arithmetic, whose result is the answer.

    Letters stay commands (h for a hint, x to be shown, n for the next page).
    """

    TAKES = "type a number, or arithmetic such as 3*3*16"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Answer", id="answer.give", tooltip="Give this answer"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, compact=True, max_length=60)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return character is not None and character in SIGNS

    def put_result(self) -> bool:
        """Replace arithmetic by its result; return whether it has one, after a message."""
        if is_arithmetic(self.value):
            try:
                self.value = f"{float(evaluate(self.value)):.12g}"
            except ArithmeticProblem as problem:
                self.refuse(str(problem))
                return False
            self.cursor_position = len(self.value)
        return True


class Options(OptionList):
    """The options of a choice; a letter highlights its option."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "options",
            ("enter", "select", "take", "Answer", "Take this option"),
            *(
                (letter, f"letter({number})", letter, f"Option {letter}", f"Go to option {letter}")
                for number, letter in enumerate(LETTERS)
            ),
            footer=("take",),
        ),
    ]

    answered: var[bool] = var(False, bindings=True)
    """Whether the answer was right: then letters are commands of the screen (c shows code)."""
    changeable = False
    """Whether another option may be taken after that."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("page_up", "page_down"):
            return False  # the screen scrolls or turns the page
        if action == "select":
            return self.changeable or not self.answered
        if action != "letter":
            return True
        number = parameters[0]
        return not self.answered and isinstance(number, int) and number < self.option_count

    def action_letter(self, number: int) -> None:
        """Highlight an option; enter takes it, so that a letter typed by mistake is no answer."""
        self.highlighted = number


class Answer(Vertical):
    """The part of an exercise in which the answer is typed or chosen."""

    DEFAULT_CSS = """
    Answer { height: auto; }
    Answer Horizontal { height: 1; }
    Answer .answer--label { width: auto; }
    Answer AnswerInput { width: 14; }
    Answer OptionList { height: auto; border: none; padding: 0; background: $background; }
    """

    class Given(Message):
        """An answer was given; `text` is for :func:`tui.course.judge`."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def take_focus(self) -> None:
        """Focus the first field."""
        self.query("AnswerInput, CodeInput, OptionList").first().focus()

    def take_digit(self, digit: str) -> None:
        """Type a digit that was pressed outside the fields into the first one to be filled."""
        fields = list(self.query(AnswerInput))
        if not fields:
            self.take_focus()  # a line of code is not begun with a digit
        empty = [field for field in fields if not field.value.strip()]
        for field in (empty or fields)[:1]:
            field.focus()
            if not empty:
                field.value = ""
            field.value += digit
            field.cursor_position = len(field.value)

    def mark(self, verdict: Verdict) -> None:
        """Mark right and wrong answers; what is typed next replaces a wrong number."""
        if verdict.understood and not verdict.correct:
            for field in self.query(AnswerInput):
                if field.has_focus:
                    field.select_all()

    def answer(self) -> str | None:
        """Return what was typed; None while a field is empty."""
        typed = [field.value.strip() for field in self.query(AnswerInput)]
        return " ".join(typed) if all(typed) else None

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not all([field.put_result() for field in self.query(AnswerInput)]):
            return
        text = self.answer()
        if text is not None:
            self.post_message(self.Given(text))
            return
        if not event.value.strip():
            self.app.notify("Type your answer first; h gives a hint, x shows the answer.")
        fields = list(self.query(AnswerInput))
        after = fields[fields.index(event.input) + 1 :] if event.input in fields else []
        for field in (*after, *fields):
            if not field.value.strip():
                field.focus()
                return


class NumberAnswer(Answer):
    """One number."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(Content("your answer "), classes="answer--label")
            yield AnswerInput(id="answer")


class CodeInput(LineInput):
    """Takes a line of Python: every letter is text; escape leaves it for the commands."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Answer", id="line.give", tooltip="Give this line"),
    ]


class LineAnswer(Answer):
    """A line of a program to correct, between the lines round it."""

    DEFAULT_CSS = """
    LineAnswer .program { height: auto; background: $surface; padding: 0 1; }
    LineAnswer Input { width: 100%; padding: 0 1; }
    LineAnswer .answer--keys { height: 1; color: $text-muted; }
    """

    def __init__(self, block: FixBlock) -> None:
        super().__init__()
        self._block = block

    def compose(self) -> ComposeResult:
        block = self._block
        if block.before:
            yield _program(block.before)
        yield CodeInput(
            block.wrong, id="answer", compact=True, max_length=LONGEST, select_on_focus=False
        )
        if block.after:
            yield _program(block.after)
        keys = "correct the line in the field · enter answers · escape, then h: a hint"
        yield Static(Content(keys), classes="answer--keys")

    def answer(self) -> str | None:
        """Return the line as it stands, also one that was left as it was."""
        return self.query_one(CodeInput).value.strip() or None


def _program(lines: Sequence[str]) -> Static:
    return Static(highlight("\n".join(lines), language="python"), classes="program")


class ChoiceAnswer(Answer):
    """One of several options."""

    def __init__(
        self,
        options: Sequence[str],
        charts: Sequence[Sequence[Curve]] = (),
        chosen: str = "",
        *,
        changeable: bool = False,
    ) -> None:
        """Make the options.

        Args:
            options: what to choose from.
            charts: a chart for each option, drawn above them.
            chosen: the option that was chosen before; empty for none.
            changeable: whether another one may be taken after a right one.
        """
        super().__init__()
        self._changeable = changeable
        self._options = options
        self._charts = charts
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        if self._charts:
            yield ChoiceCharts(self._charts)
        yield Options(
            *(
                Option(
                    Content.assemble(
                        LETTERS[number], (f" {number + 1}", "$text-muted"), f"  {option}"
                    ),
                    id=str(number + 1),
                )
                for number, option in enumerate(self._options)
            ),
            id="options",
            compact=True,
        )

    def on_mount(self) -> None:
        # Nothing is highlighted at first: an accidental enter must not answer.
        before = self._options.index(self._chosen) if self._chosen in self._options else None
        options = self.query_one(Options)
        options.highlighted = before
        options.changeable = self._changeable

    def take_digit(self, digit: str) -> None:
        """Go to the option with this number."""
        options = self.query_one(Options)
        number = int(digit) - 1
        if 0 <= number < options.option_count:
            options.focus()
            options.action_letter(number)
        else:
            self.app.notify(f"There is no option {digit}: choose 1 to {options.option_count}.")

    def mark(self, verdict: Verdict) -> None:
        """Make letters commands of the screen again once the answer is right."""
        if verdict.correct:
            self.query_one(Options).answered = True

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Given(str(event.option_id)))


class SettingsAnswer(Answer):
    """A number for each setting to find."""

    DEFAULT_CSS = """
    SettingsAnswer AnswerInput { width: 8; margin: 0 2 0 0; }
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = names

    def compose(self) -> ComposeResult:
        with Horizontal():
            for number, name in enumerate(self._names):
                yield Static(Content(f"{name} = "), classes="answer--label")
                yield AnswerInput(id="answer" if number == 0 else f"answer-{number}")


class ChainAnswer(Answer):
    """A row for each layer, with a field where a number is asked for."""

    DEFAULT_CSS = """
    ChainAnswer AnswerInput { width: 12; }
    ChainAnswer .chain--layer { color: $filter-color; }
    ChainAnswer .chain--input { width: auto; color: $input-color; }
    ChainAnswer .chain--known { width: auto; color: $output-color; }
    ChainAnswer .chain--mark { width: 2; }
    """

    def __init__(self, block: ChainBlock) -> None:
        super().__init__()
        self._block = block

    def compose(self) -> ComposeResult:
        block = self._block
        asks = "field" if block.asks == "receptive-field" else block.asks
        known = answerable_rows(block.network, block.asks)
        first = True
        rows = trace_network(block.network)
        layers = [keras_call(row.layer) for row in rows]
        # As narrow as possible: on 120 columns a chain is shown beside the text.
        numbers_wide = len("input ")
        layers_wide = max(map(len, layers)) + 1
        with Horizontal():
            yield _cell("input", "chain--number", numbers_wide)
            yield Static(Content(str(block.network.input)), classes="chain--input")
        for number, layer in enumerate(layers, start=1):
            with Horizontal():
                yield _cell(f"{number:>5}", "chain--number", numbers_wide)
                yield _cell(layer, "chain--layer", layers_wide)
                if number in block.rows:
                    yield Static(Content(f"{asks} "), classes="answer--label")
                    yield AnswerInput(id="answer" if first else f"answer-{number}")
                    yield Static("", classes="chain--mark")
                    first = False
                elif number in known:
                    value = row_value(block.network, block.asks, number)
                    yield Static(Content(f"{asks} {value:,}"), classes="chain--known")

    def mark(self, verdict: Verdict) -> None:
        """Show ✓ or ✗ after each row, and focus the first wrong one."""
        wrong: list[AnswerInput] = []
        marks = list(self.query(".chain--mark").results(Static))
        fields = list(self.query(AnswerInput))
        for field, mark, right in zip(fields, marks, verdict.row_results, strict=False):
            mark.update(
                Content.styled(" ✓", "$text-success")
                if right
                else Content.styled(" ✗", "$text-error")
            )
            if not right:
                wrong.append(field)
        if wrong:
            wrong[0].focus()
            wrong[0].select_all()


def _cell(text: str, classes: str, width: int) -> Static:
    cell = Static(Content(text), classes=classes)
    cell.styles.width = width
    return cell


def answer_for(question: Question, chosen: str = "") -> Answer:
    """Return the widget for the answer to a question.

    Args:
        question: from a lesson or a drill.
        chosen: what the learner expected before; empty for nothing.
    """
    match question:
        case PredictBlock() | CountBlock():
            return NumberAnswer()
        case FixBlock():
            return LineAnswer(question)
        case ChoiceBlock():
            return ChoiceAnswer(question.options, question.charts)
        case ExpectBlock():
            return ChoiceAnswer(question.options, chosen=chosen, changeable=True)
        case SolveBlock():
            return SettingsAnswer(question.free)
        case ChainBlock():
            return ChainAnswer(question)
