"""The encoder in int8 with activation scales fixed beforehand, so that a text's vector does not depend on its neighbours.

Every product of states and weights is taken in integers: activations as uint8 with one scale a tensor, weights as int8 with one
scale an output column. What makes one scale enough is that some of the range moves from activations to weights, channel by
channel (SmoothQuant). Attention itself, sums and norms stay in fp32.

LayerNorm costs ONNX Runtime four times what a norm without mean does, a fifth of an int8 pass. So the mean is taken out before:
weights and biases of what is added are centred, only the skipped states are centred as they come. The norm's own bias is folded
into what reads it.
"""

import numpy as np
import onnx

from calibration import Ranges
from graph import FUSED, MASK, Graph, Source

# Share of a channel's range that moves into the weights; by measurement best between 0.7 and 0.8.
SMOOTHING = 0.75


def build_int8(source: Source, ranges: Ranges) -> onnx.ModelProto:
    graph = Graph()
    states = graph.embed_tokens(source)
    # What LayerNorm would have added to the states; the first one is not folded.
    offset = np.zeros(source.hidden, np.float32)
    for layer in range(source.layers):
        states, offset = _layer(graph, source, ranges, layer, states, offset)
    states = graph.node("Add", [states, graph.constant("last_offset", offset)], ["states"])
    return graph.finish(states, source)


def _layer(
    graph: Graph, source: Source, ranges: Ranges, layer: int, states: str, offset: np.ndarray
) -> tuple[str, np.ndarray]:
    prefix = f"encoder.layer.{layer}."
    weight, bias = source.query_key_value(layer)
    joined = _matmul(graph, prefix + "qkv", states, ranges[layer, "qkv"] - offset, weight, bias + offset @ weight)
    parts = graph.node("Split", [joined], [prefix + part for part in ("query", "key", "value")], axis=-1)
    heads = [parts, prefix + "key", prefix + "value", "", MASK]
    attended = graph.node("MultiHeadAttention", heads, [prefix + "attended"], FUSED, num_heads=source.heads)

    output = prefix + "attention.output."
    weight, bias = source.linear(output + "dense")
    attended_range = ranges[layer, "attended"]
    projected = _matmul(graph, output + "dense", attended, attended_range, _centred(weight), smooth=False)
    middle = _add_and_normalise(graph, source, projected, states, output, _centred(bias + offset))
    offset = source.weights[output + "LayerNorm.bias"]

    weight, bias = source.linear(prefix + "intermediate.dense")
    widened = _matmul(graph, prefix + "wide", middle, ranges[layer, "wide"] - offset, weight, bias + offset @ weight)
    activated = graph.node("Gelu", [widened], [prefix + "activated"], FUSED)

    output = prefix + "output."
    weight, bias = source.linear(output + "dense")
    narrowed = _matmul(graph, output + "dense", activated, ranges[layer, "narrow"], _centred(weight))
    states = _add_and_normalise(graph, source, narrowed, middle, output, _centred(bias + offset))
    return states, source.weights[output + "LayerNorm.bias"]


def _matmul(
    graph: Graph,
    name: str,
    states: str,
    range_: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    smooth: bool = True,
) -> str:
    """`range_` is [2, channels]: least and greatest value of each channel of `states`."""
    if smooth:
        factor = _smoothing(range_, weight)
        range_, weight = range_ / factor, weight * factor[:, None]
        states = graph.node("Mul", [states, graph.constant(name + ".smoothing", 1 / factor)], [name + ".smooth"])
    low, high = min(range_[0].min(), 0.0), max(range_[1].max(), 0.0)
    step = (high - low) / 255
    scale = graph.constant(name + ".scale", np.float32(step))
    zero = graph.constant(name + ".zero", np.uint8(np.clip(np.round(-low / step), 0, 255)))
    quantized = graph.node("QuantizeLinear", [states, scale, zero], [name + ".quantized"])

    steps = np.maximum(np.abs(weight).max(axis=0), 1e-8) / 127
    integers = np.clip(np.round(weight / steps), -127, 127).astype(np.int8)
    inputs = [quantized, graph.constant(name + ".weight", integers), scale, graph.constant(name + ".steps", steps), zero]
    if bias is not None:
        inputs += ["", graph.constant(name + ".bias", bias)]
    return graph.node("MatMulIntegerToFloat", inputs, [name + ".product"], FUSED)


def _smoothing(range_: np.ndarray, weight: np.ndarray) -> np.ndarray:
    states = np.maximum(np.abs(range_).max(axis=0), 1e-5)
    weights = np.maximum(np.abs(weight).max(axis=1), 1e-5)
    factor = np.maximum(states**SMOOTHING / weights ** (1 - SMOOTHING), 1e-5)
    return factor / np.exp(np.log(factor).mean())


def _centred(value: np.ndarray) -> np.ndarray:
    return value - value.mean(axis=-1, keepdims=True)


def _add_and_normalise(graph: Graph, source: Source, added: str, skipped: str, prefix: str, bias: np.ndarray) -> str:
    mean = graph.node("ReduceMean", [skipped], [prefix + "mean"], axes=[-1], keepdims=1)
    centred = graph.node("Sub", [skipped, mean], [prefix + "centred"])
    weight = graph.constant(prefix + "LayerNorm.weight", source.weights[prefix + "LayerNorm.weight"])
    inputs = [added, centred, weight, graph.constant(prefix + "bias", bias)]
    return graph.node("SkipSimplifiedLayerNormalization", inputs, [prefix + "states"], FUSED, epsilon=source.epsilon)
