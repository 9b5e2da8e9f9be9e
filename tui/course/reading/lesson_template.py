"""A lesson to start from: every kind of block once, with its keys explained."""

from __future__ import annotations

import re

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""The form of a file name after its number."""

_TEXT = """\
+++
# The front matter is TOML; a line that begins with # is a comment.
id = "@slug@"                  # progress is kept under it: never change it
title = "@title@"
summary = "What a learner can do afterwards, in one sentence."
remember = "What to keep in mind, in one sentence; shown at the end."   # optional
minutes = 10
skills = ["output-width"]
+++

# Ask before you tell

A page is a heading and its content, at most 15 rows of 74 columns.
Text is **Markdown**. A page has at most one question.

```predict
# A number to predict. The answer is not written here: it is calculated.
id = "first-width"             # each id is used once in a lesson
input = "7x7x1"                # width x height x depth
layer = "conv:k=1,f=3"         # K filters, F, S, P (a number, same or valid), d dilation
asks = "W2"                    # or H2, D2, parameters, macs
prompt = "Input 7×7, a filter of 3×3: how wide is the output?"
hints = [                      # up to four, each says more than the one before
  "Where can the filter begin?",
  "The last place where it fits begins at column 5.",
]
explain = "Shown once the answer is right; optional."
weights = true                 # false: the window plays without weights
```

---

# An idea to choose

```choice
id = "what-a-filter-reads"
prompt = "How deep is a filter?"
options = ["one channel deep", "as deep as its input"]
answer = 2                     # counted from 1
why = [                        # one sentence for each option
  "then it could not compare red with green.",
  "it multiplies every channel, and adds up all the products.",
]
hints = ["Think of a colour picture."]
skill = "depth"                # optional: the answer counts for its drills too
```

---

# Charts to choose from

```choice
id = "which-overfits"
prompt = "Which of the two trainings overfits?"
charts = [                     # one for each option: a metric, or with its val_ one
  {loss = [0.7, 0.5, 0.4, 0.3], val_loss = [0.7, 0.6, 0.5, 0.5]},
  {loss = [0.7, 0.4, 0.2, 0.1], val_loss = [0.7, 0.6, 0.8, 1.0]},
]                              # without options they are chart a, chart b …
answer = 2
why = ["both curves still fall.", "loss falls, and val_loss rises from the third epoch on."]
```

---

# Settings to find

```solve
id = "halve-it"
prompt = "Which S and P turn 16×16 into 8×8 with F = 2?"
input = "16x16x3"
layer = "conv:k=8,f=2"         # what is given
goal = "8x8"                   # the output, or with its depth: 8x8x8
free = ["S", "P"]              # what has to be found, of K, F, S, P
strict = true                  # S has to divide exactly; false: rounded down, as in Keras
hints = ["8 places are 7 steps.", "16 − 2 + 2P = 7·S."]
```

---

# Layer by layer

```chain
id = "a-small-stack"
prompt = "How wide is each layer's output?"
network = "28x28x1 conv:k=8,f=3 maxpool:f=2 conv:k=16,f=3"
asks = "W2"                    # or H2, D2, parameters, macs, receptive-field
rows = [1, 2, 3]               # the layers asked about; by default all
hints = ["A filter of 3 takes 2 columns away.", "Pooling by 2 halves."]
```

---

# Something to play with

```calculator
input = "9x9x1"
layer = "conv:k=1,f=3,s=2"
fixed = ["D1", "K", "dilation"]   # fields that cannot be edited
```

---

# Something to look at

```look
prompt = "Which of the two filters finds the trunks?"
picture = "temple"             # or flower, digit
filters = ["vertical-edges", "horizontal-edges"]
then = "activation:a=relu maxpool:f=2"
```

---

# Something to expect

```expect
id = "what-i-expect"           # kept, never marked wrong
prompt = "Which accuracy will be higher at the end?"
options = ["accuracy", "val_accuracy"]
training = "first-training"    # the training that it is compared with, on a later page
```

---

# Something to train

```train
id = "first-training"
prompt = "Watch where the two curves part."
data = "digits"                # or own: the folder that the learner opened last
epochs = 5
stop = "accuracy > 0.997"      # or never
shares = [1.0]                 # [0.1, 1.0] trains on a tenth, then on all images
explain = "Shown when the training is over."
```

---

# A program to complete

Program, hints and check belong to an exercise of the program; a lesson only names it.

```write generator
title = "A first generator"    # it may be left out
```

---

# Code to read

It can be read and copied, and is never run. Links lead to
[other pages](#layer-by-layer), to other lessons (`lesson:ID`, or the name of their
file) and to https addresses.

```code
from keras import layers

layers.Conv2D(filters=16, kernel_size=3)
```
"""


def lesson_template(slug: str) -> str:
    """Return a lesson to start from; it passes the check as it is.

    Args:
        slug: its id, such as "zero-padding".

    >>> lesson_template("zero-padding").splitlines()[3]
    'title = "Zero padding"'
    """
    title = slug.replace("-", " ")
    return _TEXT.replace("@slug@", slug).replace("@title@", title[0].upper() + title[1:])
