"""Vectors of one collection: checked against its definition, and BM25 computed from text where asked."""

import json

import qdrant_edge as edge

from errors import wrong_input
from schema import dense_definitions, pick
from validation import check_dense, check_sparse

BM25_MODEL = "qdrant/bm25"
_bm25_by_options: dict[str, "edge.Bm25"] = {}


class VectorSchema:
    """Knows the names and sizes of a collection's vectors."""

    def __init__(self, body: dict) -> None:
        self.sizes = {name: definition["size"] for name, definition in dense_definitions(body).items()}
        self.sparse = set(body.get("sparse_vectors") or {})

    def of_point(self, vector: object) -> object:
        """All vectors of a point to store: a list (the nameless one) or name → vector."""
        if isinstance(vector, list):
            return self.one("", vector)
        if not isinstance(vector, dict):
            raise wrong_input("a point's vector must be a list or an object")
        return {name: self.one(name, value) for name, value in vector.items()}

    def one(self, name: str, value: object, is_query: bool = False) -> object:
        if name in self.sizes:
            return check_dense(value, self.sizes[name])
        if name not in self.sparse:
            raise wrong_input(f"Not existing vector name error: {name}")
        if not isinstance(value, dict):
            raise wrong_input("Conversion between sparse and regular vectors failed")
        if "text" in value:
            return bm25(value, is_query)
        return edge.SparseVector(*check_sparse(value))


def bm25(document: dict, is_query: bool) -> "edge.SparseVector":
    """Sparse vector of a text, as Qdrant computes it for the model `qdrant/bm25`."""
    if str(document.get("model", "")).lower() != BM25_MODEL:
        raise wrong_input(f"no inference for model {document.get('model')!r}, only for {BM25_MODEL}")
    if not isinstance(document["text"], str):
        raise wrong_input("text must be a string")
    options = pick(document.get("options"), "k", "b", "avg_len", "language")
    key = json.dumps(options, sort_keys=True)
    if key not in _bm25_by_options:
        _bm25_by_options[key] = edge.Bm25(edge.Bm25Config(**options))
    model = _bm25_by_options[key]
    return model.embed_query(document["text"]) if is_query else model.embed_document(document["text"])
