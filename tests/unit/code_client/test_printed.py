"""What a program printed is cut and made safe."""

from __future__ import annotations

from tui.code_client.printed import Printed


def test_a_short_output_stays_whole() -> None:
    printed = Printed()
    printed.add("größe\n".encode()[:4])
    printed.add("größe\n".encode()[4:])
    assert printed.text() == "größe"


def test_the_middle_of_a_long_output_is_left_out_with_a_sentence() -> None:
    printed = Printed(kept=100)
    for number in range(1000):
        printed.add(f"line {number}\n".encode())
    text = printed.text()
    assert text.startswith("line 0\n") and text.endswith("line 999")
    assert "bytes in the middle are left out" in text
    assert len(text) < 300


def test_bars_colours_and_escapes_do_not_reach_the_screen() -> None:
    printed = Printed()
    printed.add(b"\x1b[1m1/2\x1b[0m loss\r\x1b[1m2/2\x1b[0m done\n\x1b]0;title\x07\x07a\x08b\x00")
    assert printed.text() == "2/2 done\n\u2407b\u2400"
