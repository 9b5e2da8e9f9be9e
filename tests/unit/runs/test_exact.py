"""Settings are kept, told and exported so that what is read back is the same number."""

from __future__ import annotations

import struct

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from tui.common.text import exact, exact_32
from tui.datasets import LoaderSettings
from tui.runs.control.control_file import Control
from tui.runs.control.effective_settings import EffectiveSettings, StartSettings
from tui.runs.export.training_script import spec_script
from tui.runs.settings.setting_rows import setting_rows
from tui.runs.settings.spec import StopRule, TrainingSpec
from tui.ui.forms.fields import rate_text


@given(
    rate=st.floats(min_value=0, max_value=100, exclude_min=True),
    threshold=st.floats(min_value=-1e300, max_value=1e300),
)
@example(rate=0.0066667078, threshold=0.1234567891)
def test_every_setting_is_reported_so_that_it_is_read_back_the_same(
    rate: float, threshold: float
) -> None:
    data = LoaderSettings(directory="d", classes=("a", "b"))
    first = TrainingSpec(name="n", network="8x8x1 flatten dense:k=1", data=data)
    rule = StopRule("loss", "<", threshold)
    wanted = Control(learning_rate=rate, stop_rule=rule)
    told = EffectiveSettings.of(first, Control()).differences(EffectiveSettings.of(first, wanted))
    words = {request: value for _, request, value in told}
    assert float(words.get("learning rate", "0.001")) == rate
    assert StopRule.parse(words["stop rule"]) == rule
    spec = msgspec.structs.replace(first, learning_rate=rate, stop_rule=rule)
    rows = setting_rows(spec)
    assert float(rows["learning rate"]) == rate and StopRule.parse(rows["stop rule"]) == rule
    assert float(rate_text(rate)) == rate
    assert str(StartSettings(1, rate)).endswith(f"learning rate {exact(rate)}")
    program = spec_script(spec)
    assert f"learning_rate={rate!r})" in program and f"{rule.comparison} {threshold!r}:" in program


@given(st.floats(width=32, min_value=0, max_value=100, exclude_min=True))
def test_a_rate_of_32_bits_stays_the_same_rate(rate: float) -> None:
    short = exact_32(rate)
    assert struct.pack("f", short) == struct.pack("f", rate)
    assert len(exact(short)) <= len(exact(rate)) or short == rate
