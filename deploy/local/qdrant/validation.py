"""Checks made before an operation reaches the engine.

The engine writes an operation to its log first and applies it then: a bad one stays in the log and the collection
cannot be opened again. So nothing gets through here that the engine could choke on.
"""

import math
from uuid import UUID

from errors import wrong_input

# The log's decoder stops at 128 levels, some of which the operation itself takes.
MAX_PAYLOAD_DEPTH = 48
MAX_FILTER_DEPTH = 20
# Largest float32.
MAX_FLOAT = 3.4028234e38
MAX_UNSIGNED = 2**64 - 1
MAX_SPARSE_INDEX = 2**32 - 1


def check_depth(value: object, limit: int, what: str, depth: int = 0) -> None:
    """Refuses JSON nested deeper than `limit`."""
    if depth > limit:
        raise wrong_input(f"{what} is nested deeper than {limit} levels")
    if isinstance(value, dict):
        children = value.values()
    elif isinstance(value, list):
        children = value
    else:
        return
    for child in children:
        if isinstance(child, (dict, list)):
            check_depth(child, limit, what, depth + 1)


def check_payload(payload: object) -> dict | None:
    if payload is None:
        return None
    if not isinstance(payload, dict):
        raise wrong_input("payload must be an object")
    check_depth(payload, MAX_PAYLOAD_DEPTH, "payload")
    return payload


def check_id(point_id: object) -> int | str:
    """Point ids are unsigned 64-bit integers or UUIDs."""
    if isinstance(point_id, int) and not isinstance(point_id, bool) and 0 <= point_id <= MAX_UNSIGNED:
        return point_id
    if isinstance(point_id, str):
        try:
            return str(UUID(point_id))
        except ValueError:
            pass
    raise wrong_input(f"value {point_id!r} is not a valid point ID, valid values are either an unsigned integer or a UUID")


def check_ids(ids: object) -> list[int | str]:
    if not isinstance(ids, list):
        raise wrong_input("expected a list of point IDs")
    return [check_id(point_id) for point_id in ids]


def check_dense(values: object, size: int) -> list[float]:
    if not isinstance(values, list):
        raise wrong_input("a dense vector must be a list of numbers")
    if len(values) != size:
        raise wrong_input(f"Vector dimension error: expected dim: {size}, got {len(values)}")
    if not are_finite(values):
        raise wrong_input("vector values must be finite 32-bit floats")
    return values


def are_finite(values: list[float]) -> bool:
    """A NaN shows in the sum alone, values too large for float32 in the extremes; all three run at C speed."""
    return not values or (math.isfinite(sum(values)) and max(values) < MAX_FLOAT and min(values) > -MAX_FLOAT)


def check_sparse(vector: dict) -> tuple[list[int], list[float]]:
    indices, values = vector["indices"], vector["values"]
    if len(indices) != len(values):
        raise wrong_input("sparse indices and values must be of the same length")
    if len(set(indices)) != len(indices):
        raise wrong_input("sparse indices must be unique")
    if not all(isinstance(index, int) and 0 <= index <= MAX_SPARSE_INDEX for index in indices):
        raise wrong_input("sparse indices must be unsigned 32-bit integers")
    if not are_finite(values):
        raise wrong_input("sparse values must be finite 32-bit floats")
    return indices, values


def check_limit(limit: object, fallback: int) -> int:
    if limit is None:
        return fallback
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MAX_SPARSE_INDEX:
        raise wrong_input(f"limit: value {limit!r} invalid, must be 1 or larger")
    return limit
