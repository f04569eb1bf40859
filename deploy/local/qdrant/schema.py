"""Collection and payload index definitions: from Qdrant's JSON to the engine's objects."""

import qdrant_edge as edge

from errors import wrong_input

MAX_DIMENSION = 65_536
DISTANCES = {
    "Cosine": edge.Distance.Cosine,
    "Dot": edge.Distance.Dot,
    "Euclid": edge.Distance.Euclid,
    "Manhattan": edge.Distance.Manhattan,
}
# Exact scan unless asked otherwise: a scan of 100,000 vectors takes about 10 ms, building the graph stops the server for
# 15 s and longer.
HNSW_DEFAULTS = {"m": 0, "ef_construct": 100, "full_scan_threshold": 10_000}
HNSW_OPTIONS = (*HNSW_DEFAULTS, "max_indexing_threads", "on_disk", "payload_m")
OPTIMIZER_OPTIONS = (
    "deleted_threshold",
    "vacuum_min_vector_number",
    "default_segment_number",
    "max_segment_size",
    "indexing_threshold",
)
# What a PATCH of a collection may name, beside its quantization.
MERGED = ("hnsw_config", "optimizers_config", "metadata")
# Index type → engine's parameters, and the options it takes.
INDEXES = {
    "keyword": (edge.KeywordIndexParams, ("is_tenant", "on_disk")),
    "integer": (edge.IntegerIndexParams, ("lookup", "range", "is_principal", "on_disk")),
    "float": (edge.FloatIndexParams, ("is_principal", "on_disk")),
    "bool": (edge.BoolIndexParams, ("on_disk",)),
    "datetime": (edge.DatetimeIndexParams, ("is_principal", "on_disk")),
    "uuid": (edge.UuidIndexParams, ("is_tenant", "on_disk")),
    "text": (edge.TextIndexParams, ("min_token_len", "max_token_len", "lowercase", "phrase_matching", "on_disk")),
}
PLAIN_INDEXES = {name: getattr(edge.PayloadSchemaType, name.capitalize()) for name in INDEXES}


def pick(body: dict | None, *names: str) -> dict:
    """The named entries that are set."""
    return {name: body[name] for name in names if body.get(name) is not None} if body else {}


def dense_definitions(body: dict) -> dict[str, dict]:
    """Vector name → its definition; the nameless vector's name is empty."""
    vectors = body.get("vectors") or {}
    return {"": vectors} if "size" in vectors else vectors


def collection_config(body: dict) -> "edge.EdgeConfig":
    dense = {name: vector_params(definition) for name, definition in dense_definitions(body).items()}
    sparse = {name: sparse_params(definition or {}) for name, definition in (body.get("sparse_vectors") or {}).items()}
    if not dense and not sparse:
        raise wrong_input("a collection needs at least one vector")
    optimizers = pick(body.get("optimizers_config"), *OPTIMIZER_OPTIONS)
    return edge.EdgeConfig(
        vectors=dense[""] if set(dense) == {""} else dense or None,
        sparse_vectors=sparse or None,
        on_disk_payload=body.get("on_disk_payload"),
        hnsw_config=hnsw_config(body.get("hnsw_config") or {}),
        quantization_config=quantization(body.get("quantization_config")),
        optimizers=edge.EdgeOptimizersConfig(**optimizers) if optimizers else None,
        # More would be eight threads for each collection.
        max_search_threads=1,
    )


def vector_params(definition: dict) -> "edge.EdgeVectorParams":
    size, distance = definition["size"], definition["distance"]
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MAX_DIMENSION:
        raise wrong_input(f"vector size must be from 1 to {MAX_DIMENSION}")
    if distance not in DISTANCES:
        raise wrong_input(f"distance must be one of {', '.join(DISTANCES)}")
    if definition.get("multivector_config"):
        raise wrong_input("multivectors are not supported by the embedded engine")
    own_graph = definition.get("hnsw_config")
    return edge.EdgeVectorParams(
        size,
        DISTANCES[distance],
        hnsw_config=hnsw_config(own_graph) if own_graph else None,
        quantization_config=quantization(definition.get("quantization_config")),
        **pick(definition, "on_disk"),
    )


def sparse_params(definition: dict) -> "edge.EdgeSparseVectorParams":
    modifier = edge.Modifier.Idf if definition.get("modifier") == "idf" else None
    return edge.EdgeSparseVectorParams(modifier=modifier, **pick(definition.get("index"), "full_scan_threshold", "on_disk"))


def hnsw_config(body: dict) -> "edge.HnswIndexConfig":
    return edge.HnswIndexConfig(**{**HNSW_DEFAULTS, **pick(body, *HNSW_OPTIONS)})


def quantization(body: dict | None) -> object:
    if not body:
        return None
    if "scalar" in body:
        return edge.ScalarQuantizationConfig(edge.ScalarType.Int8, **pick(body["scalar"], "quantile", "always_ram"))
    if "binary" in body:
        return edge.BinaryQuantizationConfig(**pick(body["binary"], "always_ram"))
    raise wrong_input(f"quantization {sorted(body)} is not supported by the embedded engine")


def merged(body: dict, changes: dict) -> dict:
    """A collection's definition after a PATCH: parts merge, as Qdrant merges them."""
    unknown = {name for name, value in changes.items() if value is not None} - {*MERGED, "quantization_config"}
    if unknown:
        raise wrong_input(f"changing {sorted(unknown)} is not supported by the embedded engine")
    changed = dict(body)
    for name in MERGED:
        if changes.get(name) is not None:
            if not isinstance(changes[name], dict):
                raise wrong_input(f"{name} must be an object")
            changed[name] = {**(body.get(name) or {}), **changes[name]}
    quantized = changes.get("quantization_config")
    if quantized is not None:
        changed["quantization_config"] = None if quantized == "Disabled" else quantized
    return changed


def payload_index(body: object) -> object:
    """A type's name, or an object with `type` and its options."""
    name = body if isinstance(body, str) else body.get("type") if isinstance(body, dict) else None
    if name not in INDEXES:
        raise wrong_input(f"payload index type must be one of {', '.join(INDEXES)}")
    if isinstance(body, str):
        return PLAIN_INDEXES[name]
    make, options = INDEXES[name]
    chosen = pick(body, *options)
    if body.get("tokenizer"):
        chosen["tokenizer"] = getattr(edge.TokenizerType, body["tokenizer"].capitalize())
    return make(**chosen)
