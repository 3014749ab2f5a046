"""The sections of a brief, one module each; every one is handed the desk and gives statements."""
