"""The REST paths that the product uses, from method and path to an answer."""

import time
from urllib.parse import unquote

from collection import Collection
from errors import RestError
from store import Store

# (method, rest of the path below /collections/NAME/) → operation on the collection.
OPERATIONS = {
    ("PUT", "points"): Collection.upsert,
    ("POST", "points"): Collection.retrieve,
    ("POST", "points/query"): Collection.query,
    ("POST", "points/query/groups"): Collection.groups,
    ("POST", "points/scroll"): Collection.scroll,
    ("POST", "points/count"): Collection.count,
    ("POST", "points/delete"): Collection.delete,
    ("PUT", "index"): Collection.create_index,
}


def answer(store: Store, method: str, path: str, body: dict) -> object:
    """The `result` of the response. Raises RestError or whatever the engine raises."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    if parts == ["aliases"] and method == "GET":
        return alias_list(store)
    if parts[0] != "collections":
        raise unknown(method, path)
    if len(parts) == 1 and method == "GET":
        return {"collections": [{"name": name} for name in store.collections]}
    if parts[1:] == ["aliases"] and method == "POST":
        return store.update_aliases(body["actions"])
    if len(parts) == 2:
        return whole_collection(store, method, path, parts[1], body)
    return below_collection(store, method, path, parts[1], parts[2:], body)


def whole_collection(store: Store, method: str, path: str, name: str, body: dict) -> object:
    if method == "GET":
        with store.use(name) as collection:
            return collection.info()
    if method == "PUT":
        return store.create(name, body)
    if method == "PATCH":
        return store.change(name, body)
    if method == "DELETE":
        return store.delete(name)
    raise unknown(method, path)


def below_collection(store: Store, method: str, path: str, name: str, rest: list[str], body: dict) -> object:
    if (method, rest) == ("GET", ["exists"]):
        return {"exists": store.exists(name)}
    if (method, rest) == ("GET", ["aliases"]):
        return alias_list(store, store.real_name(name))
    with store.use(name) as collection:
        collection.last_used = time.monotonic()
        if method == "DELETE" and len(rest) == 2 and rest[0] == "index":
            return collection.delete_index(rest[1])
        operation = OPERATIONS.get((method, "/".join(rest)))
        if operation is None:
            raise unknown(method, path)
        return operation(collection, body)


def alias_list(store: Store, only: str | None = None) -> dict:
    pairs = [(alias, target) for alias, target in store.aliases.items() if only in (None, target)]
    return {"aliases": [{"alias_name": alias, "collection_name": target} for alias, target in pairs]}


def unknown(method: str, path: str) -> RestError:
    return RestError(404, f"Not implemented in the embedded engine: {method} {path}")
