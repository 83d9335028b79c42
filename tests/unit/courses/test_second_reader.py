"""The second reader: proposals by likeness, checked files, and silence where it is not installed."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.courses.second_reader import encoder, examples, learning, model_files, proposing, unread

# 90 MB that nobody must have; ``.ci/run`` installs it, so that CI runs these.
needs_the_weights = pytest.mark.skipif(
    not model_files.installed(), reason="The second reader is not installed: make second-reader"
)
WORDS = ("", "he", "sat", "in", "his", "car", "outside", "her", "work", "again", "today")


class Spaces:
    """Stands for a tokenizer: words by their number, no pieces of words."""

    def encode_batch(self, sentences):
        return [SimpleNamespace(ids=[WORDS.index(w) for w in s.split()]) for s in sentences]


@pytest.fixture(scope="module")
def weights():
    rng = np.random.default_rng(7)

    def drawn(*shape):
        return rng.normal(0, 0.1, shape).astype(np.float32)

    out = {f"embeddings.{n}_embeddings.weight": drawn(many, 384)
           for n, many in (("word", len(WORDS)), ("position", 20), ("token_type", 2))}  # fmt: skip
    norms = ["embeddings"]
    for number in range(encoder.LAYERS):
        at = f"encoder.layer.{number}"
        shapes = {f"attention.self.{n}": (384, 384) for n in ("query", "key", "value")}
        shapes |= {"attention.output.dense": (384, 384), "intermediate.dense": (1536, 384)}
        shapes |= {"output.dense": (384, 1536)}
        for name, shape in shapes.items():
            out |= {f"{at}.{name}.weight": drawn(*shape), f"{at}.{name}.bias": drawn(shape[0])}
        norms += [f"{at}.attention.output", f"{at}.output"]
    for at in norms:
        out |= {f"{at}.LayerNorm.weight": 1 + drawn(384), f"{at}.LayerNorm.bias": drawn(384)}
    return out


def by_the_book(w, ids):
    """Encode one sentence as the definition of the network says, piece by piece and in double precision."""
    w = {k: v.astype(float) for k, v in w.items()}

    def normed(x, at):
        x = (x - x.mean()) / math.sqrt(x.var() + 1e-12)
        return x * w[f"{at}.LayerNorm.weight"] + w[f"{at}.LayerNorm.bias"]

    def dense(x, at):
        return w[f"{at}.weight"] @ x + w[f"{at}.bias"]

    told = [w["embeddings.word_embeddings.weight"][i] for i in ids]
    told = [x + w["embeddings.position_embeddings.weight"][p] for p, x in enumerate(told)]
    told = [normed(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings") for x in told]
    for number in range(6):
        at = f"encoder.layer.{number}"
        query, key, value = (
            [dense(x, f"{at}.attention.self.{n}") for x in told] for n in ("query", "key", "value")
        )
        after = []
        for place, x in enumerate(told):
            heard = np.zeros(384)
            for head in range(12):
                part = slice(32 * head, 32 * head + 32)
                weight = [math.exp(query[place][part] @ k[part] / math.sqrt(32)) for k in key]
                for share, v in zip(weight, value, strict=True):
                    heard[part] += share / sum(weight) * v[part]
            x = normed(x + dense(heard, f"{at}.attention.output.dense"), f"{at}.attention.output")
            wide = dense(x, f"{at}.intermediate.dense")
            wide = np.array([v * (1 + math.erf(v / math.sqrt(2))) / 2 for v in wide])
            after.append(normed(x + dense(wide, f"{at}.output.dense"), f"{at}.output"))
        told = after
    mean = np.mean(told, axis=0)
    return mean / np.linalg.norm(mean)


SENTENCES = ["he sat in his car outside her work again", "her car", "he sat outside today"]


def test_sentences_are_encoded_as_the_network_is_defined_whatever_stands_beside_them(weights):
    found = encoder.Encoder(weights, Spaces()).encode(SENTENCES)
    wanted = [by_the_book(weights, [WORDS.index(w) for w in s.split()]) for s in SENTENCES]
    assert np.abs(found - np.array(wanted)).max() < 1e-4
    alone = np.vstack([encoder.Encoder(weights, Spaces()).encode([s]) for s in SENTENCES])
    assert np.abs(found - alone).max() < 1e-5


@needs_the_weights
def test_likenesses_are_those_that_the_makers_of_the_network_publish():
    # The example of the model's own page, and that of the Sentence Transformers manual.
    happy = (
        "That is a happy person",
        "That is a happy dog",
        "That is a very happy person",
        "Today is a sunny day",
    )
    one, *others = model_files.encoder().encode(happy)
    assert [float(one @ o) for o in others] == pytest.approx([0.695, 0.943, 0.257], abs=0.001)
    manual = "The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."
    lovely, sunny, drove = model_files.encoder().encode(manual)
    found = [float(lovely @ sunny), float(lovely @ drove), float(sunny @ drove)]
    assert found == pytest.approx([0.6660, 0.1046, 0.1411], abs=0.0005)


def test_a_file_that_differs_is_refused_by_name(tmp_path: Path):
    file = tmp_path / "model.safetensors"
    header = json.dumps({"a": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]}}).encode()
    file.write_bytes(len(header).to_bytes(8, "little") + header + np.array([1.5, -2], "<f4").tobytes())
    with pytest.raises(
        model_files.ModelError, match=r"model\.safetensors .* is not the file that was checked"
    ):
        model_files.checked(file, model_files.PINNED["model.safetensors"])
    right = model_files.hashlib.sha256(file.read_bytes()).hexdigest()
    assert model_files.weights(model_files.checked(file, right))["a"].tolist() == [[1.5], [-2.0]]


def test_what_is_learned_proposes_what_is_alike_and_nothing_where_nothing_can_be_learned():
    rng = np.random.default_rng(3)
    middle = rng.normal(size=(3, 384)).astype(np.float32)
    which = np.arange(240) % 3
    vectors = middle[which] + rng.normal(size=(240, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    noise = rng.random(240) < 0.1
    labels = np.stack([which == 0, which == 1, noise], axis=1).astype(np.float32)
    groups = [f"set {i % 4}" for i in range(240)]
    words = [f"a b{i % 3}" for i in range(240)]
    learned = learning.learn(vectors, words, labels, groups, np.ones(240, bool), 0.8)
    assert (learned.bar[:2] < 1).all()
    asked = middle / np.linalg.norm(middle, axis=1, keepdims=True)
    over = learned.scorer.score(asked, ["a", "a", "a"]) >= learned.bar
    assert over.tolist() == [[True, False, False], [False, True, False], [False, False, False]]
    assert (np.diff(learned.shares) >= 0).all()
    assert learned.share_right(0.9) > 0.9 > 0.1 > learned.share_right(-0.1)


def test_no_set_is_scored_by_what_was_learned_from_it():
    vectors = np.eye(4, 384, dtype=np.float32)
    labels = np.array([[1], [0], [0], [0]], dtype=np.float32)
    tried = np.ones(4, bool)
    words = ["he followed her", "he sat", "it rained", "she left"]
    assert learning.left_out(vectors, words, labels, ["a", "b", "b", "b"], tried)[0, 0] <= 0


def test_only_what_the_first_reader_could_not_read_is_asked_of():
    text = "He followed IP home. No threats made. The curtains twitched as before, and there he stood."
    found = unread.unread(text)
    assert [c.text for c in found] == ["The curtains twitched as before, and there he stood"]
    assert text[found[0].start : found[0].end] == found[0].text
    assert [c.words for c in unread.clauses("Susp sat o/s the IP's H/A")] == [
        "suspect sat outside victim home address"
    ]


def test_examples_are_those_that_were_learned_from():
    known, learned = examples.examples(), examples.learned()
    assert len(known) == len(learned.scorer.vectors)
    assert np.linalg.norm(learned.scorer.vectors, axis=1) == pytest.approx(1, abs=0.002)
    assert learned.scorer.labels.sum(axis=0).min() >= 10
    assert learned.scorer.linear.shape == (384 + len(learned.scorer.vocabulary) + 1, len(examples.acts()) + 1)
    assert sum(not e.acts for e in known) > len(known) / 5


def test_where_it_is_not_installed_nothing_is_proposed_and_the_command_line_says_how(monkeypatch):
    monkeypatch.setattr(model_files, "_found", lambda: dict.fromkeys(model_files.PINNED))
    model_files.encoder.cache_clear()
    assert proposing.proposals("He sat there and looked up at the curtains.") == ()
    told = CliRunner().invoke(app, ["second-reader"])
    assert told.exit_code == 2
    assert model_files.HOW_TO_INSTALL in told.output
    assert model_files.HOW_TO_INSTALL.endswith("-r requirements/second-reader.txt")
    assert (Path(__file__).parents[3] / "requirements/second-reader.txt").exists()


@needs_the_weights
def test_a_proposal_shows_its_words_and_its_nearest_examples():
    # Asked of directly: what the first reader can read changes.
    text = "Nothing else to report. Every evening there he is, parked up across from mine with the engine off"
    nothing, told = unread.clauses(text)
    none, found = proposing.of_clauses([nothing, told])
    assert (none, [p.behaviour for p in found]) == ([], ["loitering"])
    assert text[found[0].start : found[0].end] == found[0].words == told.text
    assert 0.4 < found[0].share_right <= 1
    known = {e.clause: e.acts for e in examples.examples()}
    assert [("loitering" in known[c]) for c in found[0].like] == [True] * proposing.MOST_SHOWN


def test_a_process_that_reads_patterns_does_not_load_it():
    asked = (
        "import sys, lamplighter.courses.assemble; print([m for m in sys.modules if 'second_reader' in m])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
