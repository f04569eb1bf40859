"""The encoder in floating point, of ONNX Runtime's fused operators: fp32, and fp16 for GPUs."""

import numpy as np
import onnx

from graph import FUSED, MASK, Graph, Source


def build_float(source: Source, floats: type = np.float32) -> onnx.ModelProto:
    graph = Graph(floats)
    states = graph.embed_tokens(source)
    for layer in range(source.layers):
        states = _layer(graph, source, states, layer)
    return graph.finish(states, source)


def _layer(graph: Graph, source: Source, states: str, layer: int) -> str:
    prefix = f"encoder.layer.{layer}."
    weight, bias = source.query_key_value(layer)
    attention = [states, graph.constant(prefix + "qkv", weight), graph.constant(prefix + "qkv.bias", bias), MASK]
    attended = graph.node("Attention", attention, [prefix + "attended"], FUSED, num_heads=source.heads)
    middle = _project_and_normalise(graph, source, attended, states, prefix + "attention.output.", prefix + "middle")

    weight, bias = source.linear(prefix + "intermediate.dense")
    widened = graph.node("MatMul", [middle, graph.constant(prefix + "wide", weight)], [prefix + "widened"])
    activated = graph.node("BiasGelu", [widened, graph.constant(prefix + "wide.bias", bias)], [prefix + "activated"], FUSED)
    return _project_and_normalise(graph, source, activated, middle, prefix + "output.", prefix + "states")


def _project_and_normalise(graph: Graph, source: Source, states: str, skipped: str, prefix: str, output: str) -> str:
    weight, bias = source.linear(prefix + "dense")
    projected = graph.node("MatMul", [states, graph.constant(prefix + "dense", weight)], [prefix + "projected"])
    names = (prefix + "LayerNorm.weight", prefix + "LayerNorm.bias")
    constants = [graph.constant(name, source.weights[name]) for name in names]
    constants.append(graph.constant(prefix + "dense.bias", bias))
    inputs = [projected, skipped, *constants]
    return graph.node("SkipLayerNormalization", inputs, [output], FUSED, epsilon=source.epsilon)
