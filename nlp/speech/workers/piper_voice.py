"""A neural voice by Piper: run as a script, never imported; it knows nothing of the project.

In, on stdin: JSON `{"voice", "sentences"}`, the voice a file. Out: as `espeak.py` beside it.
"""

import json
import sys


def main() -> None:
    """Read, speak, write."""
    request = json.load(sys.stdin)
    from piper import PiperVoice

    voice = PiperVoice.load(request["voice"])
    said = []
    for sentence in request["sentences"]:
        chunks = voice.synthesize(sentence)
        said.append(b"".join(chunk.audio_int16_bytes for chunk in chunks))
    counts = [len(piece) // 2 for piece in said]
    head = json.dumps({"rate": voice.config.sample_rate, "samples": counts})
    sys.stdout.buffer.write(head.encode() + b"\n" + b"".join(said))


if __name__ == "__main__":
    main()
