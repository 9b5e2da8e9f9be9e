"""All code that uses private names of Textual, or changes what Textual does.

Each patch is a file. Its docstring ends with three paragraphs that a test reads:

- "Touches": every private name of Textual that it uses, or "nothing private",
- "Since": the oldest Textual known to have those names,
- "Without": what the program does if `CNN_TUI_WITHOUT` switches the patch off (`switches.py`).

`tests/ui/test_textual_patches.py` keeps a digest of the source of each of those names and fails if
Textual has changed one; `tests/ui/test_private_names.py` checks that no other folder uses any.
"""
