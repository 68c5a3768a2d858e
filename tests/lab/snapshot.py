"""The packet filter as a whole: who is spoken of where, and what differs.

Two dumps are the same when they differ in nothing but what time and traffic
change by themselves: counters, handles, what is left of timeouts, the number
of the epoch, and the sets in which the kernel notes who has just been heard.
"""

import json

import net

# Where a departed Thing's MAC stands: the managed ones, each with a counter
# of what it has tried.
MANAGED = {"things", "dropped_from", "dropped_to"}
_EPOCH_SHIFT = 18
_LIVELY = ("heard", "seen")     # names of sets that packets fill


def take():
    """All objects of all tables, as `nft -j list ruleset` has them."""
    dump = json.loads(net.run("nft", "-j", "list", "ruleset"))["nftables"]
    return [row for row in dump if "metainfo" not in row]


def _what(row):
    (kind, body), = row.items()
    name = body.get("name") or body.get("chain")
    return kind, body.get("family"), body.get("table"), name, body


def _is_lively(kind, name):
    return kind == "set" and name.startswith(_LIVELY)


def references(dump, words):
    """{(family, kind, name)} of what speaks of one of these addresses."""
    found = set()
    for row in dump:
        kind, family, _, name, body = _what(row)
        text = json.dumps(body)
        if not _is_lively(kind, name or "") and any(
                '"%s"' % word in text for word in words):
            found.add((family, kind, name))
    return found


def _plain(node, names, marks):
    if isinstance(node, dict):
        # How long an element is to stay is worked out from a name's TTL.
        drop = {"handle", "packets", "bytes", "expires", "index", "comment",
                *(["timeout"] if "val" in node else [])}
        return {key: _plain(value, names, marks)
                for key, value in node.items() if key not in drop}
    if isinstance(node, list):
        return [_plain(part, names, marks) for part in node]
    if isinstance(node, int) and marks:
        return node & (1 << _EPOCH_SHIFT) - 1
    if isinstance(node, str):
        return names.get(node, node)
    return node


def plain(dump, names=None):
    """[(what, text)] of all that stays; names: address -> what to call it."""
    lines = []
    for row in dump:
        kind, family, table, name, body = _what(row)
        marks = name in ("epoch", "passed") or (name or "").startswith("stamp")
        body = _plain(body, names or {}, marks)
        elems = body.pop("elem", [])
        if not _is_lively(kind, name):
            body["elem"] = sorted(json.dumps(elem, sort_keys=True)
                                  for elem in elems)
        lines.append(("%s %s %s %s" % (kind, family, table, name),
                      json.dumps(body, sort_keys=True)))
    return lines


def differences(old, new):
    """What one of two such lists has and the other has not, for people; the
    rules of a chain count in their order."""
    told = []
    for what in sorted({what for what, _ in old + new}):
        rows = [[text for key, text in lines if key == what]
                for lines in (old, new)]
        if rows[0] != rows[1]:
            told.append("%s:\n  - %s\n  + %s" % (
                what, "\n  - ".join(t for t in rows[0] if t not in rows[1]),
                "\n  + ".join(t for t in rows[1] if t not in rows[0])))
    return "\n".join(told)
