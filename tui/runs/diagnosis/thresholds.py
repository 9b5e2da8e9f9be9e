"""The thresholds of the rules, each with its reason."""

from __future__ import annotations

MIN_EPOCHS = 4
"""With fewer whole epochs a turn cannot be distinguished from one bad epoch."""

SLOW_EPOCHS = 6
"""Epochs needed for underfitting and noise: some networks do not improve for five epochs and then
learn, and noise is estimated from at least four second differences."""

NOISE_TIMES = 3.0
"""A change counts if it is so many times the noise. The lowest of many noisy values is about two
standard deviations low by chance alone, so with two, flat curves would count as rising."""

OVERFITTING_EPOCHS = 3
"""Epochs that validation loss must lie above its lowest value: one or two may be chance."""
OVERFITTING_RISE = 0.10
"""Validation loss must have risen by this share of its lowest value."""
OVERFITTING_MIN_RISE = 0.05
"""And by this share of the loss of guessing (the logarithm of the number of classes): from 0.001 to
0.002 is a doubling that does not matter."""
GAP = 0.10
"""Training accuracy so far above validation accuracy is overfitting once validation is flat."""
GAP_GROWTH = 0.05
"""Training accuracy must have risen by so much after validation became flat."""

UNDERFITTING_SKILL = 0.5
"""Below half the way from guessing to perfect on its own training images a network underfits: 0.75
with two classes, 0.55 with ten."""
NOTHING_SKILL = 0.1
"""Below a tenth of that way it has learnt nothing that guessing does not give."""
RISING_ACCURACY = 0.01
"""An accuracy at guessing that rose by so much may be starting to learn."""
UNDERFITTING_LOSS = 0.7
"""Without accuracy: training loss above this share of the loss of guessing."""
FALLING = 0.02
"""A loss is still falling if it fell by this share over the last quarter of the epochs, at least
three."""

DIVERGED_TIMES = 1.5
"""A training loss of so many times its lowest value, and ..."""
DIVERGED_RISE = 0.5
"""... above it by this share of the loss of guessing, has diverged."""
FAR_ABOVE_GUESSING = 3.0
"""A loss that stays above so many times the loss of guessing has diverged from the start."""

RAISED_RATE = 1.5
"""A learning rate raised by this factor before a training diverged is its cause."""

NOISE_SHARE = 0.10
"""Noise below a tenth of the loss itself is not mentioned."""
PLATEAU_EPOCHS = 5
"""So many epochs without improvement are a plateau."""
PLATEAU_MARGIN = 0.01
"""Improvements below this share of the loss do not count."""
PLATEAU_MIN_MARGIN = 0.005
"""Nor do improvements below this share of the loss of guessing."""
NEARLY_PERFECT = 0.99
"""A plateau from this accuracy on means that there is little left to learn."""
