"""Area 4: setting a training up."""
