# make run    set everything up and open the app
# make test   set everything up and run all tests
# make test-fast  the tests of what is without a screen and without Keras: under a minute
# make check  the tests, and ruff, mypy --strict and import-linter
# make lowest the fast tests, with the lowest versions that pyproject.toml allows
# make PYTHON=python3.12 takes that one; otherwise the newest that TensorFlow has wheels for.
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin

# Where it is set, each of the hundreds of processes that the tests start would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-fast check lint format lowest clean

run: $(VENV)/.installed
	@$(BIN)/cnn-tui

# The app's tests wait more than they compute: many at a time. Those of the trainer load Keras on one
# core, each for itself: two at a time, those of one file together. On a fresh checkout they are
# compiled first, once and not by each process.
APP_TESTS := tests/app tests/areas tests/ui tests/unit tui

test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest --collect-only -qq $(APP_TESTS) >/dev/null || true
	@$(BIN)/python -m pytest --numprocesses 8 --dist worksteal $(APP_TESTS)
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests/workers tests/packaging

# Between two edits: without a screen and without Keras, with fewer generated cases, and without the
# files that write thousands of images or start processes which wait for each other.
SLOW_UNITS := datasets/test_many_images.py datasets/test_doctor_examine.py datasets/test_samples.py \
  runs/test_queue.py runs/test_queue_gpus.py runs/test_queued_resume.py runs/test_compaction.py \
  runs/test_compaction_charts.py runs/test_find_logs.py keras_io/errors/test_old_messages.py

test-fast: $(VENV)/.installed-dev
	@CI=1 $(BIN)/python -m pytest --numprocesses 2 --dist worksteal tests/unit tui \
	  $(addprefix --ignore=tests/unit/,$(SLOW_UNITS))

check: lint test

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/cnn-tui lessons check

format: $(VENV)/.installed-dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# Installed anew only when what is wanted has changed.
$(VENV)/.installed: pyproject.toml setup.py constraints.txt
	@$(BIN)/python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || \
	  { python=$$(scripts/find-python "$(PYTHON)") && echo "Making $(VENV) with $$($$python -V) …" && \
	    "$$python" -m venv --clear $(VENV); }
	@echo "Installing cnn-tui into $(VENV) (TensorFlow is large: this takes a minute or a few) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat -c constraints.txt -e '.[tensorflow]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat -c constraints.txt -e '.[dev]'
	@touch $@

# Of the oldest Python too, where it is there: newer ones have no wheels of the lowest NumPy. What a
# version can break: unit tests of what stands on Pillow, NumPy, msgspec, click and markdown-it, a
# window, the loader against Keras, and real trainings.
LOWEST := .venv-lowest
LOWEST_PYTHON = $(shell python3.11 -c 'print("python3.11")' 2>/dev/null || scripts/find-python "$(PYTHON)")

# Of the runs, what reads and writes files.
LOWEST_RUNS := event_log events export_runs external_spec find_logs label_and_delete logs model_file planted_files \
  reports run_follower run_list run_lock runs script settings_file spec

lowest: $(LOWEST)/.installed
	@$(LOWEST)/bin/python -m pytest -p no:cacheprovider --numprocesses 4 --dist worksteal \
	  tests/unit/datasets tests/unit/inspection tests/unit/ui tests/unit/course/test_markdown.py \
	  $(LOWEST_RUNS:%=tests/unit/runs/test_%.py) \
	  tests/unit/cli/test_calc_command.py tests/app/test_areas.py tests/ui/test_graphics.py \
	  --ignore=tests/unit/datasets/test_many_images.py
	@$(LOWEST)/bin/python -m pytest -p no:cacheprovider --numprocesses 2 --dist loadfile \
	  tests/workers/trainer/test_cached_loader.py tests/workers/trainer/test_training.py \
	  tests/workers/callback/test_processes.py::test_histories_are_the_same_with_and_without_on_jax

$(LOWEST)/.installed: pyproject.toml setup.py constraints.txt .ci/lowest.py
	@test -x $(LOWEST)/bin/python || $(LOWEST_PYTHON) -m venv $(LOWEST)
	@echo "Installing the lowest versions into $(LOWEST) …"
	@$(LOWEST)/bin/python .ci/lowest.py > $(LOWEST)/constraints.txt
	@$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat -c $(LOWEST)/constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) $(LOWEST) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
