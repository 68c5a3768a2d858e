# Man pages, and what people and tools read.
dist_man_MANS += docs/mudctl.1 docs/mudd.conf.5 docs/mudd.8
EXTRA_DIST += docs/architecture.md docs/rfc8520.md docs/troubleshooting.md \
	docs/validate.md \
	docs/org.mudd.Manager.varlink

# For authentication servers: a page, and what it speaks of.
eapdocdir = $(docdir)/8021x
dist_eapdoc_DATA = docs/8021x/README.md docs/8021x/eap-verify \
	docs/8021x/mods-mudd docs/8021x/mudd-eap.tmpfiles
dist_eapdoc_SCRIPTS = docs/8021x/mudd-eap-hook
