"""Universal queries: nearest to a vector, stages by prefetch, fusion of their results."""

import qdrant_edge as edge

from errors import wrong_input
from filters import as_list, to_filter
from schema import pick
from validation import check_depth, check_limit

DEFAULT_LIMIT = 10
MAX_PREFETCH_DEPTH = 24
# Qdrant's own constant for reciprocal rank fusion.
RRF_K = 2
UNSUPPORTED = ("lookup_from", "with_lookup")


def to_request(body: dict, vectors) -> "edge.QueryRequest":
    refuse_unsupported(body)
    check_depth(body.get("prefetch"), MAX_PREFETCH_DEPTH, "prefetch")
    return edge.QueryRequest(
        check_limit(body.get("limit"), DEFAULT_LIMIT),
        body.get("offset"),
        scoring(body["query"], body.get("using") or "", vectors) if body.get("query") is not None else None,
        prefetches(body.get("prefetch"), vectors),
        with_vector(body),
        with_payload(body.get("with_payload")),
        to_filter(body.get("filter")),
        body.get("score_threshold"),
        search_params(body.get("params")),
    )


def prefetches(body: object, vectors) -> list:
    return [prefetch(item, vectors) for item in as_list(body or [])]


def prefetch(body: dict, vectors) -> "edge.Prefetch":
    refuse_unsupported(body)
    query = body.get("query")
    return edge.Prefetch(
        check_limit(body.get("limit"), DEFAULT_LIMIT),
        scoring(query, body.get("using") or "", vectors) if query is not None else None,
        prefetches(body.get("prefetch"), vectors),
        search_params(body.get("params")),
        to_filter(body.get("filter")),
        body.get("score_threshold"),
    )


def scoring(query: object, using: str, vectors) -> object:
    """What ranks the points: a vector or text to be near to, or a fusion of the prefetched lists."""
    if isinstance(query, list) or (isinstance(query, dict) and ("indices" in query or "text" in query)):
        return edge.Query.Nearest(vectors.one(using, query, is_query=True), using)
    if isinstance(query, dict):
        if "nearest" in query and not query.get("mmr"):
            return scoring(query["nearest"], using, vectors)
        if "fusion" in query:
            return fusion(query["fusion"])
        if "rrf" in query:
            options = query["rrf"] or {}
            return edge.Fusion.Rrf(options.get("k") or RRF_K, options.get("weights"))
    shown = sorted(query) if isinstance(query, dict) else query
    raise wrong_input(f"the query {shown!r} is not supported by the embedded engine")


def fusion(name: object) -> object:
    if name == "rrf":
        return edge.Fusion.Rrf(RRF_K)
    if name == "dbsf":
        return edge.Fusion.Dbsf()
    raise wrong_input("fusion must be rrf or dbsf")


def search_params(body: dict | None) -> "edge.SearchParams | None":
    if not body:
        return None
    chosen = pick(body, "hnsw_ef", "exact", "indexed_only")
    if body.get("quantization"):
        chosen["quantization"] = edge.QuantizationSearchParams(**pick(body["quantization"], "ignore", "rescore", "oversampling"))
    return edge.SearchParams(**chosen)


def with_payload(selector: object) -> object:
    """True, false, names, or `include` / `exclude`."""
    if not isinstance(selector, dict):
        return selector
    if "include" in selector:
        return edge.PayloadSelector.Include(selector["include"])
    return edge.PayloadSelector.Exclude(selector["exclude"])


def with_vector(body: dict) -> object:
    return body.get("with_vector", body.get("with_vectors", False))


def refuse_unsupported(body: dict) -> None:
    for name in UNSUPPORTED:
        if body.get(name) is not None:
            raise wrong_input(f"{name} is not supported by the embedded engine")
