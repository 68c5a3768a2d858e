/*
 * Frames, and what observe() says of each.  Lengths in texts are octal.
 */
#include "tests/unit/packet_vectors.h"

#include "core/records.h"
#include "tests/unit/wire.h"

/* Where things lie in an untagged frame. */
#define IP     14
#define UDP    34
#define DHCP   42
#define CHADDR (DHCP + 28)
#define SNAME  (DHCP + 44)
#define FILE_  (DHCP + 108)
#define COOKIE (DHCP + 236)

/* clang-format off */
#define UNCHANGED { { 0, NULL, 0 } }
#define REQUESTED { SIGHTING_REQUEST, FAULT_NONE, "", URL }
#define SILENT    { SIGHTING_REQUEST, FAULT_NONE, "", "" }
#define NONE      { NOTHING, FAULT_NONE, "", "" }
#define REFUSED(code, clause) { NOTHING, FAULT_##code, clause, "" }
#define NO_URL(code, clause) { SIGHTING_REQUEST, FAULT_##code, clause, "" }
#define ADDRESS   { SIGHTING_ADDRESS, FAULT_NONE, "", "" }

const struct vector packet_vectors[] = {
	/* Ethernet. */
	{ "nothing but a destination", DHCP4, 1, WIRE(MUD4 END), 0, UNCHANGED, 6,
	    REFUSED(MALFORMED, "IEEE 802.3") },
	{ "half an EtherType", DHCP4, 1, WIRE(MUD4 END), 0, UNCHANGED, 13,
	    REFUSED(MALFORMED, "IEEE 802.3") },
	{ "an EtherType alone", DHCP4, 1, WIRE(MUD4 END), 0, UNCHANGED, 14,
	    REFUSED(MALFORMED, "RFC 791 s3.1") },
	{ "802.3 length", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { 12, WIRE("\1\0") } }, 0, REFUSED(UNSUPPORTED, "IEEE 802.3") },
	{ "EtherType 0xffff", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { 12, WIRE("\377\377") } }, 0, REFUSED(UNSUPPORTED, "IEEE 802.3") },
	{ "no VLAN tag", DHCP4, 1, WIRE(MUD4 END), 0, UNCHANGED, 0, REQUESTED },
	{ "one VLAN tag", DHCP4, 1, WIRE(MUD4 END), 1, UNCHANGED, 0, REQUESTED },
	{ "two VLAN tags", DHCP4, 1, WIRE(MUD4 END), 2, UNCHANGED, 0, REQUESTED },
	{ "three VLAN tags", DHCP4, 1, WIRE(MUD4 END), 3, UNCHANGED, 0,
	    REFUSED(TOO_MANY, "S-2") },
	{ "fifteen VLAN tags", DHCP4, 1, WIRE(MUD4 END), 15, UNCHANGED, 0,
	    REFUSED(TOO_MANY, "S-2") },
	{ "a tag that is cut", DHCP4, 1, WIRE(MUD4 END), 1, UNCHANGED, 16,
	    REFUSED(MALFORMED, "IEEE 802.3") },
	{ "source is zero", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { 6, WIRE("\0\0\0\0\0\0") } }, 0, REFUSED(MALFORMED, "S-49") },
	{ "source is all", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { 6, WIRE("\377\377\377\377\377\377") } }, 0,
	    REFUSED(MALFORMED, "S-49") },
	{ "source is a group", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { 6, WIRE("\1\0\136\0\0\1") } }, 0, REFUSED(MALFORMED, "S-49") },
	{ "source is VRRP's", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { 6, WIRE("\0\0\136\0\1\5") } }, 0, REFUSED(MALFORMED, "S-49") },

	/* IPv4 and UDP. */
	{ "IPv4 header is cut", DHCP4, 1, WIRE(MUD4 END), 0, UNCHANGED, UDP - 1,
	    REFUSED(MALFORMED, "RFC 791 s3.1") },
	{ "header of 16 bytes", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { IP, WIRE("\104") } }, 0, REFUSED(MALFORMED, "RFC 791 s3.1") },
	{ "header past the packet", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { IP, WIRE("\117") }, { IP + 2, WIRE("\0\50") } }, 0,
	    REFUSED(MALFORMED, "RFC 791 s3.1") },
	{ "version 5", DHCP4, 1, WIRE(MUD4 END), 0, { { IP, WIRE("\125") } }, 0,
	    REFUSED(MALFORMED, "RFC 791 s3.1") },
	{ "total length past the frame", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { IP + 2, WIRE("\377\377") } }, 0,
	    REFUSED(MALFORMED, "RFC 791 s3.1") },
	{ "total length of 0", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { IP + 2, WIRE("\0\0") } }, 0, REFUSED(MALFORMED, "RFC 791 s3.1") },
	{ "first fragment", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { IP + 6, WIRE("\40\0") } }, 0, REFUSED(UNSUPPORTED, "RFC 791 s3.2") },
	{ "last fragment", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { IP + 6, WIRE("\0\1") } }, 0, REFUSED(UNSUPPORTED, "RFC 791 s3.2") },
	{ "must not be fragmented", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { IP + 6, WIRE("\100\0") } }, 0, REQUESTED },
	{ "TCP", DHCP4, 1, WIRE(MUD4 END), 0, { { IP + 9, WIRE("\6") } }, 0,
	    REFUSED(UNSUPPORTED, "RFC 791 s3.1") },
	{ "UDP header is cut", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { IP + 2, WIRE("\0\33") } }, 0, REFUSED(MALFORMED, "RFC 768") },
	{ "UDP length of 7", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { UDP + 4, WIRE("\0\7") } }, 0, REFUSED(MALFORMED, "RFC 768") },
	{ "UDP length past the packet", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { UDP + 4, WIRE("\377\377") } }, 0, REFUSED(MALFORMED, "RFC 768") },
	{ "UDP without a byte", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { UDP + 4, WIRE("\0\10") } }, 0, REFUSED(MALFORMED, "RFC 2131 s2") },
	{ "from a server's port, coming in", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { UDP, WIRE("\0\103\0\104") } }, 0, NONE },
	{ "other ports", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { UDP, WIRE("\0\65\0\65") } }, 0, NONE },

	/* DHCPv4 itself. */
	{ "discover", DHCP4, 1, WIRE(MUD4 END), 0, UNCHANGED, 0, REQUESTED },
	{ "request", DHCP4, 3, WIRE(MUD4 END), 0, UNCHANGED, 0, REQUESTED },
	{ "inform", DHCP4, 8, WIRE(MUD4 END), 0, UNCHANGED, 0, REQUESTED },
	{ "release", DHCP4, 7, WIRE(MUD4 END), 0,
	    { { DHCP + 12, WIRE("\300\250\115\62") } }, 0,
	    { SIGHTING_RELEASE, FAULT_NONE, "", "" } },
	{ "release of nothing", DHCP4, 7, WIRE(END), 0, UNCHANGED, 0,
	    REFUSED(MALFORMED, "RFC 2131 s4.4.1") },
	{ "no option 161", DHCP4, 1, WIRE(END), 0, UNCHANGED, 0, SILENT },
	{ "offer from a client's port", DHCP4, 2, WIRE(END), 0, UNCHANGED, 0,
	    REFUSED(MALFORMED, "RFC 2131 s2") },
	{ "type 0 and type 255", DHCP4, 0, WIRE("\65\1\377" END), 0, UNCHANGED, 0,
	    REFUSED(UNSUPPORTED, "RFC 2132 s9.6") },
	{ "BOOTP", DHCP4, 0, WIRE(MUD4 END), 0, UNCHANGED, 0,
	    REFUSED(UNSUPPORTED, "RFC 2132 s9.6") },
	{ "token ring", DHCP4, 1, WIRE(MUD4 END), 0, { { DHCP + 1, WIRE("\6") } }, 0,
	    REFUSED(UNSUPPORTED, "RFC 2131 s2 (S-5)") },
	{ "hlen 16", DHCP4, 1, WIRE(MUD4 END), 0, { { DHCP + 2, WIRE("\20") } }, 0,
	    REFUSED(UNSUPPORTED, "RFC 2131 s2 (S-5)") },
	{ "chaddr is another's", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { CHADDR, WIRE("\2\0\0\0\1\2") } }, 0, REFUSED(SPOOF, "S-5") },
	{ "wrong cookie", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { COOKIE, WIRE("\143\202\123\144") } }, 0,
	    REFUSED(MALFORMED, "RFC 2131 s3 (S-4)") },
	{ "no cookie", DHCP4, 1, WIRE(MUD4 END), 0,
	    { { COOKIE, WIRE("\0\0\0\0") } }, 0,
	    REFUSED(MALFORMED, "RFC 2131 s3 (S-4)") },
	{ "ends with the cookie", DHCP4, 0, WIRE(""), 0, UNCHANGED, 0,
	    REFUSED(MALFORMED, "RFC 2131 s4.1") },
	{ "option 161 twice", DHCP4, 1, WIRE(MUD4 MUD4 END), 0, UNCHANGED, 0,
	    NO_URL(URL_CONFLICT, "RFC 8520 s10.1 (M-URL-5)") },
	{ "option 161 twice, another between", DHCP4, 1,
	    WIRE(MUD4 "\14\4lamp" MUD4 END), 0, UNCHANGED, 0,
	    NO_URL(URL_CONFLICT, "RFC 8520 s10.1 (M-URL-5)") },
	{ "option 161 past the end", DHCP4, 1, WIRE("\241\377" URL), 0, UNCHANGED, 0,
	    REFUSED(MALFORMED, "RFC 2132 s2") },
	{ "option 161 without its length", DHCP4, 1, WIRE("\241"), 0, UNCHANGED, 0,
	    REFUSED(MALFORMED, "RFC 2132 s2") },
	{ "option 161 without an end", DHCP4, 1, WIRE(MUD4), 0, UNCHANGED, 0,
	    REFUSED(MALFORMED, "RFC 2131 s4.1") },
	{ "option 161 behind the end", DHCP4, 1, WIRE(END MUD4), 0, UNCHANGED, 0,
	    SILENT },
	{ "overload 1: in file", DHCP4, 1, WIRE("\64\1\1" END), 0,
	    { { FILE_, WIRE(MUD4 END) } }, 0, REQUESTED },
	{ "overload 2: in sname", DHCP4, 1, WIRE("\64\1\2" END), 0,
	    { { SNAME, WIRE(MUD4 END) } }, 0, REQUESTED },
	{ "overload 3: in both", DHCP4, 1, WIRE("\64\1\3" END), 0,
	    { { FILE_, WIRE(END) }, { SNAME, WIRE(MUD4 END) } }, 0, REQUESTED },
	{ "overload 3: one in each", DHCP4, 1, WIRE("\64\1\3" END), 0,
	    { { FILE_, WIRE(MUD4 END) }, { SNAME, WIRE(MUD4 END) } }, 0,
	    NO_URL(URL_CONFLICT, "RFC 8520 s10.1 (M-URL-5)") },
	{ "overload 3, no end in one", DHCP4, 1, WIRE("\64\1\3" END), 0,
	    { { FILE_, WIRE(MUD4 END) } }, 0, REFUSED(MALFORMED, "RFC 2131 s4.1") },
	{ "overload 0", DHCP4, 1, WIRE("\64\1\0" END), 0, UNCHANGED, 0,
	    REFUSED(MALFORMED, "RFC 2132 s9.3") },
	{ "overload 4", DHCP4, 1, WIRE("\64\1\4" END), 0, UNCHANGED, 0,
	    REFUSED(MALFORMED, "RFC 2132 s9.3") },
	{ "overload within file", DHCP4, 1, WIRE("\64\1\1" END), 0,
	    { { FILE_, WIRE("\64\1\2" END) } }, 0,
	    REFUSED(MALFORMED, "RFC 2132 s9") },
	{ "no overload, and file says something", DHCP4, 1, WIRE(END), 0,
	    { { FILE_, WIRE(MUD4 END) } }, 0, SILENT },

	/* LLDP. */
	{ "MUD TLV", LLDP, 0, WIRE(MUD_TLV "\0\0"), 0, UNCHANGED, 0, REQUESTED },
	{ "no MUD TLV", LLDP, 0, WIRE("\0\0"), 0, UNCHANGED, 0, SILENT },
	{ "MUD TLV twice", LLDP, 0, WIRE(MUD_TLV MUD_TLV "\0\0"), 0, UNCHANGED, 0,
	    NO_URL(URL_CONFLICT, "RFC 8520 s12 (M-LL-1)") },
	{ "wrong OUI", LLDP, 0, WIRE("\376\24\0\0\137\1" URL "\0\0"), 0, UNCHANGED, 0,
	    SILENT },
	{ "802.1's OUI", LLDP, 0, WIRE("\376\24\0\200\302\1" URL "\0\0"), 0,
	    UNCHANGED, 0, SILENT },
	{ "wrong subtype", LLDP, 0, WIRE("\376\24\0\0\136\2" URL "\0\0"), 0,
	    UNCHANGED, 0, SILENT },
	{ "an OUI alone", LLDP, 0, WIRE("\376\3\0\0\136" "\0\0"), 0, UNCHANGED, 0,
	    SILENT },
	{ "MUD TLV past the end", LLDP, 0, WIRE("\377\377\0\0\136\1" URL), 0,
	    UNCHANGED, 0, REFUSED(MALFORMED, "IEEE 802.1AB 8.4") },
	{ "LLDP behind a VLAN tag", LLDP, 0, WIRE(MUD_TLV "\0\0"), 1, UNCHANGED, 0,
	    REFUSED(UNSUPPORTED, "IEEE 802.3") },
	{ "LLDP to somebody", LLDP, 0, WIRE(MUD_TLV "\0\0"), 0,
	    { { 0, WIRE("\2") } }, 0, REFUSED(UNSUPPORTED, "IEEE 802.1AB 7.1") },
	{ "no Chassis ID", LLDP, 0, WIRE(MUD_TLV "\0\0"), 0,
	    { { 14, WIRE("\4") } }, 0,
	    REFUSED(MALFORMED, "IEEE 802.1AB 9.2.7.7 (M-LL-3)") },
	{ "shutdown", LLDP, 0, WIRE(MUD_TLV "\0\0"), 0, { { 29, WIRE("\0\0") } }, 0,
	    SILENT },

	/* Neighbour discovery and ARP. */
	{ "solicitation", ND, 135, WIRE("\1\1" WIRE_THING), 0, UNCHANGED, 0, ADDRESS },
	{ "solicitation for another MAC", ND, 135, WIRE("\1\1\2\0\0\0\1\2"), 0,
	    UNCHANGED, 0, REFUSED(SPOOF, "S-5") },
	{ "it was routed", ND, 135, WIRE("\1\1" WIRE_THING), 0,
	    { { IP + 7, WIRE("\376") } }, 0, REFUSED(SPOOF, "RFC 4861 s7.1") },
	{ "option of length 0", ND, 135, WIRE("\1\0" WIRE_THING), 0, UNCHANGED, 0,
	    REFUSED(MALFORMED, "RFC 4861 s4.6") },
	{ "option past the end", ND, 135, WIRE("\1\2" WIRE_THING), 0, UNCHANGED, 0,
	    REFUSED(MALFORMED, "RFC 4861 s4.6") },
	{ "seventeen options", ND, 135, WIRE("\16\1\0\0\0\0\0\0\16\1\0\0\0\0\0\0"
	    "\16\1\0\0\0\0\0\0\16\1\0\0\0\0\0\0\16\1\0\0\0\0\0\0\16\1\0\0\0\0\0\0"
	    "\16\1\0\0\0\0\0\0\16\1\0\0\0\0\0\0\16\1\0\0\0\0\0\0\16\1\0\0\0\0\0\0"
	    "\16\1\0\0\0\0\0\0\16\1\0\0\0\0\0\0\16\1\0\0\0\0\0\0\16\1\0\0\0\0\0\0"
	    "\16\1\0\0\0\0\0\0\16\1\0\0\0\0\0\0\16\1\0\0\0\0\0\0"), 0, UNCHANGED, 0,
	    REFUSED(TOO_MANY, "RFC 4861 s4.6") },
	{ "echo request", ND, 128, WIRE(""), 0, UNCHANGED, 0,
	    REFUSED(UNSUPPORTED, "RFC 4861 s4") },
	{ "IPv6 length past the frame", ND, 135, WIRE(""), 0,
	    { { IP + 4, WIRE("\377\377") } }, 0, REFUSED(MALFORMED, "RFC 8200 s3") },
	{ "ARP request", ARP, 1, WIRE(""), 0, UNCHANGED, 0, ADDRESS },
	{ "ARP reply", ARP, 2, WIRE(""), 0, UNCHANGED, 0, ADDRESS },
	{ "RARP's operation", ARP, 3, WIRE(""), 0, UNCHANGED, 0,
	    REFUSED(UNSUPPORTED, "RFC 826") },
	{ "ARP for another MAC", ARP, 1, WIRE(""), 0,
	    { { 22, WIRE("\2\0\0\0\1\2") } }, 0, REFUSED(SPOOF, "S-5") },
	{ "ARP of a broadcast address", ARP, 1, WIRE(""), 0,
	    { { 28, WIRE("\377\377\377\377") } }, 0,
	    REFUSED(MALFORMED, "S-49") },
};
/* clang-format on */

const size_t n_packet_vectors =
    sizeof(packet_vectors) / sizeof(packet_vectors[0]);
