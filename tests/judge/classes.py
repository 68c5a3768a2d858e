"""Where yanglint is known to judge otherwise than the RFCs, or dies.

plain(text) undoes each of these features in a mutant and names those that it
had.  Whether a disagreement is of these classes is then no opinion: both
judges are asked again about the plain text, and must agree on it.
"""

import decimal
import json
import re
import unicodedata

# Name: the clause that decides, and what yanglint 2.1.30 does.
CLASSES = {
    "trailing-text": "RFC 8259 s2: one value; it stops reading at its end",
    "blank-text": "RFC 8259 s2: a value; it takes blanks for a valid file",
    "number-form": "RFC 7951 s6.1 (J-7), RFC 7950 s9.2.1: it takes 1e0, 0.0 "
                   "and 2.5e1 for integers (but not 1.0)",
    "duplicate-member": "RFC 7951 s5, RFC 8259 s4 (J-3): it joins containers "
                        "and lists of one name",
    "needless-module": "RFC 7951 s4 (J-2): the simple form MUST be used; it "
                       "takes both",
    "empty-module": "RFC 7951 s4, s6.8 (J-1, J-12): it takes \":accept\"",
    "metadata": "RFC 7951 s5.7, RFC 7952 s5.2 (J-15): to be ignored; it "
                "refuses annotations of modules that it has not loaded",
    "surrogate-pair": "RFC 8259 s7: an escaped pair is one character; it "
                      "refuses both halves",
    "noncharacter": "RFC 7950 s9.4, s14: U+FDD0..U+FDEF are in no string; it "
                    "takes them where they are not escaped",
    "digit-not-ascii": "RFC 3339 s5.6: ASCII; its \\d takes all scripts'",
    "zone-not-ascii": "RFC 4007 s11.2: ASCII; its \\p{L} takes all scripts'",
    "other-module": "RFC 8520 s2 (M-FILE-2): ietf-interfaces is no schema of "
                    "MUD files; it has loaded it for a reference",
    "empty-header": "RFC 7950 s7.5.1: an empty container is as good as none; "
                    "it frees it and then looks into it",
}
HEADERS = ("eth", "ipv4", "ipv6")
FREED = re.compile(r'Data location "/ietf-access-control-list:(eth|ipv4|ipv6)"')
SURROGATES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]")


class _Pairs(list):
    """The members of an object, as they came."""


class _Token(str):
    """A number that Python would not write as it was."""


class _Features(set):
    """Names of features, and whether yanglint used a container that it had
    freed: it died, or says of a header that it is the top."""
    used_freed = False


def _number(token):
    value = decimal.Decimal(token)
    if value == value.to_integral_value() and abs(value) < 2 ** 64:
        return _Token(str(int(value)))
    return _Token(token)


def _refuse(token):
    raise ValueError(token)


def _join(seen, features):
    """The last of each name."""
    joined = {}
    for key, value in seen:
        if key in joined:
            features.add("duplicate-member")
            del joined[key]
        joined[key] = value
    return joined


def _plain_text(key, text, features):
    fixed = text
    if key in ("forwarding", "logging", "type") and text.startswith(":"):
        features.add("empty-module")
        fixed = text[1:]
    if key == "last-update":
        fixed = "".join("0" if not c.isascii() and
                        unicodedata.category(c) == "Nd" else c for c in fixed)
        if fixed != text:
            features.add("digit-not-ascii")
    if key in ("ietf-acldns:src-dnsname", "ietf-acldns:dst-dnsname",
               "manufacturer") and "%" in fixed:
        host, zone = fixed.split("%", 1)
        ascii_zone = "".join("z" if not c.isascii() and
                             unicodedata.category(c)[0] in "LN" else c
                             for c in zone)
        if ascii_zone != zone:
            features.add("zone-not-ascii")
        fixed = host + "%" + ascii_zone
    if any("\ufdd0" <= c <= "\ufdef" for c in fixed):
        features.add("noncharacter")
        fixed = "".join(c for c in fixed if not "\ufdd0" <= c <= "\ufdef")
    return fixed


def _plain_name(key, module, features):
    """The member's name without what it need not say; its module."""
    prefix, colon, simple = key.partition(":")
    if not colon:
        return key, module
    if prefix == "" and module is not None:
        features.add("empty-module")
        return simple, module
    if prefix == module:
        features.add("needless-module")
        return simple, module
    return key, prefix


def _plain_value(key, value, module, features):
    if isinstance(value, _Pairs):
        found = {}
        for name, inner in _join(value, features).items():
            if name.startswith("@"):
                features.add("metadata")
                continue
            if module is None and name == "ietf-interfaces:interfaces":
                features.add("other-module")
                continue
            new, below = _plain_name(name, module, features)
            if new in found:
                features.add("duplicate-member")
            found[new] = _plain_value(new, inner, below, features)
            if (features.used_freed and key == "matches" and new in HEADERS and
                    found[new] == {}):
                features.add("empty-header")
                del found[new]
        return found
    if isinstance(value, list):
        return [_plain_value(key, inner, module, features)
                for inner in value]
    if isinstance(value, str) and not isinstance(value, _Token):
        return _plain_text(key, value, features)
    return value


def _write(value):
    """JSON with tokens as they are; nothing escaped that need not be."""
    if isinstance(value, _Token):
        return str(value)
    if isinstance(value, dict):
        return "{%s}" % ",".join("%s:%s" % (
            json.dumps(key, ensure_ascii=False), _write(inner))
                                 for key, inner in value.items())
    if isinstance(value, list):
        return "[%s]" % ",".join(_write(inner) for inner in value)
    return json.dumps(value, ensure_ascii=False)


def plain(text, said):
    """(text without the features, their names); (None, names) if it is not
    JSON at all, so that there is nothing to undo.  `said` is what yanglint
    said of it, or None."""
    features = _Features()
    features.used_freed = said is None or bool(FREED.search(said))
    if text.strip(" \t\r\n") == "":
        return "", {"blank-text"} if text else set()

    def number(token):
        new = _number(token)
        if new != token:
            features.add("number-form")
        return new

    decoder = json.JSONDecoder(object_pairs_hook=_Pairs, parse_float=number,
                               parse_constant=_refuse)
    body = text.lstrip(" \t\r\n")
    try:
        value, end = decoder.raw_decode(body)
    except (ValueError, RecursionError):
        return None, set()
    if body[end:].strip(" \t\r\n"):
        features.add("trailing-text")
    if SURROGATES.search(body[:end]):
        features.add("surrogate-pair")
    return _write(_plain_value("", value, None, features)), features
