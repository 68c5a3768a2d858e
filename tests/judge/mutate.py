"""Mutants of valid MUD files, from a seed: small changes that a person, a
program or a liar could make, right ones among them."""

import copy
import json

MUD, ACLS = "ietf-mud", "ietf-access-control-list"
MODULES = [MUD, "ietf-acldns", ACLS, "ietf-packet-fields", "acl", "mud",
           "acldns", "foo", "ietf-interface", "ietf-mud-transparency", "",
           "IETF-MUD"]
# A text that stands for a token that Python would not write.
RAW = "\x01raw:"
TWIN = "\x01twin:"

NUMBERS = [-1, 0, 1, 2, 3, 4, 5, 8, 15, 16, 19, 20, 60, 61, 63, 64, 128, 168,
           169, 255, 256, 1048575, 1048576, 65535, 65536, 2 ** 31, 2 ** 32 - 1,
           2 ** 32, 2 ** 53, 2 ** 63 - 1]
TOKENS = ["1.0", "1e0", "1E1", "-0", "0.0", "10e-1", "1.5", "2.55e2", "1e2",
          "01", "+1", ".5", "1.", "0x10", "NaN", "1e400", "Infinity",
          "18446744073709551616", "-9223372036854775809", "True", "nul",
          "'a'", "1e-1"]
