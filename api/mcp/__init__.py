"""The wire for assistants, over the Model Context Protocol: six tools that read.

In: `Services`. Out: answers with their evidence, as text and as structured content. `tools` finds
them by the functions that the HTTP API answers with, `told` says them, `plain` keeps outside text
from passing for anything else, `server` alone speaks the protocol (and imports its SDK).
"""
