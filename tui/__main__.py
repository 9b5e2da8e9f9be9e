"""`python -m tui` is the same as `cnn-tui`."""

from tui.cli.main import main

if __name__ == "__main__":
    main()
