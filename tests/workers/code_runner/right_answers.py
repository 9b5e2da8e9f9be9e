"""Right answers to the exercises, beside the solution of each."""

from __future__ import annotations

from tests.workers.code_runner.answer_pieces import (
    GOOD_CLASS,
    HOOK,
    SMALL_STAGES,
)

RIGHT: dict[str, list[str]] = {
    "generator": [
        "generator = ImageDataGenerator(rescale=1. / 255.)",
        "generator = ImageDataGenerator(preprocessing_function=lambda image: image / 255)",
    ],
    "flow": [
        'train = generator.flow_from_directory(directory="pictures/train", '
        'class_mode="binary", batch_size=10, target_size=(32, 32), shuffle=False)',
        'import os\nwhere = os.path.join("pictures", "train")\n'
        'train = generator.flow_from_directory(where, (32, 32), class_mode="sparse", '
        "batch_size=10)",
    ],
    "dataset": [
        'train = keras.utils.image_dataset_from_directory(directory="pictures/train", '
        'label_mode="binary", batch_size=10, image_size=(32, 32), shuffle=False)',
        "from keras.utils import image_dataset_from_directory\n"
        'train = image_dataset_from_directory("pictures/train", batch_size=10, image_size=32)',
    ],
    "split": [
        "random.seed(seed)\nmixed = random.sample(sorted(names), len(names))\n"
        "cut = int(len(mixed) * share)\nreturn mixed[:cut], mixed[cut:]",
        "    chance = random.Random(seed)\n    order = sorted(sorted(names), key=lambda _: "
        "chance.random())\n    n = round(len(names) * share)\n    return [order[:n], order[n:]]",
    ],
    "compile": [
        'model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])',
        "model.compile(optimizer=keras.optimizers.RMSprop(0.001), "
        "loss=keras.losses.BinaryCrossentropy(), "
        'metrics=[keras.metrics.BinaryAccuracy(name="accuracy")])',
    ],
    "fit": [
        "history = model.fit(\n    x=train,\n    validation_data=validation,\n    epochs=3,\n"
        "    verbose=0,\n)",
        'options = {"epochs": 3, "verbose": 2}\n'
        "history = model.fit(train, validation_data=validation, **options)",
    ],
    "callback": [
        f'{HOOK}    if logs.get("accuracy", 0) > 0.997:\n        self.model.stop_training = True',
        f'{HOOK}    if "accuracy" in logs and logs["accuracy"] > 0.997:\n'
        "        print(epoch)\n        self.model.stop_training = True",
        f'{HOOK}    self.model.stop_training = (logs.get("accuracy") or 0) > 0.997',
        f'    {HOOK}        good = logs and logs.get("accuracy")\n'
        "        if good and good > 0.997:\n            setattr(self.model, "
        '"stop_training", True)',
    ],
    "early-stopping": [
        "stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)",
        "from keras.callbacks import EarlyStopping\n"
        'stop = EarlyStopping("val_loss", 0, 3, 0, "min", None, True)',
    ],
    "curves": [
        'for name in ("loss", "val_loss"):\n'
        "    plt.plot(range(1, 6), history.history[name], label=name)\nplt.legend()",
        'values = history.history\nplt.plot(history.epoch, values["loss"], "b", history.epoch, '
        'values["val_loss"], "r")\nplt.legend(["loss", "val_loss"])',
        'figure, axes = plt.subplots()\naxes.plot(history.history["val_loss"], label="val_loss")\n'
        'axes.plot(history.history["loss"], label="loss")\naxes.set_title("Losses")\n'
        "axes.legend()",
    ],
    "augment": [
        "rescale = 1 / 255\nvalidation_generator = ImageDataGenerator(rescale=rescale)\n"
        "train_generator = ImageDataGenerator(\n    rescale=rescale, rotation_range=20,\n"
        "    horizontal_flip=True,\n)",
    ],
    "formula": [
        "return math.floor((size - f + 2 * p) / s) + 1",
        "return len(range(0, size + 2 * p - f + 1, s))",
        "padded = size + p + p\nplaces = 0\nwhile places * s + f <= padded:\n    places += 1\n"
        "return places",
    ],
    "same-layer": [
        "layer = keras.layers.Conv2D(filters=16, kernel_size=(5, 5), strides=1, padding='same')",
        "layer = keras.Sequential([keras.layers.ZeroPadding2D(2), keras.layers.Conv2D(16, 5)])",
    ],
    "stages": [
        """\
model = keras.Sequential()
model.add(keras.Input(shape=(64, 64, 3)))
for filters in (16, 32, 64):
    model.add(keras.layers.Conv2D(filters, (3, 3), activation="relu"))
    model.add(keras.layers.MaxPooling2D((2, 2)))
model.add(keras.layers.Flatten())
model.add(keras.layers.Dense(512, activation="relu"))
model.add(keras.layers.Dense(1, activation="sigmoid"))""",
        """\
inputs = x = keras.Input((64, 64, 3))
for filters in (16, 32, 64):
    x = keras.layers.Conv2D(filters, 3)(x)
    x = keras.layers.ReLU()(x)
    x = keras.layers.MaxPooling2D()(x)
x = keras.layers.Dense(512, "relu")(keras.layers.Flatten()(x))
model = keras.Model(inputs, keras.layers.Dense(1, "sigmoid")(x))""",
    ],
    "maps-model": [
        "outputs = []\nfor layer in model.layers:\n    outputs.append(layer.output)\n"
        "maps_of = keras.models.Model(inputs=model.inputs[0], outputs=outputs)",
    ],
    "grey": [
        "std = x.std()\nx = (x - np.mean(x)) / (std if std else 1)\n"
        "return np.uint8(np.clip(np.round(x * 64 + 128), 0, 255))",
        "x -= x.mean()\nx /= x.std() + 1e-5\nx *= 64\nx += 128\n"
        'return np.clip(x, 0, 255).astype("uint8")',
        "if np.ptp(x) == 0:\n    return np.full(x.shape, 128, np.uint8)\n"
        "return (64 * (x - x.mean()) / x.std() + 128).clip(0, 255).astype(np.uint8)",
    ],
    "grid": [
        "i = n // columns\nj = n % columns\n"
        "picture[i*height:i*height+height, j*width:j*width+width] = maps[..., n]",
        "for y in range(height):\n    for x in range(width):\n        picture[n // columns * "
        "height + y, n % columns * width + x] = maps[y, x, n]",
    ],
    "own-picture": [
        'x = np.asarray(image, "float32")[None] / 255',
        "x = keras.utils.img_to_array(image)\nx = x.reshape((1,) + x.shape)\nx = x * (1/255)",
    ],
    "class-name": [
        "return list(class_indices)[int(round(float(p)))]",
        "for name, number in class_indices.items():\n    if number == int(p > 0.5):\n"
        "        return name",
    ],
    "wrong-label": [
        "return names[int(np.argmin(np.where(labels == 1, p, 1 - p)))]",
        "worst = max(range(len(names)), key=lambda n: abs(p[n] - labels[n]))\nreturn names[worst]",
    ],
    "notebook-pictures": [
        "train, validation = (\n    generator.flow_from_directory(\n        folder / part, "
        '(SIDE, SIDE), class_mode="binary", batch_size=BATCH\n    )\n'
        '    for part in ("train", "validation")\n)',
    ],
    "notebook-network": [
        SMALL_STAGES + '\nmodel.compile(\n    optimizer="adam", loss="binary_crossentropy", '
        'metrics=["accuracy"]\n)',
    ],
    "notebook-training": [
        f"{GOOD_CLASS}\nstop = StopWhenGood()\nhistory = model.fit(train, epochs=EPOCHS, "
        "callbacks=[stop],\n    validation_data=validation, verbose=0)",
    ],
    "notebook-curves": [
        'for name in ("accuracy", "val_accuracy"):\n'
        "    plt.plot(history.history[name], label=name)\nplt.legend()",
    ],
    "notebook-own-picture": [
        "x = keras.utils.img_to_array(Image.open(own).convert('RGB').resize((SIDE, SIDE), 0))\n"
        "x = x[None] / 255",
    ],
    "notebook-maps": [
        "outputs = [one.output for one in model.layers]\n"
        "maps_of = keras.Model(inputs=model.inputs, outputs=outputs)",
    ],
}
"""Right answers beside each exercise's own solution."""
