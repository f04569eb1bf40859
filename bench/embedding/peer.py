"""Embeds with sentence-transformers on the CPU, as a process that answers requests.

Usage: python peer.py MODEL_FOLDER THREADS

Reads one JSON object a line: {"texts": [...], "vectors": true | false}.
Answers one JSON object a line: {"seconds": ...} and, where asked for, "vectors": float32 little-endian in base64, one a text.
The first line it writes is {"versions": {...}}: it is ready then. Ends with its input.
"""

import base64
import json
import sys
import time

import numpy as np
import sentence_transformers
import torch


def main() -> None:
    folder, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    model = sentence_transformers.SentenceTransformer(
        folder, device="cpu", local_files_only=True, model_kwargs={"dtype": torch.float32}
    )
    answer({"versions": {"sentence-transformers": sentence_transformers.__version__, "torch": torch.__version__}})
    for line in sys.stdin:
        request = json.loads(line)
        began = time.perf_counter()
        vectors = model.encode(request["texts"], normalize_embeddings=True, show_progress_bar=False)
        seconds = time.perf_counter() - began
        encoded = [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in np.asarray(vectors)]
        answer({"seconds": seconds, **({"vectors": encoded} if request["vectors"] else {})})


def answer(message: dict) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
