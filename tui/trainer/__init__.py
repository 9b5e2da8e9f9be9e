"""The trainer: a process of its own, the only place that imports Keras and TensorFlow.

Started as `python -m tui.trainer RUN` on a run folder, or with `--standby` ahead of time; see
`tui.runs.process.launch`.
"""