TEXTS = [
    "", " ", "x", "accept", "drop", "reject", "deny", "ACCEPT", "accept ",
    ":accept", "acl:accept", "foo:accept", ACLS + ":accept", ACLS + ":drop",
    MUD + ":accept", "log-none", "log-syslog", ACLS + ":log-none",
    "forwarding-action", "acl-base", "ipv4-acl-type", "ipv6-acl-type",
    "eth-acl-type", "mixed-eth-ipv4-acl-type", "mixed-eth-ipv6-acl-type",
    "mixed-eth-ipv4-ipv6-acl-type", ACLS + ":ipv6-acl-type", "ipv4",
    "ethernet-acl-type", "acl:ipv4-acl-type", "x:y", "eq", "neq", "lte",
    "gte", "lt", "gt", "range", "EQ", "from-device", "to-device",
    MUD + ":from-device", "eap", "arp", "ipv6", "EAP", "0x888e", "34958",
    "443", "true", "null", "[null]", "syn", "syn ack", "ack  syn", " fin ",
    "syn syn", "syn\tack", "fragment", "more fragment", "reserved", "SYN",
    "syn,ack", "AQ==", "AQI=", "AQID", "AQ", "AQ=", "A===", "AQ==\n", "A Q=",
    "AQ-_", "A" * 52 + "AQ==", "A" * 52 + "AQI=", "A" * 52 + "AQID",
    "02:00:5e:00:53:01", "02-00-5e-00-53-01", "0200.5e00.5301",
    "02:00:5e:00:53", "02:00:5E:00:53:01:02", "02:00:5e:00:53:0g",
    "2026-03-01T08:00:00Z", "2026-03-01T08:00:00", "2026-03-01 08:00:00Z",
    "2026-03-01T08:00:00.123Z", "2026-03-01T08:00:00.Z", "2026-03-01",
    "2026-03-01T08:00:00+0100", "2026-13-41T28:61:61-99:99",
    "2026-03-01t08:00:00z", "\u06622026-03-01T08:00:00Z",
    "https://a.example/x", "http://a.example", "not a url", "urn:x", "a b",
    "192.0.2.1", "192.0.2.1/32", "192.0.2.0/24", "192.0.2.1/0", "10.0.0.0/33",
    "10.0.0.0/08", "10.0.0.0/255.0.0.0", "010.0.0.0/8", "256.0.0.0/8",
    "1.2.3/8", "1.2.3.4/", "0.0.0.0/0", "2001:db8::/32", "2001:db8::1",
    "::/0", "::1/128", "::1/129", "::1/08", "::1/008", "1::2::3/64",
    "1:2:3:4:5:6:7:8/1", "1:2:3:4:5:6:7/1", "::1.2.3.4/96", "::1.2.3.04/96",
    "1:2:3:4:5:6:7::/64", "::2:3:4:5:6:7:8/64", "1:2:3:4:5:6:7:/8",
    "12345::/16", "FE80::/10", "fe80::%eth0/64", "fe80::1%eth0",
    "fe80::1%", "fe80::1%eth0.5", "192.0.2.1%eth0", "192.0.2.1%\u00e9",
    "a.example", "a.example.", "a", ".", "..", "a..b", ".a", "-a.b", "a-.b",
    "_a.b", "a_.b", "a_b.c", "*.example", "caf\u00e9.example", "a.example:80",
    "https://a.example", "a" * 63, "a" * 64, ("a" * 61 + ".") * 4 + "abcde",
    ("a" * 61 + ".") * 4 + "abcdef", "1.2.3", "1.2.3.4.", "a\n",
    "x" * 40, "x" * 41, "x" * 64, "x" * 65, "\u00e9" * 40, "\u00e9" * 41,
    "\u00e9" * 64, "\u00e9" * 65, "\U0001f600", "a\tb", "a\bb", "a\x7fb",
    "a\ufffeb", "a\ufdd0b", "a'b\"c", "a/b~c", "\u20ac" * 20,
]
NAMES = [
    "mud", "acls", "access-lists", "access-list", "acl", "aces", "ace",
    "name", "type", "matches", "actions", "forwarding", "logging", "eth",
    "ipv4", "ipv6", "tcp", "udp", "icmp", "l3", "l4", "dscp", "ecn", "length",
    "ttl", "protocol", "ihl", "flags", "offset", "identification",
    "destination-ipv4-network", "source-ipv4-network",
    "destination-ipv6-network", "source-ipv6-network", "flow-label",
    "src-dnsname", "dst-dnsname", "ietf-acldns:src-dnsname",
    "ietf-acldns:dst-dnsname", "source-port", "destination-port",
    "lower-port", "upper-port", "operator", "port", "direction-initiated",
    "ietf-mud:direction-initiated", "ietf-mud:mud", "sequence-number",
    "acknowledgement-number", "data-offset", "reserved", "window-size",
    "urgent-pointer", "options", "code", "rest-of-header",
    "source-mac-address", "destination-mac-address-mask", "ethertype",
    "statistics", "egress-interface", "ingress-interface",
    "attachment-points", "interface", "manufacturer", "same-manufacturer",
    "model", "local-networks", "controller", "my-controller", "mud-version",
    "mud-url", "last-update", "mud-signature", "cache-validity",
    "is-supported", "systeminfo", "mfg-name", "model-name", "firmware-rev",
    "software-rev", "documentation", "extensions", "from-device-policy",
    "to-device-policy", "acl-name", "acl-type", "access-list-entries",
    "rule-name", "ipv4-acl", "source-port-range-or-operator", "range",
    "ietf-access-control-list:acls", "ietf-access-control-list:access-lists",
    "ietf-mud-transparency:transparency", "ol", "foo", "foo:bar", "",
    "next-header", "hop-limit", "masa-server",
]
PORTS = [
    {}, {"port": 80}, {"operator": "eq"}, {"operator": "neq", "port": 1},
    {"lower-port": 1}, {"upper-port": 1}, {"lower-port": 5, "upper-port": 5},
    {"lower-port": 6, "upper-port": 5}, {"lower-port": 9, "upper-port": 10},
    {"lower-port": 1, "upper-port": 2, "port": 3},
    {"lower-port": 1, "operator": "eq"}, {"upper-port": 1, "port": 3},
    {"lower-port": 1, "upper-port": 2, "operator": "lte"}, 80, "80", [],
    [{"port": 80}], None, {"port": "80"}, {"lower-port": 0, "upper-port": -1},
    {"lower-port": 2, "upper-port": 65536}, {"range": {}},
]
ODD = [None, True, False, [], {}, [None], [[]], [{}], {"a": 1}, ["x"], [1],
       [None, None], "", 0, 1, -1, 1.5]


