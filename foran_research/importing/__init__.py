"""The screen on which documents are brought into a study."""
