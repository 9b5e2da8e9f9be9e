"""The shell: the app, its help, its themes, and how it starts."""
