"""Wrong answers to the exercises, each with the slip that is recognised in it."""

from __future__ import annotations

from tests.workers.code_runner.answer_pieces import (
    COMPILED,
    DATASET,
    FIRST,
    FLOW,
    GOOD_CLASS,
    HOOK,
    LARGE_STAGES,
    SMALL_STAGES,
)

SLIPS: dict[str, list[tuple[str, str]]] = {
    "generator": [
        ("no-rescale", "generator = ImageDataGenerator()"),
        ("rescale-255", "generator = ImageDataGenerator(rescale=255)"),
        ("whole-division", "generator = ImageDataGenerator(rescale=1//255)"),
        ("other-range", "generator = ImageDataGenerator(rescale=1/128)"),
        ("unknown-argument", "generator = ImageDataGenerator(scale=1/255)"),
        ("no-name", "ImageDataGenerator(rescale=1/255)"),
        ("no-brackets", "generator = ImageDataGenerator"),
    ],
    "flow": [
        ("wrong-level", FLOW + '"pictures", target_size=(32, 32), batch_size=10, '
         'class_mode="binary")'),
        ("too-deep", FLOW + '"pictures/train/striped", (32, 32), batch_size=10, '
         'class_mode="binary")'),
        ("no-folder", FLOW + '"train", (32, 32), batch_size=10, class_mode="binary")'),
        ("other-part", FLOW + '"pictures/validation", (32, 32), batch_size=10, '
         'class_mode="binary")'),
        ("no-target-size", FLOW + '"pictures/train", batch_size=10, class_mode="binary")'),
        ("target-size", FLOW + '"pictures/train", (64, 64), batch_size=10, class_mode="binary")'),
        ("grayscale", FLOW + '"pictures/train", (32, 32), color_mode="grayscale", batch_size=10, '
         'class_mode="binary")'),
        ("batch-size", FLOW + '"pictures/train", (32, 32), class_mode="binary")'),
        ("class-mode", FLOW + '"pictures/train", (32, 32), batch_size=10)'),
        ("no-labels", FLOW + '"pictures/train", (32, 32), batch_size=10, class_mode=None)'),
        ("class-mode-unknown", FLOW + '"pictures/train", (32, 32), batch_size=10, '
         'class_mode="sigmoid")'),
        ("no-directory", FLOW + 'target_size=(32, 32), batch_size=10, class_mode="binary")'),
        ("no-name", 'generator.flow_from_directory("pictures/train", (32, 32), batch_size=10, '
         'class_mode="binary")'),
        ("unknown-argument", FLOW + '"pictures/train", size=(32, 32), batch_size=10)'),
    ],
    "dataset": [
        ("wrong-level", DATASET + '"pictures", image_size=(32, 32), batch_size=10, '
         'label_mode="binary")'),
        ("too-deep", DATASET + '"pictures/train/striped", image_size=(32, 32), batch_size=10, '
         'label_mode="binary")'),
        ("no-folder", DATASET + '"train", image_size=(32, 32), batch_size=10)'),
        ("other-part", DATASET + '"pictures/validation", image_size=(32, 32), batch_size=10, '
         'label_mode="binary")'),
        ("no-target-size", DATASET + '"pictures/train", batch_size=10, label_mode="binary")'),
        ("target-size", DATASET + '"pictures/train", image_size=(64, 64), batch_size=10)'),
        ("grayscale", DATASET + '"pictures/train", color_mode="grayscale", '
         'image_size=(32, 32), batch_size=10)'),
        ("batch-size", DATASET + '"pictures/train", image_size=(32, 32), label_mode="binary")'),
        ("batch-size", DATASET + '"pictures/train", image_size=(32, 32), batch_size=None)'),
        ("class-mode", DATASET + '"pictures/train", image_size=(32, 32), batch_size=10, '
         'label_mode="categorical")'),
        ("no-labels", DATASET + '"pictures/train", image_size=(32, 32), batch_size=10, '
         'label_mode=None)'),
        ("class-mode-unknown", DATASET + '"pictures/train", image_size=(32, 32), '
         'label_mode="sigmoid")'),
        ("older-name", DATASET + '"pictures/train", target_size=(32, 32), batch_size=10)'),
        ("unknown-argument", DATASET + '"pictures/train", size=(32, 32), batch_size=10)'),
        ("no-directory", DATASET + 'image_size=(32, 32), batch_size=10)'),
        ("part-of-the-folder", DATASET + '"pictures/train", image_size=(32, 32), batch_size=10, '
         'validation_split=0.2, subset="training", seed=1)'),
        ("part-of-the-folder", DATASET + '"pictures/train", image_size=(32, 32), batch_size=10, '
         'validation_split=0.2, subset="training")'),
        ("no-dataset", "from tensorflow.keras.preprocessing.image import ImageDataGenerator\n"
         'train = ImageDataGenerator().flow_from_directory("pictures/train", (32, 32))'),
        ("no-dataset", DATASET + '"pictures/train", image_size=(32, 32), batch_size=10)'
         ".map(lambda x, y: (x / 255, y))"),
        ("no-name", 'keras.utils.image_dataset_from_directory("pictures/train")'),
    ],
    "split": [
        ("shuffle-gives-none", "names = random.shuffle(names)\ncut = int(share * len(names))\n"
         "return names[:cut], names[cut:]"),
        ("cut-not-whole", "random.Random(seed).shuffle(names)\ncut = share * len(names)\n"
         "return names[:cut], names[cut:]"),
        ("no-seed", "names = sorted(names)\nrandom.shuffle(names)\n"
         "cut = round(share * len(names))\nreturn names[:cut], names[cut:]"),
        ("seed-ignored", "names = sorted(names)\nrandom.Random(42).shuffle(names)\n"
         "cut = round(share * len(names))\nreturn names[:cut], names[cut:]"),
        ("order-of-names", "random.Random(seed).shuffle(names)\n"
         "cut = round(share * len(names))\nreturn names[:cut], names[cut:]"),
        ("not-shuffled", "names = sorted(names)\ncut = round(share * len(names))\n"
         "return names[:cut], names[cut:]"),
        ("overlap", "names = sorted(names)\nrandom.Random(seed).shuffle(names)\n"
         "cut = round(share * len(names))\nreturn names[:cut], names[cut - 1:]"),
        ("overlap", "r = random.Random(seed)\nnames = sorted(names)\nn = round(share * "
         "len(names))\nreturn r.sample(names, n), r.sample(names, len(names) - n)"),
        ("lost", "names = sorted(names)\nrandom.Random(seed).shuffle(names)\n"
         "cut = round(share * len(names))\nreturn names[:cut], names[cut + 1:]"),
        ("parts-exchanged", "names = sorted(names)\nrandom.Random(seed).shuffle(names)\n"
         "cut = round(share * len(names))\nreturn names[cut:], names[:cut]"),
        ("wrong-share", "names = sorted(names)\nrandom.Random(seed).shuffle(names)\n"
         "cut = len(names) // 2\nreturn names[:cut], names[cut:]"),
        ("no-return", "names = sorted(names)\nrandom.Random(seed).shuffle(names)"),
    ],
    "compile": [
        ("loss-for-many-classes", 'model.compile("rmsprop", "categorical_crossentropy", '
         'metrics=["accuracy"])'),
        ("loss-for-many-classes", 'model.compile("rmsprop", "sparse_categorical_crossentropy", '
         'metrics=["accuracy"])'),
        ("from-logits", 'model.compile("rmsprop", keras.losses.BinaryCrossentropy('
         'from_logits=True), metrics=["accuracy"])'),
        ("other-loss", 'model.compile("rmsprop", "mse", metrics=["accuracy"])'),
        ("other-optimizer", 'model.compile("adam", "binary_crossentropy", metrics=["accuracy"])'),
        ("other-rate", 'model.compile(keras.optimizers.RMSprop(0.01), "binary_crossentropy", '
         'metrics=["accuracy"])'),
        ("lr", 'model.compile(keras.optimizers.RMSprop(lr=0.001), "binary_crossentropy", '
         'metrics=["accuracy"])'),
        ("metric-acc", 'model.compile("rmsprop", "binary_crossentropy", metrics=["acc"])'),
        ("no-metric", 'model.compile("rmsprop", "binary_crossentropy")'),
        ("metrics-no-list", 'model.compile("rmsprop", "binary_crossentropy", metrics="accuracy")'),
        ("unknown-name", 'model.compile("rmsprop", "binary_cross", metrics=["accuracy"])'),
        ("metrics-position", 'model.compile("rmsprop", "binary_crossentropy", ["accuracy"])'),
        ("not-compiled", "pass"),
        ("unknown-argument", 'model.compile("rmsprop", "binary_crossentropy", metric="accuracy")'),
    ],
    "fit": [
        ("no-history", "model.fit(train, epochs=3, validation_data=validation, verbose=0)"),
        ("history-dict", "history = model.fit(train, epochs=3, validation_data=validation, "
         "verbose=0).history"),
        ("no-validation", "history = model.fit(train, epochs=3, verbose=0)"),
        ("second-argument", "history = model.fit(train, validation, epochs=3, verbose=0)"),
        ("validation-split", "history = model.fit(train, epochs=3, validation_split=0.2)"),
        ("fit-generator", "history = model.fit_generator(train, epochs=3)"),
        ("epochs", "history = model.fit(train, validation_data=validation, verbose=0)"),
        ("parts-exchanged", "history = model.fit(validation, epochs=3, validation_data=train, "
         "verbose=0)"),
        ("validated-on-train", "history = model.fit(train, epochs=3, validation_data=train, "
         "verbose=0)"),
        ("steps", "history = model.fit(train, epochs=3, steps_per_epoch=3, "
         "validation_data=validation, verbose=0)"),
        ("unknown-argument", "history = model.fit(train, epoch=3, validation_data=validation)"),
    ],
    "callback": [
        ("self-stop-training", f'{HOOK}    if logs.get("accuracy") > 0.997:\n'
         "        self.stop_training = True"),
        ("logs-acc", f'{HOOK}    if logs.get("acc") > 0.997:\n'
         "        self.model.stop_training = True"),
        ("logs-acc", f'{HOOK}    if logs.get("acc", 0) > 0.997:\n'
         "        self.model.stop_training = True"),
        ("logs-acc", f'{HOOK}    if logs["acc"] > 0.997:\n'
         "        self.model.stop_training = True"),
        ("missing-key", f'{HOOK}    if logs.get("accuracy") > 0.997:\n'
         "        self.model.stop_training = True"),
        ("missing-key", f'{HOOK}    if logs["accuracy"] > 0.997:\n'
         "        self.model.stop_training = True"),
        ("misspelt-hook", "def on_epochs_end(self, epoch, logs=None):\n"
         '    if logs.get("accuracy", 0) > 0.997:\n        self.model.stop_training = True'),
        ("other-hook", "def on_epoch_begin(self, epoch, logs=None):\n"
         '    if logs.get("accuracy", 0) > 0.997:\n        self.model.stop_training = True'),
        ("in-a-batch", "def on_train_batch_end(self, batch, logs=None):\n"
         '    if logs.get("accuracy", 0) > 0.997:\n        self.model.stop_training = True'),
        ("no-hook", "pass"),
        ("method-arguments", "def on_epoch_end(self, logs):\n"
         '    if logs.get("accuracy", 0) > 0.997:\n        self.model.stop_training = True'),
        ("method-arguments", "def on_epoch_end(epoch, logs):\n    pass"),
        ("returned-not-set", f'{HOOK}    return logs.get("accuracy", 0) > 0.997'),
        ("called-not-set", f'{HOOK}    if logs.get("accuracy", 0) > 0.2:\n'
         "        self.model.stop_training()"),
        ("compared-not-set", f'{HOOK}    if logs.get("accuracy", 0) > 0.997:\n'
         "        self.model.stop_training == True"),
        ("stop-elsewhere", f'{HOOK}    if logs.get("accuracy", 0) > 0.997:\n'
         "        stop_training = True"),
        ("raised", f'{HOOK}    if logs.get("accuracy", 0) > 0.2:\n        raise StopIteration'),
        ("threshold", f'{HOOK}    if logs.get("accuracy", 0) > 0.97:\n'
         "        self.model.stop_training = True"),
        ("threshold", f'{HOOK}    if logs.get("accuracy", 0) > 0.99:\n'
         "        self.model.stop_training = True"),
        ("threshold", f'{HOOK}    if logs.get("accuracy", 0) > 0.998:\n'
         "        self.model.stop_training = True"),
        ("threshold", f'{HOOK}    if logs.get("accuracy", 0) > 0.9995:\n'
         "        self.model.stop_training = True"),
        ("at-the-limit", f'{HOOK}    if logs.get("accuracy", 0) >= 0.997:\n'
         "        self.model.stop_training = True"),
        ("per-cent", f'{HOOK}    if logs.get("accuracy", 0) > 99.7:\n'
         "        self.model.stop_training = True"),
        ("stops-when-bad", f'{HOOK}    if logs.get("accuracy", 0) < 0.997:\n'
         "        self.model.stop_training = True"),
        ("val-accuracy", f'{HOOK}    if logs.get("val_accuracy", 0) > 0.997:\n'
         "        self.model.stop_training = True"),
        ("stops-without-accuracy", f'{HOOK}    if logs.get("accuracy", 1) > 0.997:\n'
         "        self.model.stop_training = True"),
        ("never-stops", f'{HOOK}    if logs.get("accuracy", 0) > 0.997:\n        print("done")'),
    ],
    "early-stopping": [
        ("no-restore", 'stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3)'),
        ("patience", "stop = keras.callbacks.EarlyStopping(restore_best_weights=True)"),
        ("patience", "stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)"),
        ("other-monitor", 'stop = keras.callbacks.EarlyStopping(monitor="loss", patience=3, '
         "restore_best_weights=True)"),
        ("other-monitor", 'stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", '
         "patience=3, restore_best_weights=True)"),
        ("mode", 'stop = keras.callbacks.EarlyStopping(patience=3, mode="max", '
         "restore_best_weights=True)"),
        ("unknown-argument", "stop = keras.callbacks.EarlyStopping(wait=3)"),
        ("no-callback", "stop = keras.callbacks.EarlyStopping"),
        ("no-name", "keras.callbacks.EarlyStopping(patience=3)"),
    ],
    "curves": [
        ("no-quotes", "plt.plot(history.history[loss], label=loss)"),
        ("history-subscript", 'plt.plot(history["loss"], label="loss")'),
        ("curve-missing", 'plt.plot(history.history["loss"], label="loss")\nplt.legend()'),
        ("curve-missing", 'plt.plot(history.history["accuracy"], label="loss")\n'
         'plt.plot(history.history["val_accuracy"], label="val_loss")\nplt.legend()'),
        ("no-label", 'plt.plot(history.history["loss"])\nplt.plot(history.history["val_loss"])\n'
         "plt.legend()"),
        ("no-legend", 'plt.plot(history.history["loss"], label="loss")\n'
         'plt.plot(history.history["val_loss"], label="val_loss")'),
        ("labels-exchanged", 'plt.plot(history.history["loss"], label="val_loss")\n'
         'plt.plot(history.history["val_loss"], label="loss")\nplt.legend()'),
        ("axes-exchanged", 'plt.plot(history.history["loss"], history.epoch, label="loss")\n'
         'plt.plot(history.history["val_loss"], history.epoch, label="val_loss")\nplt.legend()'),
        ("lengths", 'plt.plot(range(4), history.history["loss"], label="loss")'),
        ("no-key", 'plt.plot(history.history["validation_loss"], label="val_loss")'),
        ("no-list", "plt.plot(history.history)"),
        ("nothing-drawn", "plt.legend()"),
    ],
    "augment": [
        ("augmented-validation", "train_generator = ImageDataGenerator(rescale=1/255, "
         "horizontal_flip=True, rotation_range=20)\nvalidation_generator = train_generator"),
        ("no-rescale", "train_generator = ImageDataGenerator(horizontal_flip=True, "
         "rotation_range=20)\nvalidation_generator = ImageDataGenerator(rescale=1/255)"),
        ("no-rescale", "train_generator = ImageDataGenerator(rescale=1/255, horizontal_flip=True, "
         "rotation_range=20)\nvalidation_generator = ImageDataGenerator()"),
        ("upside-down", "train_generator = ImageDataGenerator(rescale=1/255, vertical_flip=True, "
         "rotation_range=20)\nvalidation_generator = ImageDataGenerator(rescale=1/255)"),
        ("no-flip", "train_generator = ImageDataGenerator(rescale=1/255, rotation_range=20)\n"
         "validation_generator = ImageDataGenerator(rescale=1/255)"),
        ("no-rotation", "train_generator = ImageDataGenerator(rescale=1/255, "
         "horizontal_flip=True)\nvalidation_generator = ImageDataGenerator(rescale=1/255)"),
        ("rotation-share", "train_generator = ImageDataGenerator(rescale=1/255, "
         "horizontal_flip=True, rotation_range=0.2)\n"
         "validation_generator = ImageDataGenerator(rescale=1/255)"),
        ("other-rotation", "train_generator = ImageDataGenerator(rescale=1/255, "
         "horizontal_flip=True, rotation_range=90)\n"
         "validation_generator = ImageDataGenerator(rescale=1/255)"),
        ("no-name", "train_generator = ImageDataGenerator(rescale=1/255, horizontal_flip=True, "
         "rotation_range=20)"),
        ("unknown-argument", "train_generator = ImageDataGenerator(flip=True)"),
    ],
    "formula": [
        ("no-plus-one", "return (size - f + 2 * p) // s"),
        ("padding-once", "return (size - f + p) // s + 1"),
        ("no-padding", "return (size - f) // s + 1"),
        ("no-stride", "return size - f + 2 * p + 1"),
        ("no-filter", "return (size + 2 * p) // s + 1"),
        ("plus-one-inside", "return (size - f + 2 * p + 1) // s"),
        ("no-brackets-formula", "return size - f + 2 * p // s + 1"),
        ("rounded-up", "return math.ceil((size - f + 2 * p) / s) + 1"),
        ("rounded-nearest", "return round((size - f + 2 * p) / s) + 1"),
        ("not-whole", "return (size - f + 2 * p) / s + 1"),
        ("no-return", "width = (size - f + 2 * p) // s + 1"),
    ],
    "same-layer": [
        ("no-padding", "layer = keras.layers.Conv2D(16, 5)"),
        ("no-padding", 'layer = keras.layers.Conv2D(16, 5, padding="valid")'),
        ("padding-number", "layer = keras.layers.Conv2D(16, 5, padding=2)"),
        ("strides", 'layer = keras.layers.Conv2D(16, 5, strides=2, padding="same")'),
        ("kernel-size", 'layer = keras.layers.Conv2D(16, 3, padding="same")'),
        ("kernel-size", "layer = keras.layers.Conv2D(16, 1)"),
        ("filters", 'layer = keras.layers.Conv2D(5, 16, padding="same")'),
        ("no-kernel", 'layer = keras.layers.Conv2D(16, padding="same")'),
        ("no-name", 'keras.layers.Conv2D(16, 5, padding="same")'),
    ],
    "stages": [
        ("no-flatten", LARGE_STAGES.replace("    keras.layers.Flatten(),\n", "")),
        ("no-sigmoid", LARGE_STAGES.replace('1, activation="sigmoid"', "1")),
        ("no-sigmoid", LARGE_STAGES.replace('1, activation="sigmoid"', '1, activation="relu"')),
        ("softmax-of-one", LARGE_STAGES.replace("sigmoid", "softmax")),
        ("padding-same", LARGE_STAGES.replace('16, 3, act', '16, 3, padding="same", act')),
        ("filters", LARGE_STAGES.replace("Conv2D(32", "Conv2D(16")),
        ("kernel-size", LARGE_STAGES.replace("16, 3,", "16, 5,")),
        ("pool-size", LARGE_STAGES.replace("MaxPooling2D(2)", "MaxPooling2D(3)", 1)),
        ("stage-missing", LARGE_STAGES.replace("    keras.layers.MaxPooling2D(2),\n", "", 1)),
        ("no-relu", LARGE_STAGES.replace('32, 3, activation="relu"', "32, 3")),
        ("input-shape", LARGE_STAGES.replace("(64, 64, 3)", "(64, 64)")),
        ("input-shape", LARGE_STAGES.replace("(64, 64, 3)", "(32, 32, 3)")),
        ("no-input", LARGE_STAGES.replace("    keras.Input((64, 64, 3)),\n", "")),
        ("no-brackets-layer", LARGE_STAGES.replace("Flatten()", "Flatten")),
        ("dense-units", LARGE_STAGES.replace("512", "64")),
        ("units", LARGE_STAGES.replace('Dense(1, activation="sigmoid")',
         'Dense(2, activation="softmax")')),
        ("no-name", LARGE_STAGES.replace("model = ", "")),
    ],
    "maps-model": [
        ("layers-not-outputs", "maps_of = keras.Model(model.inputs, model.layers)"),
        ("layers-not-outputs", "maps_of = keras.Model(model.inputs, "
         "[layer for layer in model.layers])"),
        ("shifted", "maps_of = keras.Model(model.inputs, [l.output for l in model.layers[1:]])"),
        ("last-missing", "maps_of = keras.Model(model.inputs, "
         "[l.output for l in model.layers[:-1]])"),
        ("inputs-not-outputs", "maps_of = keras.Model(model.inputs, "
         "[l.input for l in model.layers])"),
        ("one-output", "maps_of = keras.Model(model.inputs, model.layers[0].output)"),
        ("input-not-inputs", "maps_of = keras.Model(model.input, "
         "[layer.output for layer in model.layers])"),
        ("layer-attribute", "maps_of = keras.Model(model.inputs, "
         "[l.outputs for l in model.layers])"),
        ("output-called", "maps_of = keras.Model(model.inputs, "
         "[l.output() for l in model.layers])"),
        ("no-model", "maps_of = lambda: 0\nmaps_of.predict = lambda *_, **__: []"),
        ("no-name", "keras.Model(model.inputs, [layer.output for layer in model.layers])"),
    ],
    "grey": [
        ("dead-map", "x -= x.mean()\nx /= x.std()\n"
         'return np.clip(64 * x + 128, 0, 255).astype("uint8")'),
        ("dead-map", "x = x - x.mean()\nif x.std() == 0:\n    return np.zeros(x.shape, 'uint8')\n"
         'return np.clip(64 * x / x.std() + 128, 0, 255).astype("uint8")'),
        ("no-clip", "x = x - x.mean()\nif x.std() > 0:\n    x = x / x.std()\n"
         'return (64 * x + 128).astype("int64").astype("uint8")'),
        ("no-clip", "x = x - x.mean()\nif x.std() > 0:\n    x = x / x.std()\nreturn 64 * x + 128"),
        ("no-uint8", "x = x - x.mean()\nif x.std() > 0:\n    x = x / x.std()\n"
         "return np.clip(64 * x + 128, 0, 255)"),
        ("no-mean", "if x.std() > 0:\n    x = x / x.std()\n"
         'return np.clip(64 * x + 128, 0, 255).astype("uint8")'),
        ("no-std", 'return np.clip(64 * (x - x.mean()) + 128, 0, 255).astype("uint8")'),
        ("order", "x = x - x.mean()\nif x.std() > 0:\n    x = x / x.std()\n"
         'return np.clip(64 * (x + 128), 0, 255).astype("uint8")'),
        ("clip-to-one", "x = x - x.mean()\nif x.std() > 0:\n    x = x / x.std()\n"
         'return np.clip(64 * x + 128, 0, 1).astype("uint8")'),
        ("no-return", "x = x - x.mean()"),
        ("no-brackets-call", "return x - x.mean"),
        ("numpy-names", "return x.average()"),
    ],
    "grid": [
        ("by-column", "row, column = n % rows, n // rows\n"
         "picture[row * height:(row + 1) * height, column * width:(column + 1) * width] = "
         "maps[:, :, n]"),
        ("first-axis", "row, column = divmod(n, columns)\n"
         "picture[row * height:(row + 1) * height, column * width:(column + 1) * width] = maps[n]"),
        ("sizes-exchanged", "row, column = divmod(n, columns)\n"
         "picture[row * width:(row + 1) * width, column * height:(column + 1) * height] = "
         "maps[:, :, n]"),
        ("one-place", "picture[:height, :width] = maps[:, :, n]"),
        ("nothing-placed", "row, column = divmod(n, columns)"),
    ],
    "own-picture": [
        ("no-rescale", "x = np.expand_dims(keras.utils.img_to_array(image), axis=0)"),
        ("no-batch-axis", "x = keras.utils.img_to_array(image) / 255"),
        ("axis-at-the-end", "x = (keras.utils.img_to_array(image) / 255)[..., None]"),
        ("rescaled-twice", "x = keras.utils.img_to_array(image)[None] / 255 / 255"),
        ("whole-division", "x = keras.utils.img_to_array(image)[None] // 255"),
        ("other-range", "x = keras.utils.img_to_array(image)[None] / 127.5 - 1"),
        ("no-array", "x = image / 255"),
        ("no-array", "x = image"),
        ("no-name", "keras.utils.img_to_array(image)[None] / 255"),
    ],
    "class-name": [
        ("above-zero", "names = list(class_indices)\nreturn names[1] if p > 0 else names[0]"),
        ("exchanged", "names = list(class_indices)\nreturn names[0] if p > 0.5 else names[1]"),
        ("number-not-name", "return int(p > 0.5)"),
        ("names-written-out", 'return "dogs" if p > 0.5 else "cats"'),
        ("key-is-a-name", "return class_indices[int(p > 0.5)]"),
        ("keys-no-list", "return class_indices.keys()[int(p > 0.5)]"),
        ("always-first", "return list(class_indices)[np.argmax([p])] if False else "
         "list(class_indices)[0]"),
        ("threshold", "names = list(class_indices)\nreturn names[1] if p > 0.7 else names[0]"),
        ("no-return", "print(p > 0.5)"),
    ],
    "wrong-label": [
        ("place-not-name", "return np.argmax(np.abs(labels - p))"),
        ("best-not-worst", "return names[np.argmin(np.abs(labels - p))]"),
        ("labels-unused", "return names[np.argmax(p)]"),
        ("one-direction", "return names[np.argmax(p - labels)]"),
        ("one-direction", "return names[np.argmax(labels - p)]"),
        ("unsure-not-wrong", "return names[np.argmin(np.abs(p - 0.5))]"),
        ("first-not-worst", "return names[np.argmax((p > 0.5) != labels)]"),
        ("no-return", "worst = names[np.argmax(np.abs(labels - p))]"),
    ],
    "notebook-pictures": [
        ("wrong-level", FIRST.replace('folder / "train"', "folder")
         + 'validation = generator.flow_from_directory(folder / "validation", **options)'),
        ("no-name", FIRST),
        ("other-part", FIRST + 'validation = generator.flow_from_directory(folder / "train", '
         "**options)"),
        ("class-mode", FIRST.replace(', "class_mode": "binary"', "")
         + 'validation = generator.flow_from_directory(folder / "validation", **options)'),
    ],
    "notebook-network": [
        ("not-compiled", SMALL_STAGES),
        ("loss-for-many-classes", SMALL_STAGES
         + COMPILED.replace("binary_", "categorical_")),
        ("no-flatten", SMALL_STAGES.replace("    keras.layers.Flatten(),\n", "") + COMPILED),
        ("no-metric", SMALL_STAGES + '\nmodel.compile("rmsprop", "binary_crossentropy")'),
    ],
    "notebook-training": [
        ("callback-not-used", f"{GOOD_CLASS}\nhistory = model.fit(train, epochs=EPOCHS, "
         "validation_data=validation, verbose=0)"),
        ("self-stop-training", GOOD_CLASS.replace("self.model.stop", "self.stop")
         + "\nhistory = model.fit(train, epochs=EPOCHS, validation_data=validation, "
         "callbacks=[StopWhenGood()], verbose=0)"),
    ],
    "notebook-curves": [
        ("curve-missing", 'plt.plot(history.history["loss"], label="loss")\nplt.legend()'),
    ],
    "notebook-own-picture": [
        ("no-rescale", "image = keras.utils.load_img(own, target_size=(SIDE, SIDE))\n"
         "x = keras.utils.img_to_array(image)[None]"),
    ],
    "notebook-maps": [
        ("shifted", "maps_of = keras.Model(model.inputs, [l.output for l in model.layers[1:]])"),
    ],
}  # fmt: skip
"""Wrong answers, each with the slip that is recognised in it."""
