"""A peer as a process that answers requests, so that neither its start nor its imports are measured.

Reads one JSON object a line: {"texts": [...], "vectors": true | false}.
Answers one JSON object a line: {"seconds": ...} and, where asked for, "vectors": float32 little-endian in base64, one a text.
The first line it writes is {"versions": {...}}: it is ready then. Ends with its input.
"""

import base64
import json
import sys
import time
from collections.abc import Callable

import numpy as np


def serve(versions: dict[str, str], embed: Callable[[list[str]], np.ndarray]) -> None:
    answer({"versions": versions})
    for line in sys.stdin:
        request = json.loads(line)
        began = time.perf_counter()
        vectors = embed(request["texts"])
        seconds = time.perf_counter() - began
        encoded = [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in vectors]
        answer({"seconds": seconds, **({"vectors": encoded} if request["vectors"] else {})})


def answer(message: dict) -> None:
    print(json.dumps(message), flush=True)
