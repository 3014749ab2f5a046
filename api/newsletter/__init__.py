"""The newsletter: which threads an issue tells, how it reads, who gets it, and where it stays."""
