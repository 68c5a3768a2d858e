# libmud: what a MUD file is and means; pure, no I/O.
noinst_LIBRARIES += libmud/libmud.a
libmud_libmud_a_SOURCES = \
	libmud/ace.c libmud/ace.h \
	libmud/lint/acecover.c libmud/lint/acecover.h \
	libmud/acl.c libmud/acl.h \
	libmud/addr.c libmud/addr.h \
	libmud/anchor.c libmud/anchor.h \
	libmud/anchors.c libmud/anchors.h \
	libmud/attributes.c libmud/attributes.h \
	libmud/bytes.c libmud/bytes.h \
	libmud/certificate.c libmud/certificate.h \
	libmud/chain.c libmud/chain.h \
	libmud/compile.c libmud/compile.h \
	libmud/condition.c libmud/condition.h \
	libmud/date.c libmud/date.h \
	libmud/der.c libmud/der.h \
	libmud/devcert.c libmud/devcert.h \
	libmud/digest.c libmud/digest.h \
	libmud/form/draft.c libmud/form/draft.h \
	libmud/form/edit.c libmud/form/edit.h \
	libmud/eth.c libmud/eth.h \
	libmud/evaluate.c libmud/evaluate.h \
	libmud/fault.c libmud/fault.h \
	libmud/faultwords.c libmud/faultwords.h \
	libmud/field.c libmud/field.h \
	libmud/finding.c libmud/finding.h \
	libmud/flow.c libmud/flow.h \
	libmud/json.c libmud/json.h \
	libmud/lint/leafcheck.c libmud/lint/leafcheck.h \
	libmud/limits.h libmud/list.h \
	libmud/lint/lint.c libmud/lint/lint.h \
	libmud/lint/lintext.c libmud/lint/lintext.h \
	libmud/lint/lintmud.c libmud/lint/lintmud.h \
	libmud/lint/lintnever.c libmud/lint/lintnever.h \
	libmud/lint/lintorder.c libmud/lint/lintorder.h \
	libmud/lint/linttwin.c libmud/lint/linttwin.h \
	libmud/matches.c libmud/matches.h \
	libmud/mem.c libmud/mem.h \
	libmud/form/modernace.c libmud/form/modernace.h \
	libmud/form/modernize.c libmud/form/modernize.h \
	libmud/mudfile.c libmud/mudfile.h \
	libmud/mudsigner.c libmud/mudsigner.h \
	libmud/mudstring.c libmud/mudstring.h \
	libmud/nfttable.c libmud/nfttable.h \
	libmud/nfttext.c libmud/nfttext.h \
	libmud/peers.c libmud/peers.h \
	libmud/place.c libmud/place.h \
	libmud/policy.c libmud/policy.h \
	libmud/ports.c libmud/ports.h \
	libmud/reading.c libmud/reading.h \
	libmud/rule.c libmud/rule.h \
	libmud/form/schema.c libmud/form/schema.h \
	libmud/form/schemabetter.c libmud/form/schemabetter.h \
	libmud/form/schemaleaf.c libmud/form/schemaleaf.h \
	libmud/form/schemaname.c libmud/form/schemaname.h \
	libmud/form/schematree.c libmud/form/schematree.h \
	libmud/form/schemawords.c libmud/form/schemawords.h \
	libmud/sign.c libmud/sign.h \
	libmud/signature.c libmud/signature.h \
	libmud/signer.c libmud/signer.h \
	libmud/url.c libmud/url.h \
	libmud/words.c libmud/words.h \
	libmud/world.c libmud/world.h \
	libmud/form/yang.c libmud/form/yang.h
libmud_libmud_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS)

if HAVE_CMOCKA
libmud_tests = \
	tests/unit/test_addr \
	tests/unit/test_anchor \
	tests/unit/test_bytes \
	tests/unit/test_clauses_acl \
	tests/unit/test_clauses_file \
	tests/unit/test_clauses_mud \
	tests/unit/test_clauses_peers \
	tests/unit/test_clauses_url \
	tests/unit/test_compile \
	tests/unit/test_date \
	tests/unit/test_der \
	tests/unit/test_devcert \
	tests/unit/test_evaluate \
	tests/unit/test_fault \
	tests/unit/test_field \
	tests/unit/test_leafcheck \
	tests/unit/test_limits \
	tests/unit/test_lint \
	tests/unit/test_lintmud \
	tests/unit/test_matches \
	tests/unit/test_mem \
	tests/unit/test_modernize \
	tests/unit/test_mudfile \
	tests/unit/test_mudstring \
	tests/unit/test_nfttable \
	tests/unit/test_nfttext \
	tests/unit/test_place \
	tests/unit/test_policy \
	tests/unit/test_rule \
	tests/unit/test_schema \
	tests/unit/test_schemawords \
	tests/unit/test_signature \
	tests/unit/test_url \
	tests/unit/test_vectors \
	tests/unit/test_words \
	tests/unit/test_world \
	tests/unit/test_worst \
	tests/unit/test_yang
