"""The line of each key of a TOML text, however it is written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from tui.common.toml_lines import toml_lines

WRITTEN = """\
# a comment = 1
a = 1
"quoted key" = "x"  # = 2

b.c = 2
text = \"\"\"
d = 3
[no]
\"\"\"
names = [
  "one ] = 1",
  # e = 4
  "two",
]
inline = { f = 1, g = 2 }
[table]
h = 5
  [table.inner]  # [other]
  i = 6
[[rows]]
j = 7
"""


def test_keys_are_found_in_every_way_of_writing_them() -> None:
    assert toml_lines(WRITTEN) == {
        ("a",): 2,
        ("quoted key",): 3,
        ("b",): 5,
        ("b", "c"): 5,
        ("text",): 6,
        ("names",): 10,
        ("inline",): 15,
        ("inline", "f"): 15,
        ("inline", "g"): 15,
        ("table",): 16,
        ("table", "h"): 17,
        ("table", "inner"): 18,
        ("table", "inner", "i"): 19,
        ("rows",): 20,
        ("rows", "j"): 21,
    }


def test_lines_are_counted_as_an_editor_does() -> None:
    assert toml_lines('a = 1\r\n\r\nb = "x\u2028y"\r\nc = 3\r\n') == {
        ("a",): 1,
        ("b",): 3,
        ("c",): 4,
    }


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
values = st.recursive(
    st.integers(-9, 9) | words | st.booleans() | st.lists(words, max_size=3),
    lambda inner: st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(words, values, max_size=4))
def test_each_key_stands_in_its_line(table: dict[str, Any]) -> None:
    text = tomli_w.dumps(table)
    lines = text.split("\n")
    found = toml_lines(text)
    assert tomllib.loads(text) == table
    for path in paths(table):
        begins = lines[found[path] - 1].lstrip()
        assert begins.startswith("[") or "=" in begins
        value = value_at(table, path)
        if not isinstance(value, Mapping | list):
            assert tomllib.loads(begins.partition(" = ")[0] + " = 1") or "[" in begins


def paths(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in table.items():
        found.append((*above, key))
        if isinstance(value, Mapping):
            found += paths(value, (*above, key))
    return found


def value_at(table: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = table
    for key in path:
        value = value[key]
    return value


def test_a_long_list_takes_no_time() -> None:
    names = [f"cats/{number}].jpg" if number % 100 == 0 else f"{number}" for number in range(3000)]
    assert toml_lines(tomli_w.dumps({"leave_out": names, "a": {"b": 1}}))[("a", "b")] == 3005
