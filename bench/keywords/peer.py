"""Finds terms with pyahocorasick. Usage: python peer.py TERMS_FILE (a term a line).

A request a line: {"text": FILE, "places": bool}. Answers seconds of the search alone and how many places it found; with
"places" also where: [start, end) of each. Whole words only, which the library leaves to whoever calls it.
"""

import importlib.metadata
import json
import sys
import time

import ahocorasick


def find(automaton, text):
    """Every whole-word place of every term, in order of where they end."""
    places = []
    last = len(text) - 1
    for end, length in automaton.iter(text):
        start = end - length + 1
        if (start == 0 or not text[start - 1].isalnum()) and (end == last or not text[end + 1].isalnum()):
            places.append((start, end + 1))
    return places


def main() -> None:
    automaton = ahocorasick.Automaton()
    with open(sys.argv[1], encoding="utf8") as file:
        for term in file.read().splitlines():
            automaton.add_word(term, len(term))
    automaton.make_automaton()
    print(json.dumps({"version": importlib.metadata.version("pyahocorasick")}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        with open(request["text"], encoding="utf8") as file:
            text = file.read()
        began = time.perf_counter()
        places = find(automaton, text)
        seconds = time.perf_counter() - began
        answer = {"seconds": seconds, "found": len(places)}
        if request["places"]:
            answer["places"] = places
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
