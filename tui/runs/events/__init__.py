"""The events of a training: `events.jsonl` written, compacted, followed and summed up."""
