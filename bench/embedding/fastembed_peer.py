"""Embeds with fastembed on the CPU, as it comes, with an ONNX file of ours.

Usage: python fastembed_peer.py MODEL_FOLDER THREADS ONNX_FILE_IN_FOLDER
"""

import sys
from importlib.metadata import version

import numpy as np
from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType

from peer_loop import serve

NAME = "tapeworks/local"


def main() -> None:
    folder, threads, file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    TextEmbedding.add_custom_model(
        NAME, pooling=PoolingType.MEAN, normalization=True, sources=ModelSource(hf=NAME), dim=384, model_file=file
    )
    model = TextEmbedding(
        NAME, specific_model_path=folder, threads=threads, providers=["CPUExecutionProvider"], local_files_only=True
    )
    versions = {"fastembed": version("fastembed"), "onnxruntime (Python)": version("onnxruntime")}
    serve(versions, lambda texts: np.asarray(list(model.embed(texts))))


if __name__ == "__main__":
    main()