class Mutator:
    """Makes mutants; the same ones for the same generator of numbers."""

    def __init__(self, rng):
        self.rng = rng
        self.ways = [
            (self.remove, 8), (self.retype, 8), (self.number, 8),
            (self.token, 3), (self.text, 12), (self.rename, 8),
            (self.move, 5), (self.double_entry, 5), (self.prefix, 8),
            (self.wrap, 5), (self.unwrap, 4), (self.twin, 3),
            (self.identity, 5), (self.add, 8), (self.metadata, 2),
            (self.swap, 4), (self.port, 6), (self.acl_type, 6),
            (self.empty, 4), (self.entry_name, 4), (self.case, 4),
            (self.same, 1),
        ]
        self.weights = [weight for _, weight in self.ways]

    # Places: (holder, key) of each value in the document.

    def places(self, node, found=None):
        """All of them, in order."""
        found = [] if found is None else found
        items = (list(node.items()) if isinstance(node, dict)
                 else list(enumerate(node)) if isinstance(node, list) else [])
        for key, value in items:
            found.append((node, key))
            self.places(value, found)
        return found

    def pick(self, document, fits=None):
        """One place at random, or None."""
        places = [place for place in self.places(document)
                  if fits is None or fits(*place)]
        return self.rng.choice(places) if places else None

    def objects(self, document):
        """All objects, the top too."""
        return [document] + [holder[key] for holder, key
                             in self.places(document)
                             if isinstance(holder[key], dict)]

    @staticmethod
    def is_leaf(holder, key):
        """No object, no array but [null]."""
        return (not isinstance(holder[key], (dict, list)) or
                holder[key] == [None])

    @staticmethod
    def is_member(holder, _key):
        """Of an object."""
        return isinstance(holder, dict)

    def set_key(self, holder, old, new):
        """Renames a member where it stands."""
        items = list(holder.items())
        holder.clear()
        for key, value in items:
            holder[new if key == old else key] = value

    # The ways.  Each changes the document, or does nothing.

    def same(self, _document):
        """As it is: both judges must still agree."""

    def remove(self, document):
        """A member or an element less."""
        place = self.pick(document)
        if place:
            del place[0][place[1]]

    def retype(self, document):
        """A value of another sort."""
        place = self.pick(document)
        if place:
            place[0][place[1]] = copy.deepcopy(self.rng.choice(ODD))

    def number(self, document):
        """Another number."""
        place = self.pick(document, lambda h, k: type(h[k]) is int) if (
            self.rng.random() < 0.8) else self.pick(document, self.is_leaf)
        if place:
            old = place[0][place[1]]
            near = [old - 1, old + 1] if type(old) is int else []
            place[0][place[1]] = self.rng.choice(NUMBERS + near * 4)

    def token(self, document):
        """A number in another form, or what is no JSON."""
        place = self.pick(document, lambda h, k: type(h[k]) is int)
        if place:
            if self.rng.random() < 0.3:
                token = "%d%s" % (place[0][place[1]], self.rng.choice(
                    [".0", "e0", ".5", "E+0", "e-0", "e1", "0e-1"]))
            else:
                token = self.rng.choice(TOKENS)
            place[0][place[1]] = RAW + token

    def text(self, document):
        """Another text."""
        place = self.pick(document, lambda h, k: isinstance(h[k], str)) if (
            self.rng.random() < 0.9) else self.pick(document, self.is_leaf)
        if place:
            old = place[0][place[1]]
            others = [value[key] for value, key in self.places(document)
                      if isinstance(value[key], str)]
            pool = TEXTS if self.rng.random() < 0.8 else others
            if isinstance(old, str) and old and self.rng.random() < 0.25:
                at = self.rng.randrange(len(old))
                new = self.rng.choice([
                    old[:at] + old[at + 1:], old + " ", " " + old,
                    old[:at] + self.rng.choice("x0.:/-_% \u00e9") + old[at:],
                    old * 2, old[::-1], old + "\n"])
            else:
                new = self.rng.choice(pool)
            place[0][place[1]] = new

    def rename(self, document):
        """A member by another name."""
        place = self.pick(document, self.is_member)
        if place:
            old = place[1]
            at = self.rng.randrange(len(old)) if old else 0
            near = [old[:at] + old[at + 1:], old[:at] + "x" + old[at:],
                    old.replace("-", "_"), old + "s", old.upper(),
                    old.capitalize()]
            self.set_key(place[0], old, self.rng.choice(
                near if self.rng.random() < 0.4 else NAMES))

    def move(self, document):
        """A member into another object."""
        place = self.pick(document, self.is_member)
        if place:
            value = place[0].pop(place[1])
            self.rng.choice(self.objects(document))[place[1]] = value

    def double_entry(self, document):
        """An element twice."""
        place = self.pick(document, lambda h, k: isinstance(h, list))
        if place:
            twin = copy.deepcopy(place[0][place[1]])
            if isinstance(twin, dict) and self.rng.random() < 0.5:
                twin["name"] = self.rng.choice(TEXTS)
            place[0].insert(self.rng.randrange(len(place[0]) + 1), twin)

    def prefix(self, document):
        """Another module before a name, or none."""
        place = self.pick(document, self.is_member)
        if place:
            simple = place[1].rsplit(":", 1)[-1]
            new = simple if self.rng.random() < 0.25 else (
                self.rng.choice(MODULES) + ":" + simple)
            self.set_key(place[0], place[1], new)

    def wrap(self, document):
        """An array or object around a value."""
        place = self.pick(document)
        if place:
            value = place[0][place[1]]
            place[0][place[1]] = self.rng.choice(
                [[value], {"x": value}, {place[1]: value}
                 if isinstance(place[1], str) else [value],
                 {"l3": value}, [value, value]])

    def unwrap(self, document):
        """What is inside, without what is around it."""
        place = self.pick(document,
                          lambda h, k: isinstance(h[k], (dict, list)))
        if place:
            value = place[0][place[1]]
            inner = (list(value.values()) if isinstance(value, dict)
                     else value)
            if inner:
                place[0][place[1]] = self.rng.choice(inner)

    def twin(self, document):
        """A name twice in one object."""
        place = self.pick(document, self.is_member)
        if place:
            place[0][TWIN + place[1]] = copy.deepcopy(place[0][place[1]])

    def identity(self, document):
        """A module before an identity, or something alike."""
        place = self.pick(document, lambda h, k: k in (
            "forwarding", "logging", "type") and isinstance(h[k], str))
        if place:
            simple = place[0][place[1]].rsplit(":", 1)[-1]
            place[0][place[1]] = self.rng.choice(MODULES) + ":" + simple

    def add(self, document):
        """A member more."""
        target = self.rng.choice(self.objects(document))
        values = [1, "x", [None], {}, [], True, "192.0.2.0/24",
                  "2001:db8::/32", "a.example", {"ttl": 1}, {"type": 8},
                  {"port": 80}, {"name": "x"}, [{"name": "x"}],
                  {"ethertype": 2048}, {"destination-port": {"port": 1}},
                  {"local-networks": [None]}, {"forwarding": "accept"}]
        target[self.rng.choice(NAMES)] = copy.deepcopy(
            self.rng.choice(values))

    def metadata(self, document):
        """An annotation."""
        target = self.rng.choice(self.objects(document))
        name = self.rng.choice(list(target) + ["", "foo"])
        target["@" + name] = copy.deepcopy(self.rng.choice(
            [{}, {"foo:bar": "x"}, None, [], {"yang:insert": "first"}]))

    def swap(self, document):
        """Two values, each at the other's place."""
        one, two = (self.pick(document, self.is_leaf) for _ in range(2))
        if one and two:
            left, right = one[0][one[1]], two[0][two[1]]
            one[0][one[1]], two[0][two[1]] = right, left

    def port(self, document):
        """Ports of all forms."""
        place = self.pick(document, lambda h, k: k in (
            "tcp", "udp") and isinstance(h[k], dict))
        if place:
            place[0][place[1]][self.rng.choice(
                ["source-port", "destination-port"])] = copy.deepcopy(
                    self.rng.choice(PORTS))

    def acl_type(self, document):
        """Other types of some ACLs, or none."""
        for holder, key in self.places(document):
            if (isinstance(holder, dict) and key == "aces" and
                    self.rng.random() < 0.7):
                holder["type"] = self.rng.choice(
                    ["ipv4-acl-type", "ipv6-acl-type", "eth-acl-type",
                     "mixed-eth-ipv4-acl-type", "mixed-eth-ipv6-acl-type",
                     ACLS + ":mixed-eth-ipv4-ipv6-acl-type", "acl-base"])
                if self.rng.random() < 0.3:
                    del holder["type"]

    def empty(self, document):
        """Nothing in a container."""
        place = self.pick(document,
                          lambda h, k: isinstance(h[k], (dict, list)))
        if place:
            place[0][place[1]] = self.rng.choice([{}, [], None, [None]])

    def entry_name(self, document):
        """Another key of an entry."""
        place = self.pick(document, lambda h, k: k == "name")
        if place:
            others = [h[k] for h, k in self.places(document)
                      if k == "name"]
            place[0][place[1]] = copy.deepcopy(self.rng.choice(
                others + ["x", "x" * 64, "x" * 65, "\u00e9" * 64, "", 5,
                          None, " ", "a'b", 'a"b', "a\nb"]))

    def case(self, document):
        """A header more or another one: what excludes what."""
        place = self.pick(document, lambda h, k: k == "matches" and
                          isinstance(h[k], dict))
        if place:
            value = self.rng.choice(
                [{}, {}, {"ttl": 3}, {"length": 9}, {"type": 8},
                 {"ethertype": "arp"}, {"flags": "syn"}])
            place[0][place[1]][self.rng.choice(
                ["eth", "ipv4", "ipv6", "tcp", "udp", "icmp"])] = dict(value)

    # The whole.

    def change(self, document):
        """One change, or sometimes more; their names."""
        names = []
        for _ in range(self.rng.choice([1, 1, 1, 1, 1, 1, 1, 2, 2, 3])):
            way = self.rng.choices(self.ways, self.weights)[0][0]
            way(document)
            names.append(way.__name__)
        return names

    def write(self, document):
        """The JSON text, as one of several programs would write it."""
        text = json.dumps(document, ensure_ascii=self.rng.random() < 0.2,
                          indent=self.rng.choice([None, 1, 2]))
        while '"\\u0001raw:' in text:
            before, rest = text.split('"\\u0001raw:', 1)
            token, after = rest.split('"', 1)
            text = before + token + after
        return text.replace("\\u0001twin:", "")

    def make(self, source):
        """(text, names of the changes) of a mutant of this document."""
        document = copy.deepcopy(source)
        names = self.change(document)
        text = self.write(document)
        chance = self.rng.random()
        if chance < 0.02:
            tail = self.rng.choice(["x", "{}", "\n\n", " null", ",", "}",
                                    "\x00", "// end"])
            return text + tail, names + ["tail"]
        if chance < 0.035:
            at = self.rng.randrange(len(text))
            names.append("byte")
            new = self.rng.choice(['"', "{", "}", ",", ":", "\t", "[", "\\",
                                   "0", " ", "\x01", "\u00e9", "\\u0041"])
            return text[:at] + new + text[at + self.rng.randrange(2):], names
        if chance < 0.04:
            return self.rng.choice(["", " ", "{}", "[]", "null", "\ufeff" +
                                    text, text[:len(text) // 2]]), ["whole"]
        return text, names
