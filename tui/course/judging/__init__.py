"""Judge an answer, and say why: the slip behind a wrong one where it is recognised."""
