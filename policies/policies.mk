# Local policies: MUD files that the administrator may edit.
policiesdir = $(sysconfdir)/mudd/policies
dist_policies_DATA = policies/pending.json policies/quarantine.json \
	policies/unknown.json
EXTRA_DIST += policies/README.md
