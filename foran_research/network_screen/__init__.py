"""The screen on which the network of codes is looked at, case by case, and led back to its passages."""
