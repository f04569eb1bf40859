"""Writes a sentence encoder with random weights, one layer and 384 columns: right for shapes and faults, never for meaning.

Usage: python embedder_random_model.py REAL_MODEL_FOLDER TARGET

The tokenizer is the real one with its first pieces only. The graphs are written by the product's own exporter.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

PIECES, HIDDEN, WIDE, POSITIONS = 7_000, 384, 768, 512
EXPORTER = Path(__file__).parents[2] / "deploy/local/model/export_minilm.py"


def main() -> None:
    real, target = Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        write_tokenizer(real, source)
        save_file(random_weights(), source / "model.safetensors")
        sizes = {"hidden_size": HIDDEN, "num_hidden_layers": 1, "num_attention_heads": 12, "layer_norm_eps": 1e-12}
        (source / "config.json").write_text(json.dumps({**sizes, "max_position_embeddings": POSITIONS}))
        subprocess.run([sys.executable, "-B", str(EXPORTER), folder, target], check=True)


def write_tokenizer(real: Path, source: Path) -> None:
    tokenizer = json.loads((real / "tokenizer.json").read_text())
    vocabulary = tokenizer["model"]["vocab"]
    tokenizer["model"]["vocab"] = {piece: id_ for piece, id_ in vocabulary.items() if id_ < PIECES}
    (source / "tokenizer.json").write_text(json.dumps(tokenizer))
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        (source / name).write_text((real / name).read_text())


def random_weights() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(7)
    weights: dict[str, np.ndarray] = {}

    def add(name: str, *shape: int) -> None:
        weights[name] = (generator.standard_normal(shape) * 0.05).astype(np.float32)

    def add_norm(name: str) -> None:
        weights[f"{name}.weight"] = np.ones(HIDDEN, np.float32)
        add(f"{name}.bias", HIDDEN)

    def add_linear(name: str, inputs: int, outputs: int) -> None:
        add(f"{name}.weight", outputs, inputs)
        add(f"{name}.bias", outputs)

    for name, rows in (("word", PIECES), ("position", POSITIONS), ("token_type", 2)):
        add(f"embeddings.{name}_embeddings.weight", rows, HIDDEN)
    add_norm("embeddings.LayerNorm")
    layer = "encoder.layer.0."
    for part in ("query", "key", "value"):
        add_linear(f"{layer}attention.self.{part}", HIDDEN, HIDDEN)
    add_linear(f"{layer}attention.output.dense", HIDDEN, HIDDEN)
    add_norm(f"{layer}attention.output.LayerNorm")
    add_linear(f"{layer}intermediate.dense", HIDDEN, WIDE)
    add_linear(f"{layer}output.dense", WIDE, HIDDEN)
    add_norm(f"{layer}output.LayerNorm")
    return weights


if __name__ == "__main__":
    main()
