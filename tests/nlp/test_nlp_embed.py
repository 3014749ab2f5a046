"""The real embedder: what is embedded, what comes out, and what it costs to ask its name."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from breachwire.errors import ConfigError
from nlp import embed


@pytest.fixture(scope="module")
def embedder() -> embed.MiniEmbedder:
    return embed.load()


def test_text_is_title_and_beginning_without_the_feeds_own_tail() -> None:
    tail = "The post Pumps leak appeared first on The Example Wire."
    assert embed.text_of(" Pumps leak ", f"Data of  pumps.\n{tail}") == "Pumps leak. Data of pumps."
    assert embed.text_of("Pumps leak", "No summary available - -") == "Pumps leak"
    assert len(embed.text_of("T", "word " * 1000)) <= 3 + embed.LEAD_CHARACTERS


def test_vectors_are_normalised_float32_in_order(embedder: embed.MiniEmbedder) -> None:
    texts = ["A hospital was breached.", "x", "Apple pie with cinnamon, " * 40]
    vectors = embedder.encode(texts)
    assert vectors.shape == (3, embedder.dimension) == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert embedder.encode(texts[:1])[0] == pytest.approx(vectors[0], abs=1e-4)


def test_a_text_alone_has_the_vector_it_has_among_others(embedder: embed.MiniEmbedder) -> None:
    texts = ["", "Pumps", "Who was hit through Salesloft in CVE-2026-1?", "leak " * 300, "ÄÖ 漢字"]
    alone = np.concatenate([embedder.encode([text]) for text in texts])
    assert alone == pytest.approx(embedder.encode(texts), abs=1e-5)


def test_where_a_trace_differs_from_the_model_the_model_is_asked(
    embedder: embed.MiniEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nlp.traced.EQUAL", -1.0)  # nothing is equal enough
    other = embed.load()
    assert other.encode(["pumps leak"]) == pytest.approx(embedder.encode(["pumps leak"]), abs=1e-5)
    assert other._alone is None


def test_like_news_is_nearer_than_unlike(embedder: embed.MiniEmbedder) -> None:
    a, b, c = embedder.encode(
        ["Clinic says patient data was stolen", "Hackers took records of a clinic", "A new phone"]
    )
    assert a @ b > a @ c + 0.2


def test_no_texts_no_vectors(embedder: embed.MiniEmbedder) -> None:
    assert embedder.encode([]).shape == (0, 384)


def test_several_threads_get_the_same_vectors(embedder: embed.MiniEmbedder) -> None:
    alone = embedder.encode(["one text"])
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(embedder.encode, [["one text"]] * 8):
            assert found == pytest.approx(alone, abs=1e-5)


def test_name_says_model_and_length_and_loads_nothing() -> None:
    code = (
        "import sys; from nlp import embed; e = embed.load(); print(e.name, e.dimension);"
        "assert 'torch' not in sys.modules and 'sentence_transformers' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["all-MiniLM-L6-v2@96", "384"]


def test_a_folder_that_is_no_model_is_a_clear_error(tmp_path: object) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        embed.load(str(tmp_path)).encode(["x"])
