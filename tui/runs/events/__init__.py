"""What a trainer tells: `events.jsonl`, written, kept short, followed and added up."""
