"""Filters: from Qdrant's JSON to the engine's objects."""

import qdrant_edge as edge

from errors import wrong_input
from validation import MAX_FILTER_DEPTH, check_depth, check_ids

CLAUSES = ("must", "should", "must_not")
MATCHES = {
    "any": edge.MatchAny,
    "except": edge.MatchExcept,
    "text": edge.MatchText,
    "text_any": edge.MatchTextAny,
    "phrase": edge.MatchPhrase,
    "prefix": edge.MatchPrefix,
}


class EngineBool:
    """The engine's binding turns True into the integer 1, which matches no boolean. NumPy's it takes for what it is."""

    def __init__(self, value: bool) -> None:
        self.value = value

    def __bool__(self) -> bool:
        return self.value


EngineBool.__name__ = EngineBool.__qualname__ = "bool_"
EngineBool.__module__ = "numpy"


def to_filter(body: object) -> "edge.Filter | None":
    """None for no filter; raises for keys that Qdrant does not know."""
    if body is None or body == {}:
        return None
    if not isinstance(body, dict):
        raise wrong_input("a filter must be an object")
    check_depth(body, MAX_FILTER_DEPTH, "filter")
    unknown = set(body) - {*CLAUSES, "min_should"}
    if unknown:
        raise wrong_input(f"unknown filter clause {sorted(unknown)}")
    clauses = {name: [condition(item) for item in as_list(body[name])] for name in CLAUSES if body.get(name) is not None}
    least = body.get("min_should")
    if least is not None:
        clauses["min_should"] = edge.MinShould([condition(item) for item in least["conditions"]], least["min_count"])
    return edge.Filter(**clauses)


def condition(body: dict) -> object:
    if "key" in body:
        return field_condition(body)
    if "has_id" in body:
        return edge.HasIdCondition(set(check_ids(body["has_id"])))
    if "is_empty" in body:
        return edge.IsEmptyCondition(body["is_empty"]["key"])
    if "is_null" in body:
        return edge.IsNullCondition(body["is_null"]["key"])
    if "nested" in body:
        return edge.NestedCondition(body["nested"]["key"], to_filter(body["nested"]["filter"]) or edge.Filter())
    return to_filter(body) or edge.Filter()


def field_condition(body: dict) -> "edge.FieldCondition":
    unknown = {name for name, value in body.items() if value is not None} - {"key", "match", "range"}
    if unknown:
        raise wrong_input(f"field conditions {sorted(unknown)} are not supported by the embedded engine")
    parts = {}
    if body.get("match") is not None:
        parts["match"] = match(body["match"])
    if body.get("range") is not None:
        parts["range"] = value_range(body["range"])
    if not parts:
        raise wrong_input("a field condition needs match or range")
    return edge.FieldCondition(body["key"], **parts)


def match(body: dict) -> object:
    if "value" in body:
        value = body["value"]
        return edge.MatchValue(EngineBool(value) if isinstance(value, bool) else value)
    for name, make in MATCHES.items():
        if name in body:
            return make(body[name])
    raise wrong_input(f"unknown match {sorted(body)}")


def value_range(body: dict) -> object:
    bounds = {name: body[name] for name in ("gt", "gte", "lt", "lte") if body.get(name) is not None}
    if any(isinstance(bound, str) for bound in bounds.values()):
        return edge.RangeDateTime(**bounds)
    return edge.RangeFloat(**bounds)


def as_list(value: object) -> list:
    return value if isinstance(value, list) else [value]
