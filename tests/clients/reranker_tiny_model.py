"""Writes a tiny cross-encoder with the files, inputs and outputs of BERT for sequence classification.

Word vectors are random. The score is the mean passage vector times the sum of the query's vectors, so that a passage with the
query's words scores highest. Like BERT it has a row a position, and breaks on more tokens than it has positions.

Usage: reranker_tiny_model.py FOLDER POSITIONS OUTPUTS
"""

import json
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
WORDS = "buy sell stop target trend candle volume price market close open risk a the and is".split()
VOCABULARY = SPECIAL + WORDS
DIMENSION = 64


def main() -> None:
    folder, positions, outputs = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    (folder / "onnx").mkdir(parents=True)
    write_tokenizer(folder)
    config = {"model_type": "bert", "architectures": ["BertForSequenceClassification"]}
    (folder / "config.json").write_text(json.dumps({**config, "max_position_embeddings": positions}))
    write_model(folder / "onnx/model.onnx", positions, outputs)


def write_tokenizer(folder: Path) -> None:
    ids = {token: id_ for id_, token in enumerate(VOCABULARY)}
    special = lambda token: {"SpecialToken": {"id": token, "type_id": 0}}
    part = lambda name, type_id: {"Sequence": {"id": name, "type_id": type_id}}
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": ids[t], "content": t, "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
            for t in SPECIAL
        ],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [special("[CLS]"), part("A", 0), special("[SEP]")],
            "pair": [special("[CLS]"), part("A", 0), special("[SEP]"), part("B", 1), {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
            "special_tokens": {t: {"id": t, "ids": [ids[t]], "tokens": [t]} for t in ("[CLS]", "[SEP]")},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": ids},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    # As published ones often say: no limit.
    settings = {"tokenizer_class": "BertTokenizer", "model_max_length": 1e30}
    named = {"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]"}
    (folder / "tokenizer_config.json").write_text(json.dumps({**settings, **named}))


def write_model(path: Path, positions: int, outputs: int) -> None:
    generator = np.random.default_rng(5)
    nodes, constants = [], []

    def constant(value, dtype=np.int64) -> str:
        constants.append(numpy_helper.from_array(np.array(value, dtype=dtype), f"constant_{len(constants)}"))
        return constants[-1].name

    def op(kind: str, *inputs: str, output: str | None = None, **attributes) -> str:
        name = output or f"{kind}_{len(nodes)}"
        nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    words = op("Gather", constant(generator.standard_normal((len(VOCABULARY), DIMENSION)), np.float32), "input_ids")
    rows = constant(generator.standard_normal((positions, DIMENSION)) * 0.01, np.float32)
    width = op("Gather", op("Shape", "input_ids"), constant(1))
    vectors = op("Add", words, op("Gather", rows, op("Range", constant(0), width, constant(1))))
    to_float = lambda name: op("Cast", name, to=TensorProto.FLOAT)
    in_passage = op("Mul", to_float("attention_mask"), to_float("token_type_ids"))
    in_query = op("Sub", to_float("attention_mask"), in_passage)
    total = lambda mask: op("ReduceSum", op("Mul", vectors, op("Unsqueeze", mask, constant([2]))), constant([1]), keepdims=0)
    passage = op("Div", total(in_passage), op("ReduceSum", in_passage, constant([1]), keepdims=1))
    score = op("ReduceSum", op("Mul", passage, total(in_query)), constant([1]), keepdims=1)
    # No, yes, and nonsense beyond.
    op("Mul", score, constant(([[-1, 1, 0]] if outputs > 1 else [[1]])[0][:outputs], np.float32), output="logits")

    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "width"]) for n in ("input_ids", "attention_mask", "token_type_ids")]
    answer = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", outputs])
    graph = helper.make_graph(nodes, "reranker", inputs, [answer], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    save(model, path)


if __name__ == "__main__":
    main()
