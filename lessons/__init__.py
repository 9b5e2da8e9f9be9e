"""The course: one Markdown file a lesson. Content, no logic."""
