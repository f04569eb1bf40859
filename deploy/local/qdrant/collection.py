"""One collection: its engine shard, and the operations on its points."""

import sys
import threading
import time
from pathlib import Path

import qdrant_edge as edge

from errors import wrong_input
from filters import to_filter
from groups import query_groups
from queries import to_request, with_payload, with_vector
from schema import HNSW_DEFAULTS, collection_config, payload_index
from validation import check_id, check_ids, check_limit, check_payload
from vectors import VectorSchema

Operation = edge.UpdateOperation
UPDATE_MODES = {"insert_only": edge.UpdateMode.InsertOnly, "update_only": edge.UpdateMode.UpdateOnly}


class Collection:
    """Answers are JSON-ready. Every write is checked before the engine sees it (see validation.py)."""

    def __init__(self, path: Path, body: dict, shard: "edge.EdgeShard") -> None:
        self.path = path
        self.body = body
        self.shard = shard
        self.vectors = VectorSchema(body)
        # Held around every use of the shard: it is closed when the collection is configured anew or deleted. Costs nothing,
        # as the engine does one thing at a time anyway.
        self.lock = threading.RLock()
        self.closed = False
        # What is stored does not yet have the configuration.
        self.unsettled = False
        self.updates = 0
        self.last_used = self.last_written = time.monotonic()

    @staticmethod
    def create(path: Path, body: dict) -> "Collection":
        VectorSchema(body)
        config = collection_config(body)
        (path / "shard").mkdir(parents=True)
        return Collection(path, body, edge.EdgeShard.create(str(path / "shard"), config))

    @staticmethod
    def load(path: Path, body: dict) -> "Collection":
        """Opens what is on disk; the last server may not have come to optimizing it."""
        collection = Collection(path, body, Collection.load_shard(path, body))
        collection.updates += 1
        return collection

    @staticmethod
    def load_shard(path: Path, body: dict) -> "edge.EdgeShard":
        """A log that cannot be replayed is moved aside, loudly, and the rest opened."""
        shard_path = path / "shard"
        try:
            return edge.EdgeShard.load(str(shard_path), collection_config(body))
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit)) or not (shard_path / "wal").exists():
                raise
            aside = shard_path / f"wal.unreadable-{int(time.time())}"
            (shard_path / "wal").rename(aside)
            print(
                f"WARNING: the write-ahead log of collection {path.name} cannot be replayed ({error}). It was moved to "
                f"{aside}; writes since the last flush are missing. Rebuild the index from the database.",
                file=sys.stderr,
                flush=True,
            )
            return edge.EdgeShard.load(str(shard_path), collection_config(body))

    def update(self, operation: object) -> dict:
        self.shard.update(operation)
        self.updates += 1
        self.last_written = time.monotonic()
        return {"operation_id": self.updates, "status": "completed"}

    def reconfigure(self, body: dict) -> None:
        """Opens the shard anew with this configuration; what is stored takes it over when it is next optimized."""
        config = collection_config(body)
        self.shard.flush()
        self.shard.close()
        try:
            self.shard = edge.EdgeShard.load(str(self.path / "shard"), config)
        except BaseException:
            self.shard = edge.EdgeShard.load(str(self.path / "shard"), collection_config(self.body))
            raise
        self.body = body
        self.updates += 1
        self.unsettled = True

    def optimize(self) -> None:
        self.shard.optimize()
        self.unsettled = False

    def close(self) -> None:
        self.closed = True
        self.shard.close()

    def upsert(self, body: dict) -> dict:
        if body.get("points") is None:
            raise wrong_input("upsert needs points, each with id, vector and payload")
        points = [
            edge.Point(check_id(point["id"]), self.vectors.of_point(point["vector"]), check_payload(point.get("payload")))
            for point in body["points"]
        ]
        mode = UPDATE_MODES.get(body.get("update_mode"))
        return self.update(Operation.upsert_points(points, to_filter(body.get("update_filter")), mode))

    def delete(self, body: dict) -> dict:
        if body.get("filter") is not None:
            return self.update(Operation.delete_points_by_filter(to_filter(body["filter"]) or edge.Filter()))
        return self.update(Operation.delete_points(check_ids(body.get("points"))))

    def create_index(self, body: dict) -> dict:
        field = body["field_name"]
        if not isinstance(field, str) or not field:
            raise wrong_input("field_name must be a payload key")
        return self.update(Operation.create_field_index(field, payload_index(body.get("field_schema"))))

    def delete_index(self, field: str) -> dict:
        return self.update(Operation.delete_field_index(field))

    def query(self, body: dict) -> dict:
        return {"points": [point_json(point) for point in self.shard.query(to_request(body, self.vectors))]}

    def groups(self, body: dict) -> dict:
        found = query_groups(self.shard, lambda asked: to_request(asked, self.vectors), body)
        return {
            "groups": [
                {"id": value, "hits": [{**point_json(point), "score": hit.score, "version": hit.version} for point, hit in points]}
                for value, points in found
            ]
        }

    def retrieve(self, body: dict) -> list[dict]:
        found = self.shard.retrieve(check_ids(body["ids"]), with_payload(body.get("with_payload", True)), with_vector(body))
        return [point_json(point) for point in found]

    def scroll(self, body: dict) -> dict:
        if body.get("order_by") is not None:
            raise wrong_input("order_by is not supported by the embedded engine")
        offset = body.get("offset")
        request = edge.ScrollRequest(
            None if offset is None else check_id(offset),
            check_limit(body.get("limit"), 10),
            to_filter(body.get("filter")),
            with_payload(body.get("with_payload", True)),
            with_vector(body),
            None,
        )
        points, following = self.shard.scroll(request)
        return {"points": [point_json(point) for point in points], "next_page_offset": following}

    def count(self, body: dict) -> dict:
        return {"count": self.shard.count(edge.CountRequest(filter=to_filter(body.get("filter")), exact=True))}

    def info(self) -> dict:
        shard, body = self.shard.info(), self.body
        indexes = {
            name: {"data_type": str(index.data_type).split(".")[-1].lower(), "points": index.points}
            for name, index in shard.payload_schema.items()
        }
        return {
            "status": "yellow" if self.unsettled else "green",
            "optimizer_status": "ok",
            "indexed_vectors_count": shard.indexed_vectors_count,
            "points_count": self.shard.count(edge.CountRequest(exact=True)),
            "segments_count": shard.segments_count,
            "payload_schema": indexes,
            "config": {
                "params": {
                    "vectors": body.get("vectors") or {},
                    "sparse_vectors": body.get("sparse_vectors"),
                    "shard_number": 1,
                    "replication_factor": 1,
                    "write_consistency_factor": 1,
                    "on_disk_payload": True,
                },
                "hnsw_config": {**HNSW_DEFAULTS, "max_indexing_threads": 0, **(body.get("hnsw_config") or {})},
                "optimizer_config": {"flush_interval_sec": 1, **(body.get("optimizers_config") or {})},
                "wal_config": {"wal_capacity_mb": 32, "wal_segments_ahead": 0},
                "quantization_config": body.get("quantization_config"),
                "metadata": body.get("metadata"),
            },
        }


def point_json(point: object) -> dict:
    answer = {"id": point.id, "payload": point.payload, "vector": point.vector}
    if isinstance(point, edge.ScoredPoint):
        answer["score"] = point.score
        answer["version"] = point.version
    return {name: value for name, value in answer.items() if value is not None}
