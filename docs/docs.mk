# Man pages, and what people and tools read.
dist_man_MANS += docs/mudctl.1 docs/mudd.conf.5 docs/mudd.8
EXTRA_DIST += docs/architecture.md docs/rfc8520.md docs/troubleshooting.md \
	docs/validate.md \
	docs/org.mudd.Manager.varlink
