/*
 * The matches of ACEs: what each condition becomes, what is not understood,
 * what is refused.  Tests ace.c, matches.c and ports.c by way of whole files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/mudbase.h"

#define V4(m)  "{'ipv4':{" m "}}"
#define TCP(m) "{'tcp':{" m "}}"
#define UDP(m) "{'udp':{" m "}}"
#define CLS(m) "{'ietf-mud:mud':{" m "}}"

/* The matches of an accept ACE in a from-device list of IPv4. */
static const struct {
	const char *name, *matches;
	const char *ace; /* NULL: refused as FAULT_MALFORMED */
	enum fault_code hold;
} matches[] = {
	{ "empty", "{}", "+ f1", FAULT_ACCEPTS_ALL },
	{ "no object", "[]", NULL, 0 },
	{ "metadata", "{'@x':1}", "+ f1", FAULT_ACCEPTS_ALL },
	{ "ipv4", V4(""), "+ f1", FAULT_ACCEPTS_ALL },
	{ "protocol", V4("'protocol':255"), "+ f1 p255", 0 },
	{ "protocol 0", V4("'protocol':0"), "+ f1 p0", 0 },
	{ "protocol 256", V4("'protocol':256"), NULL, 0 },
	{ "protocol -1", V4("'protocol':-1"), NULL, 0 },
	{ "protocol text", V4("'protocol':'6'"), NULL, 0 },
	{ "ipv6 in ipv4", "{'ipv6':{}}", NULL, 0 },
	{ "both", "{'ipv4':{},'ipv6':{}}", NULL, 0 },
	{ "destination", V4("'destination-ipv4-network':'192.0.2.9/24'"),
	    "+ f1 to=192.0.2.0/24", FAULT_IP_LITERAL },
	{ "source", V4("'source-ipv4-network':'192.0.2.9/32'"),
	    "+ f1 from=192.0.2.9/32", FAULT_IP_LITERAL },
	{ "no length", V4("'source-ipv4-network':'192.0.2.9'"), NULL, 0 },
	{ "length 33", V4("'source-ipv4-network':'192.0.2.9/33'"), NULL, 0 },
	{ "v6 in ipv4", V4("'source-ipv4-network':'2001:db8::/32'"), NULL, 0 },
	{ "network number", V4("'source-ipv4-network':1"), NULL, 0 },
	{ "v6 network in ipv4", V4("'source-ipv6-network':'2001:db8::/32'"),
	    "? f1", 0 },
	{ "name", V4("'ietf-acldns:dst-dnsname':'A.example'"),
	    "+ f1 dns=a.example", 0 },
	{ "name underscore", V4("'ietf-acldns:dst-dnsname':'_a.b.example'"),
	    "+ f1 dns=_a.b.example", 0 },
	{ "name wrong side", V4("'ietf-acldns:src-dnsname':'a.example'"),
	    "? f1", 0 },
	{ "name unqualified", V4("'dst-dnsname':'a.example'"), "? f1", 0 },
	{ "name local", V4("'ietf-acldns:dst-dnsname':'a.local'"), "? f1", 0 },
	{ "name wildcard", V4("'ietf-acldns:dst-dnsname':'*.a.example'"), NULL,
	    0 },
	{ "name number", V4("'ietf-acldns:dst-dnsname':1"), NULL, 0 },
	{ "name literal", V4("'ietf-acldns:dst-dnsname':'192.0.2.1'"),
	    "+ f1 to=192.0.2.1/32", FAULT_IP_LITERAL },
	{ "name v6 literal", V4("'ietf-acldns:dst-dnsname':'2001:db8::1'"),
	    "? f1", FAULT_IP_LITERAL },
	{ "name and network",
	    V4("'ietf-acldns:dst-dnsname':'192.0.2.1',"
	       "'destination-ipv4-network':'192.0.2.0/24'"),
	    "? f1", FAULT_IP_LITERAL },
	{ "network and name",
	    V4("'destination-ipv4-network':'192.0.2.0/24',"
	       "'ietf-acldns:dst-dnsname':'192.0.2.1'"),
	    "? f1", FAULT_IP_LITERAL },
	{ "dscp", V4("'dscp':1"), "+ f1 dscp=1", 0 },
	{ "unknown in ipv4", V4("'x':1"), "? f1", 0 },
	{ "eth", "{'eth':{'ethertype':2054}}", "? f1", 0 },
	{ "unknown", "{'x:y':1}", "? f1", 0 },
	{ "mud unqualified", "{'mud':{'my-controller':[null]}}", "? f1", 0 },

	{ "tcp", TCP(""), "+ f1 p6", 0 },
	{ "udp", UDP(""), "+ f1 p17", 0 },
	{ "icmp", "{'icmp':{}}", "+ f1 p1", 0 },
	{ "icmp type", "{'icmp':{'type':8,'code':255}}", "+ f1 p1 t8 c255", 0 },
	{ "icmp type 256", "{'icmp':{'type':256}}", NULL, 0 },
	{ "icmp code text", "{'icmp':{'code':'0'}}", NULL, 0 },
	{ "icmp rest", "{'icmp':{'rest-of-header':'AA=='}}", "? f1", 0 },
	{ "tcp and udp", "{'tcp':{},'udp':{}}", NULL, 0 },
	{ "tcp and icmp", "{'tcp':{},'icmp':{}}", NULL, 0 },
	{ "tcp, protocol 17", "{'ipv4':{'protocol':17},'tcp':{}}", NULL, 0 },
	{ "udp, protocol 6", "{'udp':{},'ipv4':{'protocol':6}}", NULL, 0 },
	{ "icmp, protocol 58", "{'ipv4':{'protocol':58},'icmp':{}}", NULL, 0 },
	{ "icmp, protocol 1", "{'ipv4':{'protocol':1},'icmp':{}}", "+ f1 p1",
	    0 },
	{ "tcp flags", TCP("'flags':'syn'"), "+ f1 p6 flags=2", 0 },
	{ "udp length", UDP("'length':8"), "+ f1 p17 length=8", 0 },
	{ "ecn", V4("'ecn':3"), "+ f1 ecn=3", 0 },
	{ "ecn 4", V4("'ecn':4"), NULL, 0 },
	{ "dscp 64", V4("'dscp':64"), NULL, 0 },
	{ "length", V4("'length':65535"), "+ f1 length=ffff", 0 },
	{ "ttl", V4("'ttl':255"), "+ f1 ttl=ff", 0 },
	{ "ttl text", V4("'ttl':'255'"), NULL, 0 },
	{ "ihl", V4("'ihl':5"), "+ f1 ihl=5", 0 },
	{ "ihl 4", V4("'ihl':4"), NULL, 0 },
	{ "ihl 61", V4("'ihl':61"), NULL, 0 },
	{ "flags", V4("'flags':'fragment'"), "+ f1 flags=2", 0 },
	{ "flags, three, nowhere", V4("'flags':'reserved fragment more'"),
	    "+ f1 flags=7", 0 },
	{ "ihl 60, nowhere", V4("'ihl':60"), "+ f1 ihl=3c", 0 },
	{ "flags, none", V4("'flags':''"), "+ f1 flags=0", 0 },
	{ "flags, other", V4("'flags':'syn'"), NULL, 0 },
	{ "offset, nowhere", V4("'offset':20"), "+ f1 offset=14", 0 },
	{ "offset 19", V4("'offset':19"), NULL, 0 },
	{ "identification", V4("'identification':1"), "+ f1 identification=1",
	    0 },
	{ "flow label in ipv4", V4("'flow-label':1"), "? f1", 0 },
	{ "sequence number", TCP("'sequence-number':4294967295"),
	    "+ f1 p6 sequence-number=ffffffff", 0 },
	{ "sequence number 2^32", TCP("'sequence-number':4294967296"), NULL,
	    0 },
	{ "acknowledgement", TCP("'acknowledgement-number':7"),
	    "+ f1 p6 acknowledgement-number=7", 0 },
	{ "data offset", TCP("'data-offset':15"), "+ f1 p6 data-offset=f", 0 },
	{ "data offset 4", TCP("'data-offset':4"), NULL, 0 },
	{ "reserved", TCP("'reserved':1"), "+ f1 p6 reserved=1", 0 },
	{ "two flags", TCP("'flags':'syn ack'"), "+ f1 p6 flags=12", 0 },
	{ "all flags", TCP("'flags':'cwr ece urg ack psh rst syn fin'"),
	    "+ f1 p6 flags=ff", 0 },
	{ "flag twice", TCP("'flags':'syn syn'"), NULL, 0 },
	{ "window", TCP("'window-size':1"), "+ f1 p6 window-size=1", 0 },
	{ "urgent", TCP("'urgent-pointer':1"), "+ f1 p6 urgent-pointer=1", 0 },
	{ "options", TCP("'options':'AQ=='"), "? f1", 0 },
	{ "options empty", TCP("'options':''"), NULL, 0 },
	{ "tcp length", TCP("'length':8"), "? f1", 0 },
	{ "six fields",
	    V4("'ttl':1,'dscp':1,'ecn':1,'length':1,'ihl':5,'flags':''"),
	    "+ f1 dscp=1 ecn=1 length=1 ttl=1 ihl=5 flags=0", 0 },
	{ "seven fields",
	    V4("'ttl':1,'dscp':1,'ecn':1,'length':1,'ihl':5,'flags':'',"
	       "'identification':1"),
	    "? f1", 0 },
	{ "tcp no object", "{'tcp':[]}", NULL, 0 },

	{ "eq", TCP("'source-port':{'operator':'eq','port':1}"), "+ f1 p6 s1-1",
	    0 },
	{ "eq by default", UDP("'source-port':{'port':65535}"),
	    "+ f1 p17 s65535-65535", 0 },
	{ "neq", UDP("'destination-port':{'operator':'neq','port':5}"),
	    "+ f1 p17 d!5-5", 0 },
	{ "lte", UDP("'destination-port':{'operator':'lte','port':5}"),
	    "+ f1 p17 d0-5", 0 },
	{ "gte", UDP("'destination-port':{'operator':'gte','port':5}"),
	    "+ f1 p17 d5-65535", 0 },
	{ "gt", UDP("'destination-port':{'operator':'gt','port':5}"), NULL, 0 },
	{ "operator number", UDP("'source-port':{'operator':1,'port':5}"), NULL,
	    0 },
	{ "operator alone", UDP("'source-port':{'operator':'eq'}"), NULL, 0 },
	{ "range", UDP("'source-port':{'lower-port':5,'upper-port':5}"),
	    "+ f1 p17 s5-5", 0 },
	{ "range inverted",
	    UDP("'source-port':{'lower-port':6,'upper-port':5}"), NULL, 0 },
	{ "range one end", UDP("'source-port':{'lower-port':0}"), NULL, 0 },
	{ "range other end", UDP("'source-port':{'upper-port':6}"), NULL, 0 },
	{ "range and port",
	    UDP("'source-port':{'lower-port':5,'upper-port':6,'port':5}"), NULL,
	    0 },
	{ "range and operator",
	    UDP("'source-port':{'lower-port':5,'upper-port':6,"
		"'operator':'eq'}"),
	    NULL, 0 },
	{ "port 65536", UDP("'source-port':{'port':65536}"), NULL, 0 },
	{ "port text", UDP("'source-port':{'port':'1'}"), NULL, 0 },
	{ "port bare", UDP("'source-port':80"), NULL, 0 },
	{ "port unknown", UDP("'source-port':{'port':80,'x':1}"), "? f1", 0 },
	{ "port empty", UDP("'source-port':{}"), "+ f1 p17", 0 },

	{ "from-device", TCP("'ietf-mud:direction-initiated':'from-device'"),
	    "+ f1 p6 i1", 0 },
	{ "to-device", TCP("'ietf-mud:direction-initiated':'to-device'"),
	    "+ f1 p6 i2", 0 },
	{ "nobody", TCP("'ietf-mud:direction-initiated':'none'"), NULL, 0 },
	{ "opener number", TCP("'ietf-mud:direction-initiated':1"), NULL, 0 },
	{ "opener unqualified", TCP("'direction-initiated':'to-device'"),
	    "? f1", 0 },
	{ "opener udp", UDP("'ietf-mud:direction-initiated':'to-device'"),
	    "? f1", 0 },

	{ "manufacturer", CLS("'manufacturer':'B.example'"),
	    "+ f1 mfg=b.example", 0 },
	{ "manufacturer literal", CLS("'manufacturer':'192.0.2.1'"), "? f1",
	    FAULT_IP_LITERAL },
	{ "manufacturer odd", CLS("'manufacturer':'b'"), "? f1", 0 },
	{ "manufacturer number", CLS("'manufacturer':1"), NULL, 0 },
	{ "same", CLS("'same-manufacturer':[null]"), "+ f1 same=", 0 },
	{ "same []", CLS("'same-manufacturer':[]"), NULL, 0 },
	{ "same null", CLS("'same-manufacturer':null"), NULL, 0 },
	{ "same two", CLS("'same-manufacturer':[null,null]"), NULL, 0 },
	{ "same true", CLS("'same-manufacturer':[true]"), NULL, 0 },
	{ "model", CLS("'model':'HTTPS://B.example:443/%2f'"),
	    "+ f1 model=https://b.example/%2F", 0 },
	{ "model http", CLS("'model':'http://b.example/'"), "? f1", 0 },
	{ "model number", CLS("'model':1"), NULL, 0 },
	{ "local", CLS("'local-networks':[null]"), "+ f1 local=", 0 },
	{ "local []", CLS("'local-networks':[]"), NULL, 0 },
	{ "controller", CLS("'controller':'Bacnet'"), "+ f1 ctl=Bacnet", 0 },
	{ "controller empty", CLS("'controller':''"), NULL, 0 },
	{ "controller space", CLS("'controller':'a b'"), NULL, 0 },
	{ "my-controller", CLS("'my-controller':[null]"), "+ f1 myctl=", 0 },
	{ "my-controller {}", CLS("'my-controller':{}"), NULL, 0 },
	{ "two classes", CLS("'controller':'urn:x','local-networks':[null]"),
	    "+ f1 ctl=urn:x local=", 0 },
	{ "five classes",
	    CLS("'controller':'urn:x','local-networks':[null],"
		"'same-manufacturer':[null],'my-controller':[null],"
		"'manufacturer':'b.example'"),
	    "? f1", 0 },
	{ "unknown class", CLS("'x':1"), "? f1", 0 },
};

