"""Models to try the model writer on: a fake endpoint, and a real small model behind one."""
