"""What people see: figures, tables and the self-contained page."""
