"""The screen on which a codebook is browsed, its versions are compared and recoding is steered."""
