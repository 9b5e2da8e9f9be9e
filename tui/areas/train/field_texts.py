"""What the fields of a training mean: a line for each, and the help of the screen."""

from __future__ import annotations

HINTS = {
    "model": "The network to train, listed at the right. each: a run with each of course, small "
    "and batchnorm. m: of a file. p: a pretrained one.",
    "epochs": "The largest number of passes over the training images.",
    "rate": "The optimizer's step size. ↑ ↓ choose a usual value, or type one, or 0.01, 0.001.",
    "schedule": "How the rate changes: cosine, step:every=5, plateau:patience=3, or warmup=2 "
    "cosine. Several: ; between.",
    "optimizer": "rmsprop is the course's; adam often learns faster; sgd needs rates like 0.01; "
    "all: each.",
    "rule": "Stops after the first epoch that meets it: accuracy > 0.997, val_loss < 0.1, or "
    "never.",
    "patience": "Stops when val_loss has not improved for so many epochs; 0: off.",
    "share": "The share of each class's training images; validation keeps all.",
    "seed": "Sets weights, dropout and the order of images. 1, 2, 3: three runs.",
    "loader": "cached decodes each file once, keras in every epoch. Both give the same batches.",
    "gpus": "Each batch is divided among them. Small networks get slower.",
    "test": "A folder of images, judged once, at the end, with the best weights. Empty: none.",
    "title": "The run's name in the list; if empty, the name in grey.",
    "note": "A line for yourself: what you want to find out. The list of runs shows it.",
}
"""What each field means, shown for the focused one."""

TRAIN_HELP = """
# Train

Choose the network and how long to train; **ctrl+s** (or F5) starts. The training runs in its own
process and continues when you quit the app or lose the connection. **ctrl+n** (or F6) adds it to
the queue instead: it starts by itself once no other run is being trained or, on a machine with
GPUs, once one is free, even without the app. 5 Runs shows the queue.

**Several values** in a field, separated by commas, make one run of each combination: the learning
rates `0.01, 0.001` and the seeds `1, 2, 3` are six runs. **all** optimizers and **each** network
do the same. Such runs are queued as a group; under 5 Runs **c** on one of them compares the group.

- **network**: **course** is the course's network: three convolutions with 16, 32 and 64 filters,
  each with a max pooling, then Dense 512. **small** is for small pictures.
  **batchnorm** has BatchNormalization after each convolution, and Dropout before each Dense; its
  validation lags behind until it has seen some hundred batches.
  **m** trains the network of a **file** (.keras or .h5), from its weights or from new ones; the
  images are then loaded as it needs them (**a** does so again), and the optimizer **file's** is
  that which it was compiled with. **calculator** is the network that you edit there; **a** gives
  it the input and the outputs that the images need. **pretrained** is a network that was trained on
  ImageNet, with a small head that learns your classes: **p** chooses which, its weights, and
  whether it is fine-tuned. **as before** is the network of the run whose settings you took over. A
  network that cannot learn these classes does not start: **a** corrects its end.
- **learning rate**: **↑ ↓** choose a usual value, or type one. **optimizer**: `rmsprop` is the
  course's, `adam` and `sgd` are common alternatives.
- **schedule**: how the learning rate changes while it trains. `cosine` lets it fall slowly at first
  and at the end; `step:every=5,factor=0.5` halves it after every 5 epochs;
  `plateau:patience=3,factor=0.5` halves it when `val_loss` has not improved for 3 epochs. Before
  each of them a `warmup=2` lets it rise from 0 in 2 epochs. The curve is drawn below the fields.
- **stop rule**: the training stops after the first epoch that meets it. `accuracy > 0.997` is the
  course's; `val_loss < 0.1` or `never` are others.
- **patience** is a second rule: the training stops when `val_loss` has not improved for so many
  epochs; 0 turns it off.
- **share** trains on only that part of each class's images, to see the effect of fewer images.
- **class weights**: with `balanced` a class with fewer training images counts more in the loss, so
  that rare classes are learned too; `cats=2, dogs=1` weights them by name. `val_loss` and the
  accuracies count every image the same. Where the check under 3 Data finds uneven classes, **r**
  there sets `balanced`.
- **test images**: a folder with a folder for each class, whose images are used for nothing else.
  They are predicted once, at the end, with the best weights; the run keeps the result and the
  precision, recall and F1 of each class.
- **seed** determines the weights, the dropout and the order of the images.
- **≠** marks what is not the default, here and in the loader's settings of 3 Data; **ctrl+r** sets
  all of it back. Images that are left out stay so.
- **loader**: `cached` decodes each image once and keeps it; `keras` reads the files in every epoch.
  Both give the same batches, and `cached` is faster. The **batch size** is set under 3 Data.
- **GPUs** is there where a training can use several. They share each batch evenly, so it has to be
  divisible by their number. The results are those of one GPU to rounding, except with Dropout. A
  small network trains more slowly than on one: the run says how fast it is against one.
- **name** and **note** distinguish your runs; both can be changed later under 5 Runs.

**w** writes all settings to a **TOML file**, and **f** opens one, which fills the form and chooses
the images that it names. In the shell, `cnn-tui train --settings FILE` takes the same file.

Every image is decoded once before the first epoch; those that cannot be read are listed and left
out. Under 5 Runs, **a** fills this form with the settings of an earlier run.
"""
