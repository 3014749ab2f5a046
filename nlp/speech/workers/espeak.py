"""A voice by espeak-ng: run as a script, never imported; it knows nothing of the project.

In, on stdin: JSON `{"voice", "sentences"}`. Out, on stdout: a line of JSON `{"rate", "samples"}`
(samples of each sentence), then the samples, 16 bits, little-endian. A line on stderr and exit code
1 where it can't. Constants and structures: espeak-ng's speak_lib.h.
"""

import ctypes
import json
import sys

import espeakng_loader

SYNCHRONOUS = 2
UTF8 = 1
RATE, WORDS_A_MINUTE = 1, 165
BY_CHARACTER = 1
CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


def main() -> None:
    """Read, speak, write."""
    request = json.load(sys.stdin)
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, data, 0)
    if rate <= 0:
        sys.exit("espeak-ng does not start")
    if library.espeak_SetVoiceByName(request["voice"].encode()):
        sys.exit(f"espeak-ng has no voice {request['voice']!r}")
    library.espeak_SetParameter(RATE, WORDS_A_MINUTE, 0)
    said = speak(library, request["sentences"])
    head = json.dumps({"rate": rate, "samples": [len(piece) // 2 for piece in said]})
    sys.stdout.buffer.write(head.encode() + b"\n" + b"".join(said))


def speak(library: ctypes.CDLL, sentences: list[str]) -> list[bytes]:
    """The samples of each sentence."""
    heard = bytearray()

    def hear(samples, count, _):  # type: ignore[no-untyped-def]
        if samples and count > 0:
            heard.extend(ctypes.string_at(samples, 2 * count))
        return 0

    callback = CALLBACK(hear)
    library.espeak_SetSynthCallback(callback)
    said = []
    for sentence in sentences:
        heard.clear()
        text = sentence.encode()
        failed = library.espeak_Synth(
            text, ctypes.c_size_t(len(text) + 1), 0, BY_CHARACTER, 0, UTF8, None, None
        )
        if failed:
            sys.exit(f"espeak-ng answers with error {failed}")
        said.append(bytes(heard))
    return said


if __name__ == "__main__":
    main()