/* Reads matches in an ACE of the mudbase, and judges what became of it. */
static void
check_matches(size_t i, bool is_drop)
{
	json_t *root = json_deep_copy(mudbase);
	struct policy *policy = NULL;
	struct heard heard;
	struct fault why = { 0 };
	enum fault_code hold = matches[i].hold;
	char buf[512];
	bool ok;

	mudbase_patch(root, OUT "/matches", matches[i].matches);
	if (is_drop)
		mudbase_patch(root, OUT "/actions/forwarding", "'drop'");
	ok = mudbase_judge(root, &policy, &heard, &why);
	json_decref(root);
	if (ok != (matches[i].ace != NULL))
		fail_msg("%s: %s", matches[i].name, ok ? "read" : why.detail);
	if (!ok) {
		assert_int_equal(why.code, FAULT_MALFORMED);
		assert_memory_equal(why.detail, OUT, strlen(OUT));
		return;
	}
	(void)mudbase_ace(policy, &policy->aces[0], buf, sizeof(buf));
	if (strcmp(buf, matches[i].ace) != 0)
		fail_msg("%s: %s", matches[i].name, buf);
	if (is_drop && hold == FAULT_ACCEPTS_ALL)
		hold = FAULT_NONE;
	/* Fragments, and a header of fewer words than there are. */
	if (is_drop && strstr(matches[i].name, "nowhere") != NULL)
		hold = FAULT_DROP_NOT_UNDERSTOOD;
	/* S-9: a drop that is not understood holds the file. */
	if (is_drop && buf[0] == '?' && hold == FAULT_NONE)
		hold = FAULT_DROP_NOT_UNDERSTOOD;
	if (policy->hold.code != hold)
		fail_msg("%s: held for %s", matches[i].name,
		    fault_name(policy->hold.code));
	if (buf[0] == '?')
		assert_true(
		    heard.n[FINDING_WARNING] + heard.n[FINDING_ERROR] > 0);
	policy_free(policy);
}

