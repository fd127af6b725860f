"""Texts and people: transcripts, registers, readers."""
