"""BERT's uncased tokenizer for plain English sentences: enough to calibrate, not to embed (accents and scripts are left out)."""

import json
import re
from pathlib import Path


class WordPiece:
    def __init__(self, tokenizer_json: Path) -> None:
        self.vocabulary: dict[str, int] = json.loads(tokenizer_json.read_text())["model"]["vocab"]
        self.ordinary = [id_ for piece, id_ in self.vocabulary.items() if not piece.startswith("[")]

    def encode(self, text: str) -> list[int]:
        return [id_ for word in re.findall(r"\w+|[^\w\s]", text.lower()) for id_ in self._pieces(word)]

    def framed(self, ids: list[int]) -> list[int]:
        return [self.vocabulary["[CLS]"], *ids, self.vocabulary["[SEP]"]]

    def _pieces(self, word: str) -> list[int]:
        """The longest known piece first, again and again."""
        ids: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if prefix + word[start:end] in self.vocabulary), None)
            if end is None:
                return [self.vocabulary["[UNK]"]]
            ids.append(self.vocabulary[prefix + word[start:end]])
            start = end
        return ids
