"""All that touches Textual's private names."""
