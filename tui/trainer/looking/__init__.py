"""The child process that looks into networks: `python -m tui.trainer.looking`.

It reads requests from its standard input and answers on its standard output, frame by frame (see
`tui.looking`), and ends when its input closes.
"""
