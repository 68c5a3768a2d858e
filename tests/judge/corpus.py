"""Real MUD files: both judges and the manifest agree, and each departure from
the standard that the manifest counts is named by a finding."""

import csv
import os
import re

# What a deviation's name in the manifest is in our findings: a pattern over
# "POINTER | MESSAGE | CLAUSE | FIX".
DRAFT = r"/%s \| a name of a draft"
DEVIATIONS = {
    "acl-inlined-in-policy": DRAFT % r"access-list/\d+/aces",
    "acl-type-not-identity":
        r"/type \| the text \"(ethernet-acl-type|ipv4|ipv6)\"",
    # One mistake, told once: they stand in "matches".
    "actions-missing": r"no \"actions\", which must be there|"
                       r"Move \"actions\" out of \"matches\"",
    "cache-validity-out-of-range": r"/cache-validity .*M-CV-2",
    "dangling-acl-reference": r"no ACL of this file has the name",
    "direction-initiated-on-udp":
        r"/udp/ietf-mud:direction-initiated \| .*TCP alone",
    "draft-access-list-entries": DRAFT % "access-list-entries",
    "draft-acl-name": DRAFT % r"acl/\d+/acl-name",
    "draft-acl-type-member": DRAFT % r"acl/\d+/acl-type",
    "draft-port-range-or-operator": DRAFT % r"\w+-port-range-or-operator",
    "draft-rule-name": DRAFT % "rule-name",
    "draft-xxx-acl-container": DRAFT % r"ipv[46]-acl",
    "duplicate-ace-name": r"a second \"ace\" with the name",
    "empty-leaf-not-[null]": r"where \[null\] belongs .*J-13",
    "ethertype-hex-string": r"/ethertype \| the text \"0x.* Write .*: \d+",
    "extension-prefix-not-module-name": r"is no module's name .*J-1\b",
    "extension-private": r"an extension's member, of module .*M-EXT-2",
    "extension-standard": r"an extension's member, of module .*M-EXT-2",
    "extension-unprefixed":
        r"an extension's member without its module's name .*J-2",
    "forwarding-bad-value": r"/forwarding .*where one of .*A-ACT-1",
    "l3-foreign-module-member": r"/ipv[46]/ietf-acldns:s:qrc-dnsname \| no",
    "last-update-not-rfc3339": r"/last-update .* a date and time with a zone",
    "matches-unknown-member": r"/matches/[^/]+ \| no module here has",
    "missing-is-supported": r"no \"is-supported\", which must be there",
    "missing-last-update": r"no \"last-update\", which must be there",
    "missing-mud-url": r"no \"mud-url\", which must be there",
    "missing-mud-version": r"no \"mud-version\", which must be there",
    "mud-unknown-leaf": r"^/ietf-mud:mud/key \| no module here has",
    "network-without-prefix-length": r"-network .* Write .*/(32|128)\"",
    "no-mud-container": r"no ietf-mud:mud",
    "not-json": r"^ \| .*RFC 8259",
    "policy-acl-name-for-name": DRAFT % r"access-list/\d+/acl-name",
    "policy-acl-type-member": DRAFT % r"access-list/\d+/(acl-)?type",
    "port-not-object": r"-port .* Write .*\"operator\": \"eq\", \"port\":",
    "pre-2017-ietf-acl-top": DRAFT % "ietf-acl:access-list",
    "pre-2018-support-information-top":
        DRAFT % "ietf-mud:supportInformation",
    "top-access-lists-for-acls":
        DRAFT % "ietf-access-control-list:access-lists",
    "top-unprefixed-member":
        r"^/[^/:]+ \| (no module here has|without its module)",
    "when-acl-type-absent": r"no ACL of this file has a type that allows",
}
# Counted once a file by the manifest, and by us at each place; or the other
# way round: the manifest counts a name twice where we tell the second only.
LOOSE = ("when-acl-type-absent", "empty-leaf-not-[null]",
         "duplicate-ace-name", "no-mud-container", "not-json")


def read_manifests(corpus):
    """The rows of both lists, with the file's path."""
    rows = []
    for name in ("MANIFEST.tsv", os.path.join("vectors", "MANIFEST.tsv")):
        with open(os.path.join(corpus, name), encoding="utf-8") as text:
            for row in csv.DictReader(text, delimiter="\t",
                                      quoting=csv.QUOTE_NONE):
                row["path"] = os.path.join(corpus, row["file"])
                rows.append(row)
    return rows


def lines_of(verdict):
    """A finding a line, as the patterns above want it."""
    return ["%s | %s | %s | %s" % (finding["pointer"], finding["message"],
                                   finding["clause"], finding["fix"])
            for finding in verdict["findings"]]


def unnamed(row, verdict):
    """The deviations of the manifest that no finding names."""
    lines, missing = lines_of(verdict), []
    if row["deviations"] == "-":
        return missing
    for item in row["deviations"].split():
        name, count = item.rsplit("=", 1)
        if name not in DEVIATIONS:
            missing.append(name + " (not known to the test)")
            continue
        found = sum(bool(re.search(DEVIATIONS[name], line)) for line in lines)
        wanted = 1 if name in LOOSE else int(count)
        if found < wanted:
            missing.append("%s (%d of %d)" % (name, found, wanted))
    return missing


def check(corpus, yanglint, mudctl, result):
    """Tells `result` of each file."""
    rows = read_manifests(corpus)
    paths = [row["path"] for row in rows]
    theirs, ours = yanglint.judge(paths), mudctl.judge(paths)
    for row, said, verdict in zip(rows, theirs, ours):
        wrong = []
        listed = row["yanglint_rfc8520"] == "valid"
        if said is None or (said == "") != verdict["schema_valid"]:
            wrong.append("yanglint: %r, we: schema_valid %s" % (
                said, verdict["schema_valid"]))
        if listed != verdict["schema_valid"]:
            wrong.append("the manifest says %s" % row["yanglint_rfc8520"])
        missing = unnamed(row, verdict)
        if missing:
            wrong.append("no finding for " + ", ".join(missing))
        result("corpus/" + row["file"], wrong)
    return [path for path, said in zip(paths, theirs) if said == ""]
