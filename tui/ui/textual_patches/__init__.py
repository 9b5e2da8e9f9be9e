"""All that touches Textual's private names, or stands in for what Textual does by itself.

One small file for each patch. Its docstring ends with three paragraphs that a test reads:

- "Touches": every private name of Textual's, or "nothing private",
- "Since": the oldest Textual that was seen to have those names,
- "Without": what the program does when `CNN_TUI_WITHOUT` switches the patch off (`switches.py`).

`tests/ui/test_textual_patches.py` keeps a digest of the source of each of those names and fails
where Textual has changed one; `tests/ui/test_private_names.py` holds that no other folder uses any.
"""
