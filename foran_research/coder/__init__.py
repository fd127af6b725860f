"""The screen on which people code: a session with a document and its log, and the widget that shows it."""
