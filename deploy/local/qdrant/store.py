"""All collections of a folder: making, dropping, naming and keeping them.

A collection's folder counts only while it holds the marker `collection.json`, which is written last and removed first: a
kill in the middle leaves rubbish that the next start removes, never half a collection.
"""

import fcntl
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

from collection import Collection
from errors import RestError, no_collection, not_found, wrong_input
from schema import HNSW_DEFAULTS, merged

MARKER = "collection.json"
FLUSH_SECONDS = 1.0
# Optimizing stops every request: only after this long without any.
IDLE_SECONDS = 5.0
# … or so long after the last write.
OVERDUE_SECONDS = 30.0
FORBIDDEN_IN_NAMES = set('<>:"/\\|?*') | {chr(code) for code in range(32)}


class Store:
    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        self.hold_folder()
        self.lock = threading.RLock()
        self.collections: dict[str, Collection] = {}
        self.broken: dict[str, str] = {}
        self.aliases_file = root / "aliases.json"
        self.aliases: dict[str, str] = json.loads(self.aliases_file.read_text()) if self.aliases_file.exists() else {}
        for folder in sorted(root.iterdir()):
            if folder.is_dir():
                self.open_folder(folder)
        self.stopping = threading.Event()
        self.maintainer = threading.Thread(target=self.maintain, daemon=True)
        self.maintainer.start()

    def hold_folder(self) -> None:
        """A second server on the folder would take the first one's open log for a broken one."""
        self.folder_lock = open(self.root / "lock", "w")
        try:
            fcntl.flock(self.folder_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"another server holds {self.root}; stop it or use another folder") from None

    def open_folder(self, folder: Path) -> None:
        name = unquote(folder.name)
        marker = folder / MARKER
        if not marker.exists():
            shutil.rmtree(folder)
            return
        try:
            self.collections[name] = Collection.load(folder, json.loads(marker.read_text()))
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            # One unreadable collection must not take the others down; it says what is wrong until it is deleted.
            self.broken[name] = str(error)
            print(f"WARNING: collection {name} cannot be opened: {error}", file=sys.stderr, flush=True)

    def get(self, name: str) -> Collection:
        target = self.aliases.get(name, name)
        collection = self.collections.get(target)
        if collection is None:
            if target in self.broken:
                raise RestError(500, f"Service internal error: collection `{target}` cannot be opened: {self.broken[target]}")
            raise no_collection(name)
        return collection

    @contextmanager
    def use(self, name: str) -> Iterator[Collection]:
        """The collection, for oneself until the end."""
        collection = self.get(name)
        with collection.lock:
            # It may have been deleted while we waited.
            if collection.closed:
                raise no_collection(name)
            yield collection

    def real_name(self, name: str) -> str:
        """What an alias names, or the name itself."""
        self.get(name)
        return self.aliases.get(name, name)

    def exists(self, name: str) -> bool:
        return self.aliases.get(name, name) in self.collections

    def create(self, name: str, body: dict) -> bool:
        check_name(name)
        with self.lock:
            if name in self.collections or name in self.broken:
                raise RestError(409, f"Wrong input: Collection `{name}` already exists!")
            if name in self.aliases:
                raise wrong_input(f"Can't create collection with name {name}. Alias with the same name already exists")
            folder = self.root / folder_name(name)
            shutil.rmtree(folder, ignore_errors=True)
            collection = Collection.create(folder, body)
            write_durably(folder / MARKER, body)
            self.collections[name] = collection
        return True

    def change(self, name: str, changes: dict) -> bool:
        """Configures a collection anew. The marker is written last: a kill before that leaves the old configuration."""
        with self.lock, self.use(name) as collection:
            body = merged(collection.body, changes)
            settings = {**body, "metadata": None}
            if settings == {**collection.body, "metadata": None}:
                collection.body = body
            else:
                collection.reconfigure(body)
            write_durably(collection.path / MARKER, body)
        return True

    def delete(self, name: str) -> bool:
        with self.lock:
            collection = self.collections.pop(name, None)
            if collection is None and self.broken.pop(name, None) is None:
                return False
            folder = self.root / folder_name(name)
            self.save_aliases({alias: target for alias, target in self.aliases.items() if target != name})
            (folder / MARKER).unlink()
            if collection is not None:
                with collection.lock:
                    collection.close()
            shutil.rmtree(folder)
        return True

    def update_aliases(self, actions: list[dict]) -> bool:
        """All actions or none, as readers switch from one collection to the next by them."""
        with self.lock:
            aliases = dict(self.aliases)
            for action in actions:
                self.apply_alias(aliases, action)
            self.save_aliases(aliases)
        return True

    def apply_alias(self, aliases: dict[str, str], action: dict) -> None:
        if "create_alias" in action:
            alias, target = action["create_alias"]["alias_name"], action["create_alias"]["collection_name"]
            check_name(alias)
            if target not in self.collections:
                raise no_collection(target)
            if alias in self.collections:
                raise wrong_input(f"Can't create alias {alias}: a collection has that name")
            aliases[alias] = target
        elif "delete_alias" in action:
            aliases.pop(action["delete_alias"]["alias_name"], None)
        elif "rename_alias" in action:
            old, new = action["rename_alias"]["old_alias_name"], action["rename_alias"]["new_alias_name"]
            check_name(new)
            if old not in aliases:
                raise not_found(f"Alias {old} does not exists!")
            aliases[new] = aliases.pop(old)
        else:
            raise wrong_input(f"unknown alias action {sorted(action)}")

    def save_aliases(self, aliases: dict[str, str]) -> None:
        write_durably(self.aliases_file, aliases)
        self.aliases = aliases

    def maintain(self) -> None:
        """Flushes what changed each second; merges, vacuums and quantizes segments when that disturbs nobody much."""
        flushed: dict[str, int] = {}
        optimized: dict[str, int] = {}
        while not self.stopping.wait(FLUSH_SECONDS):
            now = time.monotonic()
            idle = all(now - item.last_used > IDLE_SECONDS for item in list(self.collections.values()))
            for name, collection in list(self.collections.items()):
                try:
                    with collection.lock:
                        if collection.closed:
                            continue
                        updates = collection.updates
                        if updates != flushed.get(name, 0):
                            collection.shard.flush()
                            flushed[name] = updates
                        if updates != optimized.get(name, 0) and (idle or overdue(collection, now)):
                            optimized[name] = updates
                            collection.optimize()
                except BaseException as error:
                    print(f"WARNING: keeping collection {name}: {error}", file=sys.stderr, flush=True)

    def close(self) -> None:
        self.stopping.set()
        self.maintainer.join()
        for collection in self.collections.values():
            with collection.lock:
                collection.shard.flush()
                collection.close()


def overdue(collection: Collection, now: float) -> bool:
    """Searched all the time, written long ago. Without a graph to build, optimizing takes less than a second per 100,000 points."""
    graph = (collection.body.get("hnsw_config") or {}).get("m") or HNSW_DEFAULTS["m"]
    return graph == 0 and now - collection.last_written > OVERDUE_SECONDS


def check_name(name: object) -> None:
    if not isinstance(name, str) or not 1 <= len(name) <= 100 or FORBIDDEN_IN_NAMES & set(name) or name in (".", ".."):
        raise wrong_input("names have 1 to 100 characters, without control characters and < > : \" / \\ | ? *")


def folder_name(name: str) -> str:
    return quote(name, safe="")


def write_durably(file: Path, content: object) -> None:
    """Old or new content after a power loss, never half of it."""
    new = file.with_name(file.name + ".new")
    with open(new, "w") as handle:
        json.dump(content, handle)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(new, file)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
