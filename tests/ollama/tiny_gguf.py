"""Writes a random Llama of two layers and a byte vocabulary (1.7 MB): it follows Ollama's protocol and says nothing sensible.

Usage: python tiny_gguf.py OUT.gguf        Needs PyPI gguf and numpy.
"""

import sys

import gguf
import numpy as np

WIDTH = 128
LAYERS = 2
HEADS = 4
FEED_FORWARD = 256
# Long, so that a test can ask for an answer that takes minutes.
CONTEXT = 32768

SPECIAL = ["<unk>", "<s>", "</s>"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
# SentencePiece writes a space as U+2581.
CHARACTERS = [chr(code) for code in range(33, 127)] + ["\u2581"]


def write_model(path: str) -> None:
    writer = gguf.GGUFWriter(path, "llama")
    add_shape(writer)
    add_vocabulary(writer)
    add_weights(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_shape(writer: gguf.GGUFWriter) -> None:
    writer.add_name("tiny-random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(SPECIAL + BYTES + CHARACTERS))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)


def add_vocabulary(writer: gguf.GGUFWriter) -> None:
    kind = gguf.TokenType
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token.encode() for token in SPECIAL + BYTES + CHARACTERS])
    writer.add_token_scores([0.0] * len(SPECIAL + BYTES) + [-1.0] * len(CHARACTERS))
    writer.add_token_types(
        [kind.UNKNOWN, kind.CONTROL, kind.CONTROL] + [kind.BYTE] * len(BYTES) + [kind.NORMAL] * len(CHARACTERS)
    )
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)


def add_weights(writer: gguf.GGUFWriter) -> None:
    random = np.random.default_rng(0)
    vocabulary = len(SPECIAL + BYTES + CHARACTERS)

    def noise(name: str, *shape: int) -> None:
        writer.add_tensor(name, (random.standard_normal(shape) * 0.05).astype(np.float32))

    def ones(name: str) -> None:
        writer.add_tensor(name, np.ones(WIDTH, np.float32))

    noise("token_embd.weight", vocabulary, WIDTH)
    ones("output_norm.weight")
    noise("output.weight", vocabulary, WIDTH)
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        ones(f"{block}.attn_norm.weight")
        ones(f"{block}.ffn_norm.weight")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            noise(f"{block}.{part}.weight", WIDTH, WIDTH)
        noise(f"{block}.ffn_gate.weight", FEED_FORWARD, WIDTH)
        noise(f"{block}.ffn_up.weight", FEED_FORWARD, WIDTH)
        noise(f"{block}.ffn_down.weight", WIDTH, FEED_FORWARD)


if __name__ == "__main__":
    write_model(sys.argv[1])
