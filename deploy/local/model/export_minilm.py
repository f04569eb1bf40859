"""Writes all-MiniLM (a BERT encoder) as an ONNX graph of ONNX Runtime's fused operators.

Usage: python export_minilm.py SOURCE TARGET

SOURCE holds config.json, model.safetensors and the tokenizer files, as sentence-transformers lays them out.
TARGET becomes a folder with config.json, the tokenizer files and onnx/model.onnx.

Inputs, int64 [batch, sequence]: input_ids, attention_mask, token_type_ids.
Output, float32 [batch, sequence, hidden]: last_hidden_state (pool by the mean over the mask, then L2-normalise).
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

FUSED = "com.microsoft"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
TOKENIZER_FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")

# "This is an example sentence" and the start of the vector its publishers print for it.
KNOWN_TOKENS = [101, 2023, 2003, 2019, 2742, 6251, 102]
KNOWN_VECTOR = [0.067657, 0.063496, 0.048713]


class Graph:
    """Collects nodes and weights; each operator method returns the name of its output."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def transposed(self, name: str) -> str:
        """PyTorch keeps linear layers as [out, in]; MatMul wants [in, out]."""
        return self.constant(f"{name}.transposed", self.weights[name].T)

    def node(self, operator: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: object) -> str:
        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs[0]


def embed_tokens(graph: Graph, epsilon: float) -> str:
    for name in INPUTS:
        graph.node("Cast", [name], [f"{name}_int32"], to=TensorProto.INT32)
    prefix = "embeddings."
    weights = [
        graph.weight(prefix + name)
        for name in (
            "word_embeddings.weight",
            "position_embeddings.weight",
            "token_type_embeddings.weight",
            "LayerNorm.weight",
            "LayerNorm.bias",
        )
    ]
    inputs = ["input_ids_int32", "token_type_ids_int32", *weights, "attention_mask_int32"]
    return graph.node("EmbedLayerNormalization", inputs, ["embedded", "mask_lengths"], FUSED, epsilon=epsilon)


def encoder_layer(graph: Graph, states: str, layer: int, heads: int, epsilon: float) -> str:
    prefix = f"encoder.layer.{layer}."
    attention = prefix + "attention.self."
    parts = ("query", "key", "value")
    joined = np.concatenate([graph.weights[f"{attention}{part}.weight"].T for part in parts], axis=1)
    joined_bias = np.concatenate([graph.weights[f"{attention}{part}.bias"] for part in parts])
    attended = graph.node(
        "Attention",
        [states, graph.constant(attention + "weight", joined), graph.constant(attention + "bias", joined_bias), "attention_mask_int32"],
        [prefix + "attended"],
        FUSED,
        num_heads=heads,
    )
    output = prefix + "attention.output."
    projected = graph.node("MatMul", [attended, graph.transposed(output + "dense.weight")], [prefix + "projected"])
    middle = add_and_normalise(graph, projected, states, output, prefix + "middle", epsilon)

    widened = graph.node("MatMul", [middle, graph.transposed(prefix + "intermediate.dense.weight")], [prefix + "widened"])
    activated = graph.node("BiasGelu", [widened, graph.weight(prefix + "intermediate.dense.bias")], [prefix + "activated"], FUSED)
    narrowed = graph.node("MatMul", [activated, graph.transposed(prefix + "output.dense.weight")], [prefix + "narrowed"])
    return add_and_normalise(graph, narrowed, middle, prefix + "output.", prefix + "states", epsilon)


def add_and_normalise(graph: Graph, states: str, skipped: str, prefix: str, output: str, epsilon: float) -> str:
    weights = [graph.weight(prefix + name) for name in ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")]
    return graph.node("SkipLayerNormalization", [states, skipped, *weights], [output], FUSED, epsilon=epsilon)


def build(source: Path) -> onnx.ModelProto:
    config = json.loads((source / "config.json").read_text())
    loaded = load_file(source / "model.safetensors")
    graph = Graph({name.removeprefix("bert."): value for name, value in loaded.items()})
    epsilon = config["layer_norm_eps"]
    states = embed_tokens(graph, epsilon)
    for layer in range(config["num_hidden_layers"]):
        states = encoder_layer(graph, states, layer, config["num_attention_heads"], epsilon)
    graph.node("Identity", [states], ["last_hidden_state"])
    shape = ["batch", "sequence"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in INPUTS]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, config["hidden_size"]])
    body = helper.make_graph(graph.nodes, "minilm", inputs, [output], graph.tensors)
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 14), helper.make_opsetid(FUSED, 1)])
    # Old enough for every ONNX Runtime that has the fused operators.
    model.ir_version = 8
    return model


def verify(file: Path) -> None:
    """Runs the graph on a sentence whose vector is published, alone and padded beside a longer one."""
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    length = len(KNOWN_TOKENS)
    ids = np.array([KNOWN_TOKENS + [0] * 3, KNOWN_TOKENS[:-1] + [2742, 6251, 2742, 102]], dtype=np.int64)
    mask = np.array([[1] * length + [0] * 3, [1] * (length + 3)], dtype=np.int64)
    feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    states = session.run(None, feeds)[0][0]
    pooled = states[:length].mean(axis=0)
    vector = pooled / np.linalg.norm(pooled)
    if not np.allclose(vector[: len(KNOWN_VECTOR)], KNOWN_VECTOR, atol=1e-4):
        raise SystemExit(f"the exported model answers {vector[:3].tolist()}, published is {KNOWN_VECTOR}")


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    (target / "onnx").mkdir(parents=True, exist_ok=True)
    for name in TOKENIZER_FILES:
        shutil.copyfile(source / name, target / name)
    file = target / "onnx" / "model.onnx"
    onnx.save(build(source), str(file))
    verify(file)


if __name__ == "__main__":
    main()
