"""Documents that differ from a given one in one place: most of them wrong, some not."""

import copy
import re

REPLACEMENTS = [None, [], {}, True, 5, -1, 1.5, 2000000, "text", "", "a\\", "*", [[]], ["text"], [5], [None],
                ["a", ["b"]], {"text": 5}, {"a": {}}]


def snake(name):
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def camel(name):
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)


def places(value, path=()):
    """The paths of all nodes below the top."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield path + (key,)
        yield from places(child, path + (key,))


def changed(document, path, change):
    """A copy in which `change(holder, key)` was applied to the node."""
    result = copy.deepcopy(document)
    holder = result
    for key in path[:-1]:
        holder = holder[key]
    change(holder, path[-1])
    return result


def rename(new):
    def change(holder, key):
        members = [(new if name == key else name, value) for name, value in holder.items()]
        holder.clear()
        holder.update(members)
    return change


def put(value):
    def change(holder, key):
        holder[key] = copy.deepcopy(value)
    return change


def add_twin(twin):
    def change(holder, key):
        holder[twin] = copy.deepcopy(holder[key])
    return change


def changes_of_node(value):
    yield "without", lambda holder, key: holder.pop(key)
    for replacement in REPLACEMENTS:
        if replacement != value:
            yield f"with {replacement!r} at", put(replacement)
    yield "with a list of one at", put([value])
    yield "with a map of one at", put({"q": value})
    if isinstance(value, dict):
        yield "with an unknown member in", lambda holder, key: holder[key].update({"unknown": 1})
        yield "with a member x- in", lambda holder, key: holder[key].update({"x-own": 1})
    if isinstance(value, list) and value:
        yield "with the first item twice in", lambda holder, key: holder[key].append(copy.deepcopy(holder[key][0]))
    if isinstance(value, str):
        for text in (value + " ", value + "'", value.upper(), value[:-1]):
            yield f"with {text!r} at", put(text)


def changes_of_key(key):
    for other in (key + "s", key.capitalize(), key + ".x", "x_" + key):
        yield f"with {other!r} for", rename(other)
    for other in {snake(key), camel(key)} - {key}:
        yield f"with {other!r} for", rename(other)
        yield f"with {other!r} beside", add_twin(other)


def mutants(document):
    """(what was changed, the mutant) of every change at every node."""
    for path in places(document):
        value = document
        for key in path:
            value = value[key]
        changes = list(changes_of_node(value))
        if isinstance(path[-1], str):
            changes += changes_of_key(path[-1])
        for what, change in changes:
            yield f"{what} {'/'.join(map(str, path))}", changed(document, path, change)
