"""Pure models: what a milestone delivers, as values."""
