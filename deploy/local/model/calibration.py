"""Which values each quantized tensor takes: seen on our own sentences and on random words, the same on every machine."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

from graph import INPUTS
from wordpiece import WordPiece

# By layer and the product that reads the tensor: [2, channels], least and greatest.
Ranges = dict[tuple[int, str], np.ndarray]

TEXTS = Path(__file__).with_name("calibration.txt")
RANDOM_SEQUENCES = 300
LONGEST_RANDOM = 40
BATCH = 16


def calibration_tokens(wordpiece: WordPiece) -> list[list[int]]:
    """The texts, and sequences of random pieces: unusual words reach values that good sentences do not."""
    lines = [line for line in TEXTS.read_text().splitlines() if line and not line.startswith("#")]
    generator = np.random.default_rng(0)
    pieces = np.array(sorted(wordpiece.ordinary))
    lengths = generator.integers(1, LONGEST_RANDOM, RANDOM_SEQUENCES)
    random = [wordpiece.framed(generator.choice(pieces, length).tolist()) for length in lengths]
    return [wordpiece.framed(wordpiece.encode(line)) for line in lines] + random


def observe(model: onnx.ModelProto, layers: int, sequences: list[list[int]]) -> Ranges:
    """`model` is the fp32 encoder; its inner tensors become outputs of a copy."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    names = {}
    for layer in range(layers):
        prefix = f"encoder.layer.{layer}."
        names[layer, "qkv"] = f"encoder.layer.{layer - 1}.states" if layer else "embedded"
        names[layer, "attended"] = prefix + "attended"
        names[layer, "wide"] = prefix + "middle"
        names[layer, "narrow"] = prefix + "activated"
    for name in names.values():
        watched.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    ranges: Ranges = {}
    for batch in equal_lengths(sequences):
        outputs = session.run(list(names.values()), feeds(batch))
        for key, output in zip(names, outputs, strict=True):
            rows = output.reshape(-1, output.shape[-1])
            seen = np.stack([rows.min(axis=0), rows.max(axis=0)])
            known = ranges.get(key, seen)
            ranges[key] = np.stack([np.minimum(known[0], seen[0]), np.maximum(known[1], seen[1])])
    return ranges


def equal_lengths(sequences: list[list[int]]) -> Iterable[list[list[int]]]:
    """Batches without padding: what padding computes must not widen a range."""
    for length in sorted({len(sequence) for sequence in sequences}):
        same = [sequence for sequence in sequences if len(sequence) == length]
        for start in range(0, len(same), BATCH):
            yield same[start : start + BATCH]


def feeds(batch: list[list[int]]) -> dict[str, np.ndarray]:
    ids = np.array(batch, dtype=np.int64)
    return dict(zip(INPUTS, (ids, np.ones_like(ids), np.zeros_like(ids)), strict=True))
