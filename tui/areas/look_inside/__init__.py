"""Area 6: what the layers of a trained network make of a picture."""
