"""What the graphs of every precision share: nodes and weights, the embedding layer, inputs and output."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

FUSED = "com.microsoft"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUT = "last_hidden_state"
MASK = "attention_mask_int32"


class Source:
    """A BERT encoder as sentence-transformers lays it out: config.json and model.safetensors."""

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        self.hidden: int = config["hidden_size"]
        self.layers: int = config["num_hidden_layers"]
        self.heads: int = config["num_attention_heads"]
        self.epsilon: float = config["layer_norm_eps"]
        loaded = load_file(folder / "model.safetensors")
        self.weights = {name.removeprefix("bert."): value for name, value in loaded.items()}

    def linear(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Weight and bias; PyTorch keeps linear layers as [out, in], MatMul wants [in, out]."""
        return self.weights[f"{name}.weight"].T, self.weights[f"{name}.bias"]

    def query_key_value(self, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """The three projections of attention as one: [in, 3 × hidden] and its bias."""
        parts = [self.linear(f"encoder.layer.{layer}.attention.self.{part}") for part in ("query", "key", "value")]
        return np.concatenate([weight for weight, _ in parts], axis=1), np.concatenate([bias for _, bias in parts])


class Graph:
    """Collects nodes and weights; floating-point constants are kept as `floats`. `node` returns its first output's name."""

    def __init__(self, floats: type = np.float32) -> None:
        self.floats = floats
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: np.ndarray) -> str:
        array = np.asarray(value)
        if array.dtype.kind == "f":
            array = array.astype(self.floats)
        # ascontiguousarray alone would make a scalar a vector.
        self.tensors[name] = numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name)
        return name

    def node(self, operator: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: object) -> str:
        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs[0]

    def embed_tokens(self, source: Source) -> str:
        for name in INPUTS:
            self.node("Cast", [name], [f"{name}_int32"], to=TensorProto.INT32)
        names = ("word_embeddings", "position_embeddings", "token_type_embeddings", "LayerNorm")
        weights = [f"embeddings.{name}.weight" for name in names] + ["embeddings.LayerNorm.bias"]
        tables = [self.constant(name, source.weights[name]) for name in weights]
        inputs = ["input_ids_int32", "token_type_ids_int32", *tables, MASK]
        return self.node(
            "EmbedLayerNormalization", inputs, ["embedded", "mask_lengths"], FUSED, epsilon=source.epsilon
        )

    def finish(self, states: str, source: Source) -> onnx.ModelProto:
        self.node("Cast", [states], [OUTPUT], to=TensorProto.FLOAT)
        shape = ["batch", "sequence"]
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in INPUTS]
        output = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [*shape, source.hidden])
        body = helper.make_graph(self.nodes, "encoder", inputs, [output], list(self.tensors.values()))
        model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 14), helper.make_opsetid(FUSED, 1)])
        # Old enough for every ONNX Runtime that has the fused operators.
        model.ir_version = 8
        return model
