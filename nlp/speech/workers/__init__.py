"""Scripts that `nlp.speech.engines` starts, one process a file; nothing imports them."""
