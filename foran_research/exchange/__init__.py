"""Foreign formats: each module alone speaks the words of its format."""
