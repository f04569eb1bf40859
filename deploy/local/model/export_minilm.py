"""Writes a MiniLM sentence encoder (BERT) as ONNX graphs in three precisions.

Usage: python export_minilm.py SOURCE TARGET

SOURCE holds config.json, model.safetensors and the tokenizer files, as sentence-transformers lays them out; any of the four
models that EMBEDDING_MODEL takes. TARGET becomes a folder with config.json, the tokenizer files and onnx/:
model.onnx (fp32), model_fp16.onnx (for GPUs), model_int8.onnx (for CPUs).

Inputs, int64 [batch, sequence]: input_ids, attention_mask, token_type_ids.
Output, float32 [batch, sequence, hidden]: last_hidden_state (pool by the mean over the mask, then L2-normalise).
"""

import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from calibration import calibration_tokens, equal_lengths, feeds, observe
from float_encoder import build_float
from graph import Source
from int8_encoder import build_int8
from wordpiece import WordPiece

TOKENIZER_FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
FP32, FP16, INT8 = "model.onnx", "model_fp16.onnx", "model_int8.onnx"
# Mean cosine to fp32 over the calibration texts.
LEAST_LIKENESS = {FP16: 0.9999, INT8: 0.99}

# all-MiniLM-L6-v2: "This is an example sentence" and the start of the vector its publishers print for it.
KNOWN_MODEL = "nreimers/MiniLM-L6-H384-uncased"
KNOWN_TOKENS = [101, 2023, 2003, 2019, 2742, 6251, 102]
KNOWN_VECTOR = [0.067657, 0.063496, 0.048713]


def main() -> None:
    source_folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    folder = target / "onnx"
    folder.mkdir(parents=True, exist_ok=True)
    for name in TOKENIZER_FILES:
        shutil.copyfile(source_folder / name, target / name)
    source = Source(source_folder)
    sequences = calibration_tokens(WordPiece(source_folder / "tokenizer.json"))
    fp32 = build_float(source)
    graphs = {
        FP32: fp32,
        FP16: build_float(source, np.float16),
        INT8: build_int8(source, observe(fp32, source.layers, sequences)),
    }
    for name, graph in graphs.items():
        onnx.save(graph, str(folder / name))
    verify_known_vector(folder / FP32, KNOWN_MODEL in (source_folder / "config.json").read_text())
    # Each tenth of them tells enough, and fp16 is slow on a CPU.
    verify_likeness(folder, sequences[::10])


def verify_known_vector(file: Path, is_known: bool) -> None:
    """Runs the graph on a sentence whose vector is published, alone and padded beside a longer one."""
    length = len(KNOWN_TOKENS)
    ids = [KNOWN_TOKENS + [0] * 3, KNOWN_TOKENS[:-1] + [2742, 6251, 2742, 102]]
    inputs = feeds(ids)
    inputs["attention_mask"][0, length:] = 0
    states = session(file).run(None, inputs)[0][0]
    vector = pooled(states[None, :length])[0]
    alone = pooled(session(file).run(None, feeds([KNOWN_TOKENS]))[0])[0]
    if not np.allclose(vector, alone, atol=1e-5):
        raise SystemExit("the exported model answers otherwise when a sentence is padded")
    if is_known and not np.allclose(vector[: len(KNOWN_VECTOR)], KNOWN_VECTOR, atol=1e-4):
        raise SystemExit(f"the exported model answers {vector[:3].tolist()}, published is {KNOWN_VECTOR}")


def verify_likeness(folder: Path, sequences: list[list[int]]) -> None:
    expected = vectors(folder / FP32, sequences)
    for name, least in LEAST_LIKENESS.items():
        likeness = (expected * vectors(folder / name, sequences)).sum(axis=1)
        print(f"{name}: cosine to fp32 {likeness.mean():.5f} on average, {likeness.min():.5f} at least")
        # Written so that NaN fails, too.
        if not likeness.mean() >= least:
            raise SystemExit(f"{name} answers too differently from fp32: {likeness.mean():.5f}, wanted {least}")


def vectors(file: Path, sequences: list[list[int]]) -> np.ndarray:
    encoder = session(file)
    return np.concatenate([pooled(encoder.run(None, feeds(batch))[0]) for batch in equal_lengths(sequences)])


def pooled(states: np.ndarray) -> np.ndarray:
    means = states.mean(axis=1)
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def session(file: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    main()
