"""The pattern that policy.schema.json holds for text conditions, put together from named parts.

It is the grammar of policy.md section 4 without what no regular expression can say: that parentheses are balanced and
at most 64 deep, and what is inside patterns, blocks and dates. ECMA-262 syntax without flags, so that words in any
case are written out.

usage: expression_pattern.py    prints the pattern as the schema holds it
"""

import json

SPACE = r"[ \t\r\n]*"
NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
WORD_END = r"(?![A-Za-z0-9_.-])"
RESERVED = ["or", "and", "not", "in", "matches", "path_matches", "regex", "contains", "contains_all", "starts_with",
            "ends_with", "cidr", "between", "exists", "true", "false", "null"]
OPEN_ROOTS = ["context", "request", "token"]
AGENT = ["id", "name", "trustTier", "trust_tier", "tier", "trustRank", "trust_rank", "tags", "orgId", "org_id"]
TIME = ["year", "month", "day", "hour", "minute", "second", "weekday", "minuteOfDay", "minute_of_day", "epoch", "iso"]
DATE_TIME = (r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:"
             r"(?:[0-5][0-9]|60)(?:\.[0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])")


def any_of(*choices):
    return "(?:" + "|".join(choices) + ")"


def any_case(text):
    return "".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else letter for letter in text)


def word(text):
    return any_case(text) + WORD_END


def in_list(item):
    return rf"\[{SPACE}{item}(?:{SPACE},{SPACE}{item})*{SPACE}\]"


def one_or_list(item):
    return any_of(item, in_list(item))


def segment(names):
    return any_of(r"\." + any_of(*names), r'\["' + any_of(*names) + r'"\]')


ANY_SEGMENT = any_of(rf"\.(?:{NAME}|[0-9]+)", r"""\["(?:[^"\\]|\\[\\'"nt])*"\]""")
SHORTHAND = (r"(?!action|agent|context|token|request|delegation|time)"
             + "(?!" + any_of(*map(any_case, RESERVED)) + r"(?![A-Za-z0-9_-]))" + NAME)
PATH = any_of(
    "action",
    any_of(*OPEN_ROOTS) + ANY_SEGMENT + "*",
    r"agent\.metadata" + ANY_SEGMENT + "*",
    r'agent\["metadata"\]' + ANY_SEGMENT + "*",
    "agent" + segment(AGENT),
    "delegation" + segment(["depth", "root"]) + "?",
    "time" + segment(TIME),
    SHORTHAND,
) + r"(?![A-Za-z0-9_.\[-])"

TEXT = any_of(r"""'(?:[^'\\]|\\[\\'"nt])*'""", r'''"(?:[^"\\]|\\[\\'"nt])*"''')
NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?" + WORD_END
LITERAL = any_of(TEXT, NUMBER, word("true"), word("false"), word("null"))
DATE_TEXT = any_of(f"'{DATE_TIME}'", f'"{DATE_TIME}"')
NOT = any_of(word("not"), "!(?!=)")

COMPARISON = any_of(
    word("exists"),
    any_of("==", "!=", word("contains")) + SPACE + one_or_list(LITERAL),
    "[<>]=?" + SPACE + any_of(NUMBER, DATE_TEXT),
    word("between") + SPACE + r"\[" + SPACE
    + any_of(f"{NUMBER}{SPACE},{SPACE}{NUMBER}", f"{DATE_TEXT}{SPACE},{SPACE}{DATE_TEXT}") + SPACE + r"\]",
    any_of(any_of(NOT + SPACE) + "?" + word("in"), word("contains_all")) + SPACE + in_list(LITERAL),
    any_of(any_of(NOT + SPACE) + "?" + any_of(word("matches"), word("path_matches")),
           *map(word, ["regex", "starts_with", "ends_with", "cidr"])) + SPACE + one_or_list(TEXT),
)
TERM = rf"(?:{SPACE}(?:{NOT}|\())*{SPACE}{PATH}(?:{SPACE}{COMPARISON})?(?:{SPACE}\))*{SPACE}"
JOINED_BY = any_of(word("and"), word("or"), "&&", r"\|\|")

# A term stands at the start, or behind what joins it to the term before.
PATTERN = rf"^(?!{JOINED_BY})(?:(?:^|{JOINED_BY}){TERM})+$"

if __name__ == "__main__":
    print(json.dumps(PATTERN))