check_PROGRAMS += $(libmud_tests)
TESTS += $(libmud_tests)

# What a test of pure code links; those over files add their libraries.
libmud_test_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
libmud_test_ldadd = libmud/libmud.a $(CMOCKA_LIBS)

tests_unit_test_addr_SOURCES = tests/unit/test_addr.c
tests_unit_test_addr_CFLAGS = $(libmud_test_cflags)
tests_unit_test_addr_LDADD = $(libmud_test_ldadd)

tests_unit_test_anchor_SOURCES = tests/unit/test_anchor.c \
	tests/unit/certs.c tests/unit/certs.h
tests_unit_test_anchor_CFLAGS = $(libmud_test_cflags) $(CRYPTO_CFLAGS)
tests_unit_test_anchor_LDADD = $(libmud_test_ldadd) $(CRYPTO_LIBS)

tests_unit_test_bytes_SOURCES = tests/unit/test_bytes.c
tests_unit_test_bytes_CFLAGS = $(libmud_test_cflags)
tests_unit_test_bytes_LDADD = $(libmud_test_ldadd)

# Named after the clauses of RFC 8520 and RFC 8519 (docs/rfc8520.md).
clauses_sources = tests/unit/clauses.c tests/unit/clauses.h \
	tests/unit/mudbase.c tests/unit/mudbase.h

tests_unit_test_clauses_url_SOURCES = tests/unit/test_clauses_url.c
tests_unit_test_clauses_url_CFLAGS = $(libmud_test_cflags)
tests_unit_test_clauses_url_LDADD = $(libmud_test_ldadd)

tests_unit_test_clauses_acl_SOURCES = tests/unit/test_clauses_acl.c \
	$(clauses_sources)
tests_unit_test_clauses_acl_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_clauses_acl_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_clauses_file_SOURCES = tests/unit/test_clauses_file.c \
	$(clauses_sources)
tests_unit_test_clauses_file_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_clauses_file_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_clauses_mud_SOURCES = tests/unit/test_clauses_mud.c \
	$(clauses_sources)
tests_unit_test_clauses_mud_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_clauses_mud_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_clauses_peers_SOURCES = tests/unit/test_clauses_peers.c \
	$(clauses_sources)
tests_unit_test_clauses_peers_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_clauses_peers_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_compile_SOURCES = tests/unit/test_compile.c
tests_unit_test_compile_CFLAGS = $(libmud_test_cflags)
tests_unit_test_compile_LDADD = $(libmud_test_ldadd)

tests_unit_test_date_SOURCES = tests/unit/test_date.c
tests_unit_test_date_CFLAGS = $(libmud_test_cflags)
tests_unit_test_date_LDADD = $(libmud_test_ldadd)
tests_unit_test_der_SOURCES = tests/unit/test_der.c
tests_unit_test_der_CFLAGS = $(libmud_test_cflags)
tests_unit_test_der_LDADD = $(libmud_test_ldadd)

tests_unit_test_devcert_SOURCES = tests/unit/test_devcert.c \
	tests/unit/certs.c tests/unit/certs.h
tests_unit_test_devcert_CFLAGS = $(libmud_test_cflags) $(CRYPTO_CFLAGS)
tests_unit_test_devcert_LDADD = $(libmud_test_ldadd) $(CRYPTO_LIBS)

tests_unit_test_evaluate_SOURCES = tests/unit/test_evaluate.c
tests_unit_test_evaluate_CFLAGS = $(libmud_test_cflags)
tests_unit_test_evaluate_LDADD = $(libmud_test_ldadd)

tests_unit_test_fault_SOURCES = tests/unit/test_fault.c
tests_unit_test_fault_CFLAGS = $(libmud_test_cflags)
tests_unit_test_fault_LDADD = $(libmud_test_ldadd)

tests_unit_test_field_SOURCES = tests/unit/test_field.c
tests_unit_test_field_CFLAGS = $(libmud_test_cflags)
tests_unit_test_field_LDADD = $(libmud_test_ldadd)
tests_unit_test_leafcheck_SOURCES = tests/unit/test_leafcheck.c
tests_unit_test_leafcheck_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_leafcheck_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_lint_SOURCES = tests/unit/test_lint.c
tests_unit_test_lint_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_lint_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_lintmud_SOURCES = tests/unit/test_lintmud.c
tests_unit_test_lintmud_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_lintmud_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_limits_SOURCES = tests/unit/test_limits.c
tests_unit_test_limits_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_limits_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_matches_SOURCES = tests/unit/test_matches.c \
	tests/unit/mudbase.c tests/unit/mudbase.h
