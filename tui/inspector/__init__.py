"""The inspector, a process that looks into networks: `python -m tui.inspector`.

It reads requests from its standard input and answers on its standard output, frame by frame (see
`tui.inspection`), and ends when its input closes.
"""
