"""The trainer: a process of its own that trains one run with Keras.

Started as `python -m tui.trainer RUN` on a run folder, or with `--standby` ahead of time; see
`tui.runs.process.launch`.
"""
