"""Looking inside a trained network: what the app asks of the child process, and its answers.

The child (`python -m tui.trainer.looking`) runs Keras; this package knows nothing of it and of
Textual.
"""
