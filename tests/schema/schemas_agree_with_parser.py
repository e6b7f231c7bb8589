"""What the schemas of packaging/schema accept the parser does, and the reverse.

usage: schemas_agree_with_parser.py SOURCE_ROOT PARSER_VERDICT

A document that the parser refuses and a schema accepts is a fault unless the refusal is of a kind that
inexpressible.yaml lists; each kind listed there has a sample, which must be such a document.
"""

import json
import random
import re
import sys
import tempfile
from pathlib import Path

import expression_pattern
from mutants import mutants
from parser import PAYLOAD, Parser

try:
    from validator import Schemas
except ImportError as missing:
    print(missing)
    sys.exit(77)  # skipped

HERE = Path(__file__).resolve().parent
MUTANTS_OF_A_SCHEMA = {"policy": 2500, "bundle": 500, "agents": 400, "tiers": 200, "bundle-members": 300, "tests": 300}


class Comparison:
    def __init__(self, root, program, scratch):
        self.schemas = Schemas(root / "packaging/schema")
        self.parser = Parser(program, scratch)
        self.kinds = self.load(HERE / "inexpressible.yaml")["kinds"]
        self.inexpressible = re.compile("|".join(f"(?:{kind['message']})" for kind in self.kinds))
        self.counts = {"accepted": 0, "refused": 0, "inexpressible": 0}
        self.inexpressible_documents = {}

    def load(self, *paths):
        documents = self.parser.read([path.read_text(encoding="utf-8") for path in paths])
        return documents[0] if len(paths) == 1 else documents

    def faults(self, named):
        """Of (name, schema, document): where schema and parser disagree."""
        refusals = self.parser.refusals([(schema, document) for _, schema, document in named])
        for (name, schema, document), refusal in zip(named, refusals):
            problem = self.schemas.problem(schema, document)
            if refusal is None:
                self.counts["accepted"] += 1
                if problem is not None:
                    yield f"{name}: the {schema} schema refuses what the parser accepts: {problem}"
            elif problem is not None:
                self.counts["refused"] += 1
            elif self.inexpressible.search(refusal):
                self.counts["inexpressible"] += 1
                self.inexpressible_documents[name] = refusal
            else:
                yield f"{name}: the {schema} schema accepts what the parser refuses: {refusal}"


def examples(root):
    """The files of packaging/examples, each with its schema."""
    folder = root / "packaging/examples"
    yield from ((path, "policy") for path in sorted((folder / "policies").glob("*.yaml")))
    yield from ((folder / f"{name}.yaml", schema)
                for name, schema in [("agents", "agents"), ("tiers", "tiers"), ("bundle", "bundle-members")])


def vectors(comparison, root):
    """The payload of every case of the policy vectors, as their runner puts it together."""
    paths = sorted((root / "tests/vectors/policy").glob("*.yaml"))
    cases = [case for document in comparison.load(*paths) for case in document["cases"]]
    texts = [case for case in cases if "policyText" in case]
    for case, policy in zip(texts, comparison.parser.read([case["policyText"] for case in texts])):
        if not isinstance(policy, ValueError):
            case["policies"] = [policy]
    for case in cases:
        if "policies" in case:
            yield case["name"], "bundle", {**PAYLOAD, "policies": case["policies"], **case.get("bundle", {})}


def sampled_mutants(sources):
    for schema, count in MUTANTS_OF_A_SCHEMA.items():
        found = [(f"{name} {what}", schema, mutant)
                 for name, kind, document in sources if kind == schema for what, mutant in mutants(document)]
        yield from random.Random(20260418).sample(found, min(count, len(found)))


def filled(kind):
    """The sample with `@@` filled in, so that a long one can be written short; from JSON text where values lose it."""
    text = kind.get("sampleText") or json.dumps(kind["sample"], ensure_ascii=False)
    return json.loads(text.replace("@@", kind.get("fill", "") * kind.get("count", 0)))


def sample_faults(comparison):
    """Each inexpressible kind is one: its sample passes the schema, and the parser refuses it for that."""
    for kind in comparison.kinds:
        met = comparison.inexpressible_documents.get(kind.get("vector"), "")
        if "vector" in kind and not re.search(kind["message"], met):
            yield f"{kind['kind']}: the vector is not refused for that by the parser alone"
    kinds = [kind for kind in comparison.kinds if "vector" not in kind]
    samples = [(kind.get("schema", "policy"), filled(kind)) for kind in kinds]
    for kind, (schema, sample), refusal in zip(kinds, samples, comparison.parser.refusals(samples)):
        problem = comparison.schemas.problem(schema, sample)
        if problem is not None:
            yield f"{kind['kind']}: the {schema} schema refuses the sample: {problem}"
        if refusal is None or not re.search(kind["message"], refusal):
            yield f"{kind['kind']}: the parser says of the sample: {refusal or 'accepted'}"


def main():
    root = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        comparison = Comparison(root, sys.argv[2], scratch)
        files = list(examples(root))
        sources = [(path.name, schema, document)
                   for (path, schema), document in zip(files, comparison.load(*(path for path, _ in files)))]
        sources += [(entry["name"], entry["schema"], entry["document"])
                    for entry in comparison.load(HERE / "documents.yaml")["documents"]]
        faults = [f"{name}: is no valid document: {refusal}" for (name, *_), refusal
                  in zip(sources, comparison.parser.refusals([source[1:] for source in sources])) if refusal]
        faults += comparison.faults(sources)
        faults += comparison.faults(list(vectors(comparison, root)))
        faults += comparison.faults(list(sampled_mutants(sources)))
        faults += sample_faults(comparison)
    written = comparison.schemas.documents["policy.schema.json"]["$defs"]["expression"]["pattern"]
    if written != expression_pattern.PATTERN:
        faults.append("policy.schema.json: the pattern of expressions is not what expression_pattern.py prints")
    print("\n".join(faults[:200]) or "schemas: in order", comparison.counts, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
