# Fuzz targets, and what the distribution holds of the tests.
#
# Each target is one function over raw bytes.  In an ordinary build it runs
# over its corpus as a test of `make check` (tests/fuzz/main.c); configured
# with --enable-fuzzing it is linked with libFuzzer instead, and `make fuzzers`
# builds them all.  The lab is run by `./dev check`, not by `make check`: it
# needs root, and the installed programs.
fuzz_targets = \
	tests/fuzz/fuzz_arp \
	tests/fuzz/fuzz_config \
	tests/fuzz/fuzz_control \
	tests/fuzz/fuzz_devcert \
	tests/fuzz/fuzz_dhcp4 \
	tests/fuzz/fuzz_dhcp6 \
	tests/fuzz/fuzz_enforcer \
	tests/fuzz/fuzz_engine \
	tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_links \
	tests/fuzz/fuzz_lldp \
	tests/fuzz/fuzz_mudfile \
	tests/fuzz/fuzz_mudstring \
	tests/fuzz/fuzz_nd \
	tests/fuzz/fuzz_nflog \
	tests/fuzz/fuzz_observe \
	tests/fuzz/fuzz_redirect \
	tests/fuzz/fuzz_rule \
	tests/fuzz/fuzz_signature \
	tests/fuzz/fuzz_url \
	tests/fuzz/fuzz_walk

if FUZZING
EXTRA_PROGRAMS = $(fuzz_targets)
fuzz_driver =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
else
check_PROGRAMS += $(fuzz_targets)
TESTS += $(fuzz_targets)
fuzz_driver = tests/fuzz/main.c
fuzz_ldflags = $(AM_LDFLAGS)
endif

# Twice, since what is generated has to be there first.
fuzzers: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) $(fuzz_targets)
.PHONY: fuzzers

fuzz_mud_libs = libmud/libmud.a $(JANSSON_LIBS) $(CRYPTO_LIBS)
fuzz_core_libs = mudd/core/libcore.a $(fuzz_mud_libs) $(EVENT_LIBS) \
	$(SECCOMP_LIBS) $(CAP_LIBS)
fuzz_engine_libs = mudd/engine/libengine.a $(fuzz_core_libs) \
	$(CONFUSE_LIBS) $(SQLITE_LIBS)
fuzz_cflags = $(AM_CFLAGS) $(EVENT_CFLAGS) $(JANSSON_CFLAGS) \
	$(CRYPTO_CFLAGS) $(CONFUSE_CFLAGS) $(NL_CFLAGS) $(NFTNL_CFLAGS) \
	$(MNL_CFLAGS)

tests_fuzz_fuzz_arp_SOURCES = tests/fuzz/fuzz_arp.c $(fuzz_driver)
tests_fuzz_fuzz_arp_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_arp_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_arp_LDADD = mudd/watch/libwatch.a $(fuzz_core_libs)

tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c $(fuzz_driver)
tests_fuzz_fuzz_config_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_config_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_config_LDADD = $(fuzz_engine_libs)

tests_fuzz_fuzz_control_SOURCES = tests/fuzz/fuzz_control.c $(fuzz_driver)
tests_fuzz_fuzz_control_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_control_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_control_LDADD = $(fuzz_engine_libs)

tests_fuzz_fuzz_devcert_SOURCES = tests/fuzz/fuzz_devcert.c $(fuzz_driver) \
	tests/unit/certs.c tests/unit/certs.h
tests_fuzz_fuzz_devcert_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_devcert_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_devcert_LDADD = $(fuzz_mud_libs)

tests_fuzz_fuzz_dhcp4_SOURCES = tests/fuzz/fuzz_dhcp4.c $(fuzz_driver)
tests_fuzz_fuzz_dhcp4_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_dhcp4_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_dhcp4_LDADD = mudd/watch/libwatch.a $(fuzz_core_libs) \
	$(NL_LIBS)

tests_fuzz_fuzz_dhcp6_SOURCES = tests/fuzz/fuzz_dhcp6.c $(fuzz_driver)
tests_fuzz_fuzz_dhcp6_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_dhcp6_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_dhcp6_LDADD = mudd/watch/libwatch.a $(fuzz_core_libs) \
	$(NL_LIBS)

tests_fuzz_fuzz_enforcer_SOURCES = tests/fuzz/fuzz_enforcer.c $(fuzz_driver)
tests_fuzz_fuzz_enforcer_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_enforcer_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_enforcer_LDADD = mudd/enforce/libenforce.a \
	$(fuzz_core_libs) $(NFTNL_LIBS) $(MNL_LIBS)

# The engine, and those who play the others for the scenarios.
tests_fuzz_fuzz_engine_SOURCES = tests/fuzz/fuzz_engine.c $(fuzz_driver) \
	tests/fuzz/readonly.c tests/fuzz/readonly.h \
	tests/scenario/certifying.c tests/scenario/certifying.h \
	tests/scenario/fakemudd.c tests/scenario/far.c \
	tests/scenario/makers.c tests/scenario/scene.c \
	tests/scenario/seen.c tests/scenario/told.c \
	tests/scenario/trusting.c tests/scenario/workers.c
tests_fuzz_fuzz_engine_CFLAGS = $(fuzz_cflags) $(SQLITE_CFLAGS)
tests_fuzz_fuzz_engine_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_engine_LDADD = mudd/enforce/libenforce.a \
	$(fuzz_engine_libs)

tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(fuzz_driver)
tests_fuzz_fuzz_json_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_json_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_json_LDADD = $(fuzz_mud_libs)

tests_fuzz_fuzz_links_SOURCES = tests/fuzz/fuzz_links.c $(fuzz_driver)
tests_fuzz_fuzz_links_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_links_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_links_LDADD = mudd/watch/libwatch.a $(fuzz_core_libs) \
	$(NL_LIBS)

tests_fuzz_fuzz_lldp_SOURCES = tests/fuzz/fuzz_lldp.c $(fuzz_driver)
tests_fuzz_fuzz_lldp_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_lldp_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_lldp_LDADD = mudd/watch/libwatch.a $(fuzz_core_libs)

tests_fuzz_fuzz_mudfile_SOURCES = tests/fuzz/fuzz_mudfile.c $(fuzz_driver)
tests_fuzz_fuzz_mudfile_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_mudfile_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_mudfile_LDADD = $(fuzz_engine_libs)

tests_fuzz_fuzz_mudstring_SOURCES = tests/fuzz/fuzz_mudstring.c \
	$(fuzz_driver)
tests_fuzz_fuzz_mudstring_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_mudstring_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_mudstring_LDADD = $(fuzz_mud_libs)

tests_fuzz_fuzz_nflog_SOURCES = tests/fuzz/fuzz_nflog.c $(fuzz_driver)
tests_fuzz_fuzz_nflog_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_nflog_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_nflog_LDADD = mudd/watch/libwatch.a $(fuzz_core_libs) \
	$(NL_LIBS)

tests_fuzz_fuzz_rule_SOURCES = tests/fuzz/fuzz_rule.c $(fuzz_driver)
tests_fuzz_fuzz_rule_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_rule_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_rule_LDADD = $(fuzz_mud_libs)

tests_fuzz_fuzz_signature_SOURCES = tests/fuzz/fuzz_signature.c \
	$(fuzz_driver)
tests_fuzz_fuzz_signature_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_signature_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_signature_LDADD = $(fuzz_mud_libs)

tests_fuzz_fuzz_url_SOURCES = tests/fuzz/fuzz_url.c $(fuzz_driver)
tests_fuzz_fuzz_url_CFLAGS = $(fuzz_cflags) $(CURL_CFLAGS)
tests_fuzz_fuzz_url_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_url_LDADD = $(fuzz_mud_libs) $(CURL_LIBS)

tests_fuzz_fuzz_walk_SOURCES = tests/fuzz/fuzz_walk.c $(fuzz_driver)
tests_fuzz_fuzz_walk_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_walk_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_walk_LDADD = mudd/enforce/libenforce.a \
	$(fuzz_core_libs) $(NFTNL_LIBS) $(MNL_LIBS)

tests_fuzz_fuzz_nd_SOURCES = tests/fuzz/fuzz_nd.c $(fuzz_driver)
tests_fuzz_fuzz_nd_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_nd_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_nd_LDADD = mudd/watch/libwatch.a $(fuzz_core_libs)

tests_fuzz_fuzz_observe_SOURCES = tests/fuzz/fuzz_observe.c \
	tests/unit/watchlan.c tests/unit/watchlan.h \
	tests/unit/wire.h $(fuzz_driver)
tests_fuzz_fuzz_observe_CFLAGS = $(fuzz_cflags)
tests_fuzz_fuzz_observe_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_observe_LDADD = mudd/watch/libwatch.a $(fuzz_core_libs)

tests_fuzz_fuzz_redirect_SOURCES = tests/fuzz/fuzz_redirect.c $(fuzz_driver)
tests_fuzz_fuzz_redirect_CFLAGS = $(fuzz_cflags) $(CURL_CFLAGS)
tests_fuzz_fuzz_redirect_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_redirect_LDADD = mudd/fetch/libfetch.a $(fuzz_core_libs) \
	$(SSL_LIBS) $(CRYPTO_LIBS)

EXTRA_DIST += tests/checks tests/fuzz/corpus tests/judge tests/lab \
	.clang-format .clang-tidy .editorconfig
# The evaluator against the compiled rules; `./dev soak differential` asks it
# about a million cases.
check_PROGRAMS += tests/differential/run_differential
TESTS += tests/differential/run_differential
tests_differential_run_differential_SOURCES = \
	tests/differential/aim.c tests/differential/aim.h \
	tests/differential/beside.c \
	tests/differential/dice.h \
	tests/differential/generate.c tests/differential/generate.h \
	tests/differential/interpret.c tests/differential/interpret.h \
	tests/differential/report.c tests/differential/report.h \
	tests/differential/run_differential.c
tests_differential_run_differential_CFLAGS = $(AM_CFLAGS)
tests_differential_run_differential_LDADD = libmud/libmud.a

EXTRA_DIST += tests/checks tests/fuzz/corpus tests/lab .clang-format \
	.clang-tidy .editorconfig

# Folders are copied whole; nothing that Python left there goes along.
dist-hook:
	find "$(distdir)/tests" -name __pycache__ -exec rm -rf {} +

# How long files take to be judged; tests/judge/bench.py runs it.
check_PROGRAMS += tests/judge/measure
tests_judge_measure_SOURCES = tests/judge/measure.c
tests_judge_measure_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_judge_measure_LDADD = libmud/libmud.a $(JANSSON_LIBS) $(CRYPTO_LIBS)
