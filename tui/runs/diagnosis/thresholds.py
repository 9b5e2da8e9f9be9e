"""From where on the rules say something: each threshold with its reason."""

from __future__ import annotations

MIN_EPOCHS = 4
"""With fewer whole epochs a turn cannot be told from one bad epoch."""

SLOW_EPOCHS = 6
"""Underfitting and noise need so many: some networks stand still for five epochs and then learn,
and noise is estimated from the bends of the curve, four of them at least."""

NOISE_TIMES = 3.0
"""A change counts when it is so many times the noise. The least of many noisy values lies about
two standard deviations low by chance alone, so that two would call flat curves rising."""

OVERFITTING_EPOCHS = 3
"""Validation loss must lie above its least for so many epochs: one or two may be chance."""
OVERFITTING_RISE = 0.10
"""Validation loss must have risen by this share of its least."""
OVERFITTING_LEAST_RISE = 0.05
"""And by this share of what guessing costs (the logarithm of the number of classes): from 0.001
to 0.002 is a doubling that nobody needs to hear of."""
GAP = 0.10
"""Training accuracy so far above validation accuracy is memory, once validation stands still."""
GAP_GROWTH = 0.05
"""Training accuracy must have gone on by so much after validation came to a stand."""

UNDERFITTING_SKILL = 0.5
"""Below half the way from guessing to perfect on its own training images, a network underfits:
0.75 with two classes, 0.55 with ten."""
NOTHING_SKILL = 0.1
"""Below a tenth of that way it has learnt nothing that guessing does not give."""
RISING_ACCURACY = 0.01
"""Accuracy that rose by so much while it lay at guessing may be on its way."""
UNDERFITTING_LOSS = 0.7
"""Where no accuracy was measured: training loss above this share of what guessing costs."""
FALLING = 0.02
"""A loss still falls when it lost this share over the last quarter of the epochs, three at
least."""

DIVERGED_TIMES = 1.5
"""Training loss at so many times its least, and ..."""
DIVERGED_RISE = 0.5
"""... above it by this share of what guessing costs, has left its course for good."""
FAR_ABOVE_GUESSING = 3.0
"""A loss that stays above so many times what guessing costs never found a course."""

RAISED_RATE = 1.5
"""A learning rate that was raised by so much before a training diverged is to blame for it."""

NOISE_SHARE = 0.10
"""Noise below a tenth of the loss itself is not worth a word."""
PLATEAU_EPOCHS = 5
"""So many epochs without improvement are a plateau."""
PLATEAU_MARGIN = 0.01
"""Improvements below this share of the loss are none."""
PLATEAU_LEAST_MARGIN = 0.005
"""Nor are improvements below this share of what guessing costs."""
NEARLY_PERFECT = 0.99
"""From this accuracy on a plateau is an arrival."""
