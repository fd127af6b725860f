"""The screen for assessing maturity together at a workshop: element by element, saved at once, projected on a wall."""