tests_unit_test_matches_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_matches_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_mem_SOURCES = tests/unit/test_mem.c
tests_unit_test_mem_CFLAGS = $(libmud_test_cflags)
tests_unit_test_mem_LDADD = $(libmud_test_ldadd)

tests_unit_test_modernize_SOURCES = tests/unit/test_modernize.c
tests_unit_test_modernize_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_modernize_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_mudfile_SOURCES = tests/unit/test_mudfile.c \
	tests/unit/mudbase.c tests/unit/mudbase.h
tests_unit_test_mudfile_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_mudfile_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_mudstring_SOURCES = tests/unit/test_mudstring.c
tests_unit_test_mudstring_CFLAGS = $(libmud_test_cflags)
tests_unit_test_mudstring_LDADD = $(libmud_test_ldadd)

tests_unit_test_nfttable_SOURCES = tests/unit/test_nfttable.c
tests_unit_test_nfttable_CFLAGS = $(libmud_test_cflags)
tests_unit_test_nfttable_LDADD = $(libmud_test_ldadd)

tests_unit_test_nfttext_SOURCES = tests/unit/test_nfttext.c
tests_unit_test_nfttext_CFLAGS = $(libmud_test_cflags)
tests_unit_test_nfttext_LDADD = $(libmud_test_ldadd)

tests_unit_test_place_SOURCES = tests/unit/test_place.c
tests_unit_test_place_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_place_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_policy_SOURCES = tests/unit/test_policy.c
tests_unit_test_policy_CFLAGS = $(libmud_test_cflags)
tests_unit_test_policy_LDADD = $(libmud_test_ldadd)

tests_unit_test_rule_SOURCES = tests/unit/test_rule.c
tests_unit_test_rule_CFLAGS = $(libmud_test_cflags)
tests_unit_test_rule_LDADD = $(libmud_test_ldadd)

tests_unit_test_schema_SOURCES = tests/unit/test_schema.c \
	tests/unit/mudbase.c tests/unit/mudbase.h
tests_unit_test_schema_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_schema_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_schemawords_SOURCES = tests/unit/test_schemawords.c
tests_unit_test_schemawords_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_schemawords_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_signature_SOURCES = tests/unit/test_signature.c \
	tests/unit/sigworld.c tests/unit/sigworld.h
tests_unit_test_signature_CFLAGS = $(libmud_test_cflags) $(CRYPTO_CFLAGS)
tests_unit_test_signature_LDADD = $(libmud_test_ldadd) $(CRYPTO_LIBS)

tests_unit_test_vectors_SOURCES = tests/unit/test_vectors.c \
	tests/unit/sigedits.c tests/unit/sigedits.h \
	tests/unit/sigworld.c tests/unit/sigworld.h
tests_unit_test_vectors_CFLAGS = $(libmud_test_cflags) $(CRYPTO_CFLAGS)
tests_unit_test_vectors_LDADD = $(libmud_test_ldadd) $(CRYPTO_LIBS)

tests_unit_test_url_SOURCES = tests/unit/test_url.c
tests_unit_test_url_CFLAGS = $(libmud_test_cflags)
tests_unit_test_url_LDADD = $(libmud_test_ldadd)

tests_unit_test_words_SOURCES = tests/unit/test_words.c
tests_unit_test_words_CFLAGS = $(libmud_test_cflags)
tests_unit_test_words_LDADD = $(libmud_test_ldadd)

tests_unit_test_world_SOURCES = tests/unit/test_world.c
tests_unit_test_world_CFLAGS = $(libmud_test_cflags)
tests_unit_test_world_LDADD = $(libmud_test_ldadd)

tests_unit_test_worst_SOURCES = tests/unit/test_worst.c
tests_unit_test_worst_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_worst_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)

tests_unit_test_yang_SOURCES = tests/unit/test_yang.c
tests_unit_test_yang_CFLAGS = $(libmud_test_cflags) $(JANSSON_CFLAGS)
tests_unit_test_yang_LDADD = $(libmud_test_ldadd) $(JANSSON_LIBS)
endif

# Keys and signatures are made anew for each build tree.
check_DATA += tests/unit/signatures/made
tests/unit/signatures/made: tests/unit/data/make-signatures.sh
	$(AM_V_GEN)$(SHELL) $(srcdir)/tests/unit/data/make-signatures.sh \
		tests/unit/signatures && touch $@
CLEANFILES += tests/unit/signatures/*

# A MUD file in, its rules out; run with --write to make the rules anew.
check_PROGRAMS += tests/golden/run_golden
TESTS += tests/golden/run_golden
tests_golden_run_golden_SOURCES = tests/golden/run_golden.c
tests_golden_run_golden_CFLAGS = $(AM_CFLAGS)
tests_golden_run_golden_LDADD = libmud/libmud.a $(JANSSON_LIBS)
EXTRA_DIST += \
	tests/unit/data/make-signatures.sh \
	tests/unit/data/thermostat.json \
	tests/golden
