"""A made lesson in a folder, and the command line to go through it."""

from __future__ import annotations

from click.testing import CliRunner, Result

from tui.cli.command import cli

LESSON = """+++
id = "made"
title = "Made"
summary = "Made for a test."
minutes = 3
+++
# First

Some **bold** words and `code`, with a [link](https://keras.io).

```
drawn  by
hand
```

```predict
id = "p"
input = "5x5x1"
layer = "conv:k=1,f=3,p=1"
asks = "W2"
prompt = "How wide?"
hints = ["One.", "Two."]
```

---

# Second

```choice
id = "c"
prompt = "Which?"
options = ["this", "that"]
answer = 2
why = ["not this.", "just that."]
```

---

# Third

```solve
id = "s"
prompt = "Which S?"
input = "9x9x1"
layer = "conv:k=1,f=3"
goal = "4x4"
free = ["S"]
```

---

# Fourth

```chain
id = "w"
prompt = "How wide?"
network = "9x9x1 conv:k=1,f=2 maxpool:f=2"
asks = "W2"
```

---

# Fifth

```calculator
input = "9x9x1"
layer = "conv:k=1,f=3"
```

```code
print("hello")
```

---

# Sixth

```train
id = "t"
prompt = "Watch."
shares = [0.1, 1.0]
```

---

# Seventh

```look
prompt = "Look."
picture = "temple"
filters = ["blur"]
then = "maxpool:f=2"
```
"""


def run(*arguments: str, answers: str | bytes = "") -> Result:
    """Run a command; a traceback is never an answer, nor is an escape sequence."""
    result = CliRunner().invoke(cli, list(arguments), input=answers)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "\x1b" not in result.output
    return result
