/*
 * Every bound in the program, each with its reason.
 *
 * Nothing is sized by a number from outside alone: each length and count is
 * compared with one of these before anything is allocated or walked.
 */
#ifndef LIBMUD_LIMITS_H
#define LIBMUD_LIMITS_H

/* What a Thing may say. */
#define LIMIT_MUDSTRING  255 /* RFC 8520 s10: one DHCP option, one LLDP TLV */
#define LIMIT_URL        255 /* the same; a MUD URL from elsewhere as well */
#define LIMIT_HOST       253 /* RFC 1035 s2.3.4, as text without the last dot */
#define LIMIT_LABEL      63  /* RFC 1035 s2.3.4 */
#define LIMIT_CLIENTNAME 63  /* DHCP option 12: one label is enough to show */

/* What a Thing's certificate may be (RFC 8520 s11). */
#define LIMIT_DEVCERT                                                          \
	(32 * 1024) /* with its CAs, as PEM: LIMIT_CERTS of 4 kB */
#define LIMIT_DER_NAME                                                         \
	512             /* a Name as DER: five attributes of 64 characters     \
	                 */
#define LIMIT_SERIAL 20 /* RFC 5280 s4.1.2.2: octets */

/* What a MUD file and its signature may be (S-6, S-7, S-8). */
#define LIMIT_FILE         (256 * 1024) /* the largest public file has 95 kB */
#define LIMIT_SIGNATURE    (64 * 1024)  /* the largest seen has 26 kB */
#define LIMIT_ANCHORS      (1024 * 1024)
#define LIMIT_ANCHOR_COUNT 256 /* trust anchors, and distrusted signers */
#define LIMIT_CA_BUNDLE    (4 * 1024 * 1024)
#define LIMIT_HEADERS      (16 * 1024)
#define LIMIT_NAME         64  /* RFC 8519: an ACL's or ACE's name */
#define LIMIT_ACLS         32  /* seen: 6 */
#define LIMIT_ACL_ACES     256 /* seen: 102 */
#define LIMIT_ACES         512 /* seen: 201 in one file */
#define LIMIT_TEXTS        192 /* names, classes and URLs one policy refers to */
#define LIMIT_DNSNAMES     128 /* seen: 47 */
#define LIMIT_CLASSES      32
#define LIMIT_RULES        2080 /* S-8: 1,024; as many for replies; jumps */
#define LIMIT_INFO         120  /* systeminfo and the like: twice s3.7's 60 */
#define LIMIT_JSON_DEPTH   32   /* seen: 12 */
#define LIMIT_FINDINGS     500  /* told of one file: nobody reads more */
#define LIMIT_CERTS        8    /* certificates inside one signature */

/* What the JSON of a MUD file may be (S-7); strings in bytes as written. */
#define LIMIT_JSON_VALUES 20000
#define LIMIT_JSON_STRING 4096
#define LIMIT_JSON_KEY    128

/* What the gateway keeps. */
#define LIMIT_THINGS      4096 /* max-devices' default */
#define LIMIT_THINGS_MAX  16384
#define LIMIT_PORT_THINGS 256   /* S-61: max-devices-per-port's default */
#define LIMIT_URLS        2048  /* MUD URLs that are remembered (S-36) */
#define LIMIT_UNKNOWN     2048  /* devices without a MUD URL, LRU */
#define LIMIT_NAMED       512   /* of these, that an administrator has named */
#define LIMIT_ADDRESSES4  4     /* S-48: IPv4 addresses of one Thing */
#define LIMIT_ADDRESSES6  16    /* S-48: IPv6 addresses of one Thing */
#define LIMIT_ALL_SIX     32768 /* of all Things */
#define LIMIT_NAME_ADDRS  64    /* S-54: addresses of one name and family */
#define LIMIT_SETS        4096  /* names and classes over all policies */
#define LIMIT_MEMBERS     32768 /* addresses in all classes: as above */
#define LIMIT_POLICIES    1024  /* policies in the kernel */
#define LIMIT_OWN_FILES   256   /* of policies/, for single devices */
#define LIMIT_OWN_BYTES   (4 * 1024 * 1024)
#define LIMIT_ELEMENTS    131072 /* S-54: set elements in all */
#define LIMIT_ALL_RULES   65536  /* of all policies in the kernel */
/* Records in one batch to the enforcer.  A RESET is one batch: the elements,
 * rules, Things and addresses that there may be come to 311,296. */
#define LIMIT_BATCH        327680
#define LIMIT_PORTS        256   /* LAN interfaces and bridge ports watched */
#define LIMIT_LOCALS       64    /* local networks */
#define LIMIT_NETWORKS     4096  /* S-22: what routes tell of */
#define LIMIT_LINK_ROUTES  512   /* of them by one interface, or to nowhere */
#define LIMIT_TRANSACTIONS 1024  /* DHCP exchanges under way */
#define LIMIT_PRESENCE     16384 /* MAC addresses whose port is remembered */
#define LIMIT_THING_DROPS  16 /* kinds of its dropped packets: a screen full */
#define LIMIT_DROPS        8192 /* of all Things, and strangers: 2 MB of JSON */
/* Bytes of memory that records may take while they wait for one peer: the
 * largest batch takes 15 MB of rules, and 25 of all else. */
#define LIMIT_BACKLOG (48 * 1024 * 1024)

/* A world that is described to mudctl (libmud/world.h). */
#define LIMIT_WORLD_HOSTS  4096 /* addresses of one: as many as LIMIT_THINGS */
#define LIMIT_WORLD_GROUPS 4096 /* classes, names, Things: of each so many */
#define LIMIT_FLOW         8192 /* bytes of one flow in --flows; 300 is usual */

/* Fetching (S-24, S-25). */
#define LIMIT_JOBS        4 /* fetchers, and readers, at one time */
#define LIMIT_JOB_QUEUE   64
#define LIMIT_REDIRECTS   3
#define LIMIT_FETCH_SEC   30 /* one file, everything included */
#define LIMIT_CONNECT_SEC 10
#define LIMIT_FETCHER_SEC 40  /* then the fetcher is killed */
#define LIMIT_READER_SEC  10  /* then the reader is killed */
#define LIMIT_LOW_SPEED   256 /* bytes a second, over ten seconds */

/* Names in ACEs (S-55). */
#define LIMIT_TTL_MIN_SEC 60
#define LIMIT_TTL_MAX_SEC 86400

/* The control socket (S-82). */
#define LIMIT_CLIENTS     16
#define LIMIT_CLIENTS_UID 8
#define LIMIT_REQUEST     8192
/* A call that hands over a device's certificate: LIMIT_DEVCERT, as JSON. Only
 * who may change things has so much room. */
#define LIMIT_REQUEST_CERTIFICATE (40 * 1024)
#define LIMIT_REPLY               (4 * 1024 * 1024)
#define LIMIT_IDLE_SEC            30
/* Who watches events (Monitor), so that others still find a place; and what
 * waits for one that is slow. */
#define LIMIT_MONITORS     6
#define LIMIT_MONITORS_UID 3
#define LIMIT_STREAM       (64 * 1024)

#endif
