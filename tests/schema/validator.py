"""JSON Schema validation with the schemas of packaging/schema, patterns read as ECMA-262 reads them."""

import functools
import json
import re
from pathlib import Path

import jsonschema


@functools.lru_cache(maxsize=None)
def ecma(pattern):
    """Python's `$` also matches before a newline at the end; ECMA-262's does not."""
    return re.compile(re.sub(r"(\\.|\[(?:[^\]\\]|\\.)*\])|\$", lambda found: found[1] or r"\Z", pattern))


def pattern(validator, wanted, instance, _schema):
    if validator.is_type(instance, "string") and not ecma(wanted).search(instance):
        yield jsonschema.ValidationError(f"{instance[:60]!r} does not match {wanted[:60]!r}")


def pattern_properties(validator, patterns, instance, _schema):
    if not validator.is_type(instance, "object"):
        return
    for wanted, schema in patterns.items():
        for key, value in instance.items():
            if ecma(wanted).search(key):
                yield from validator.descend(value, schema, path=key, schema_path=wanted)


def additional_properties(validator, schema, instance, parent):
    if not validator.is_type(instance, "object"):
        return
    known = parent.get("properties", {})
    patterns = [ecma(wanted) for wanted in parent.get("patternProperties", {})]
    for key, value in instance.items():
        if key not in known and not any(wanted.search(key) for wanted in patterns):
            if schema is False:
                yield jsonschema.ValidationError(f"unknown member {key[:60]!r}")
            else:
                yield from validator.descend(value, schema, path=key)


Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    {"pattern": pattern, "patternProperties": pattern_properties, "additionalProperties": additional_properties})


class Schemas:
    """The schemas of a directory by the first word of their names: `policy`, `bundle`, ..."""

    def __init__(self, directory):
        self.documents = {path.name: json.loads(path.read_text(encoding="utf-8"))
                          for path in sorted(Path(directory).glob("*.schema.json"))}
        for document in self.documents.values():
            Validator.check_schema(document)
            # With it a reference from another schema would be followed by the library's own validator.
            del document["$schema"]
        self.validators = {name.split(".")[0]: self._validator(name) for name in self.documents}

    def _validator(self, name):
        resolver = jsonschema.RefResolver(name, self.documents[name], store=self.documents)
        return Validator(self.documents[name], resolver=resolver)

    def problem(self, schema, instance):
        """Why the instance is no such document, or None."""
        for error in self.validators[schema].iter_errors(instance):
            return "/".join(map(str, error.absolute_path)) + ": " + error.message[:200]
        return None
