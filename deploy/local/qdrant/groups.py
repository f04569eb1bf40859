"""Groups: the best points of each value of a payload field."""

from queries import with_payload, with_vector
from validation import check_limit

DEFAULT_GROUPS = 10
DEFAULT_GROUP_SIZE = 3
# A field with few values asks for ever more points until the groups are full; this ends it.
MAX_POINTS = 100_000


def query_groups(shard, request, body: dict) -> list[tuple[object, list]]:
    """Group value → its points, best first. `request` makes the engine's query of a body."""
    field, path = body["group_by"], str(body["group_by"]).split(".")
    wanted = check_limit(body.get("limit"), DEFAULT_GROUPS)
    size = check_limit(body.get("group_size"), DEFAULT_GROUP_SIZE)
    asked = wanted * size * 2
    while True:
        bare = {**body, "limit": asked, "with_payload": [field], "with_vector": False}
        points = shard.query(request(bare))
        groups = fill(points, path, wanted, size)
        full = len(groups) == wanted and all(len(points) == size for points in groups.values())
        if full or len(points) < asked or asked >= MAX_POINTS:
            return with_contents(shard, groups, body)
        asked = min(asked * 4, MAX_POINTS)


def fill(points: list, path: list[str], wanted: int, size: int) -> dict[object, list]:
    groups: dict[object, list] = {}
    for point in points:
        for value in values_at(point.payload, path):
            if value not in groups and len(groups) == wanted:
                continue
            members = groups.setdefault(value, [])
            if len(members) < size:
                members.append(point)
    return groups


def values_at(payload: object, path: list[str]) -> list:
    """Whole numbers and texts of the field; a point without any is in no group."""
    for key in path:
        payload = payload.get(key) if isinstance(payload, dict) else None
    values = payload if isinstance(payload, list) else [payload]
    return list(dict.fromkeys(value for value in values if isinstance(value, (str, int)) and not isinstance(value, bool)))


def with_contents(shard, groups: dict[object, list], body: dict) -> list[tuple[object, list]]:
    """The points again, with the payload and the vectors that were asked for: (point, its score)."""
    ids = list({point.id for points in groups.values() for point in points})
    found = shard.retrieve(ids, with_payload(body.get("with_payload")) or False, with_vector(body)) if ids else []
    by_id = {point.id: point for point in found}
    return [(value, [(by_id[point.id], point) for point in points]) for value, points in groups.items()]
