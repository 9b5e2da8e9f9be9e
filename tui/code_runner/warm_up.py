"""What Keras does slowly the first time, done before the learner's program needs it."""

from __future__ import annotations


def warm_up() -> None:
    """Build, train and ask a tiny network once."""
    import keras
    import numpy as np
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    ImageDataGenerator(rescale=1 / 255)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(2, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    images, labels = np.zeros((4, 8, 8, 1), "float32"), np.array([0, 1, 0, 1])
    model.fit(images, labels, validation_data=(images, labels), verbose=0)
    model.predict(images, verbose=0)
    keras.backend.clear_session()