static void
reads_matches(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(matches); i++) {
		check_matches(i, false);
		check_matches(i, true);
	}
}

/* The container gives the family, or else the type, or else it is both. */
static void
families(void **state)
{
	static const struct {
		const char *type, *matches, *ace; /* ace NULL: refused */
	} rows[] = {
		{ NULL, "{'ipv6':{'ietf-acldns:dst-dnsname':'a.example'}}",
		    "+ f2 dns=a.example" },
		{ NULL, "{'ipv6':{'destination-ipv6-network':'2001:db8::/32'}}",
		    "+ f2 to=2001:db8::/32" },
		{ NULL, "{'ipv6':{'source-ipv6-network':'2001:db8::/32'}}",
		    "+ f2 from=2001:db8::/32" },
		{ NULL, "{'ipv6':{'ietf-acldns:dst-dnsname':'2001:db8::1'}}",
		    "+ f2 to=2001:db8::1/128" },
		{ NULL, "{'tcp':{}}", "+ f3 p6" },
		{ NULL, "{'icmp':{}}", "? f3" },
		{ NULL, "{'ipv6':{},'icmp':{}}", "+ f2 p58" },
		{ NULL, "{'ipv4':{},'ipv6':{}}", NULL },
		{ "'eth-acl-type'", "{'tcp':{}}", "? f3" },
		{ "'eth-acl-type'", "{}", "+ f3" },
		{ "'eth-acl-type'", "{'eth':{'ethertype':2048}}", "+ f1" },
		{ "'eth-acl-type'", "{'eth':{'ethertype':'ipv6'}}", "+ f2" },
		{ "'eth-acl-type'", "{'eth':{'ethertype':'0x86dd'}}", "+ f2" },
		{ "'eth-acl-type'", "{'eth':{'ethertype':'arp'}}", "? f3" },
		{ "'eth-acl-type'", "{'eth':{'ethertype':34958}}", "? f3" },
		{ "'eth-acl-type'", "{'eth':{'ethertype':65536}}", NULL },
		{ "'eth-acl-type'", "{'eth':{'x':1}}", "? f3" },
		{ "'eth-acl-type'",
		    "{'eth':{'source-mac-address':'02:00:5E:00:53:01'}}",
		    "+ f3 source-mac-address=2005e005301" },
		{ "'eth-acl-type'",
		    "{'eth':{'destination-mac-address':'02:00:5e:00:53:01',"
		    "'destination-mac-address-mask':'ff:ff:ff:00:00:00'}}",
		    "+ f3 destination-mac-address=2005e000000" },
		{ "'eth-acl-type'",
		    "{'eth':{'source-mac-address-mask':'ff:ff:ff:00:00:00'}}",
		    "? f3" },
		{ "'eth-acl-type'", "{'eth':{'source-mac-address':'02'}}",
		    NULL },
		{ "'mixed-eth-ipv4-acl-type'",
		    "{'eth':{'ethertype':2048},'ipv4':{'protocol':6}}",
		    "+ f1 p6" },
		{ "'mixed-eth-ipv4-ipv6-acl-type'",
		    "{'eth':{'ethertype':2048},'ipv6':{'protocol':6}}",
		    "? f2" },
		{ "'mixed-eth-ipv4-ipv6-acl-type'",
		    "{'ipv6':{'protocol':6},'eth':{'ethertype':2048}}",
		    "? f2" },
		{ "'ipv6-acl-type'", "{'ipv6':{'flow-label':1048575}}",
		    "+ f2 flow-label=fffff" },
		{ "'ipv6-acl-type'", "{'ipv6':{'flow-label':1048576}}", NULL },
		{ "'ipv6-acl-type'", "{'ipv6':{'ttl':255}}", "+ f2 ttl=ff" },
		{ "'ipv6-acl-type'", "{'ipv6':{'ihl':5}}", "? f2" },
		{ "'eth-acl-type'", "{'ipv6':{}}", NULL },
		{ "'mixed-eth-ipv6-acl-type'", "{'tcp':{}}", "+ f2 p6" },
		{ "'mixed-eth-ipv6-acl-type'", "{'ipv4':{}}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *root = json_deep_copy(mudbase);
		struct policy *policy = NULL;
		struct heard heard;
		struct fault why;
		char buf[512];
		bool ok;

		mudbase_patch(root, ACL "/1/type", rows[i].type);
		mudbase_patch(root, ACL "/1/aces/ace/1/matches", "{}");
		mudbase_patch(root, OUT "/matches", rows[i].matches);
		ok = mudbase_judge(root, &policy, &heard, &why);
		assert_int_equal(ok, rows[i].ace != NULL);
		if (ok)
			assert_string_equal(
			    mudbase_ace(
				policy, &policy->aces[0], buf, sizeof(buf)),
			    rows[i].ace);
		policy_free(policy);
		json_decref(root);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_matches),
		cmocka_unit_test(families),
	};

	return cmocka_run_group_tests(tests, mudbase_load, mudbase_free);
}
