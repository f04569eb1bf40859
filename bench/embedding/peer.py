"""Embeds with sentence-transformers on the CPU, as it comes. Usage: python peer.py MODEL_FOLDER THREADS"""

import sys

import sentence_transformers
import torch

from peer_loop import serve


def main() -> None:
    folder, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    model = sentence_transformers.SentenceTransformer(
        folder, device="cpu", local_files_only=True, model_kwargs={"dtype": torch.float32}
    )
    versions = {"sentence-transformers": sentence_transformers.__version__, "torch": torch.__version__}
    serve(versions, lambda texts: model.encode(texts, normalize_embeddings=True, show_progress_bar=False))


if __name__ == "__main__":
    main()
