"""Exact search with faiss on the CPU, as a process that answers requests.

Usage: python peer.py THREADS

Reads one JSON object a line: {"load": FILE, "dimension": N} for float32 vectors of length 1, or {"queries": FILE, "top": N}.
Answers one JSON object a line: {"size": ...}, or {"ids": [[...]], "milliseconds": [...]} with a time for each query, asked one by one.
The first line it writes is {"versions": {...}}: it is ready then. Ends with its input.
"""

import json
import sys
import time

import faiss
import numpy as np


def main() -> None:
    faiss.omp_set_num_threads(int(sys.argv[1]))
    index = faiss.IndexFlatIP(1)
    answer({"versions": {"faiss-cpu": faiss.__version__}})
    for line in sys.stdin:
        request = json.loads(line)
        if "load" in request:
            index = faiss.IndexFlatIP(request["dimension"])
            index.add(read(request["load"], index.d))
            answer({"size": index.ntotal})
        else:
            answer(search(index, read(request["queries"], index.d), request["top"]))


def search(index: "faiss.IndexFlatIP", queries: np.ndarray, top: int) -> dict:
    ids, milliseconds = [], []
    for query in queries:
        began = time.perf_counter()
        _, found = index.search(query[None, :], top)
        milliseconds.append((time.perf_counter() - began) * 1_000)
        ids.append(found[0].tolist())
    return {"ids": ids, "milliseconds": milliseconds}


def read(file: str, dimension: int) -> np.ndarray:
    return np.fromfile(file, dtype="<f4").reshape(-1, dimension)


def answer(message: dict) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
