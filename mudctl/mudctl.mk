# mudctl: what people hold in their hands.
noinst_LIBRARIES += mudctl/libmudctl.a
mudctl_libmudctl_a_SOURCES = \
	mudctl/calling.c mudctl/calling.h \
	mudctl/check.c mudctl/check.h \
	mudctl/client.c mudctl/client.h \
	mudctl/columns.c mudctl/columns.h \
	mudctl/commands.c mudctl/commands.h \
	mudctl/compile.c mudctl/compile.h \
	mudctl/explain.c mudctl/explain.h \
	mudctl/files.c mudctl/files.h \
	mudctl/findings.c mudctl/findings.h \
	mudctl/fixes.c mudctl/fixes.h \
	mudctl/flowjson.c mudctl/flowjson.h \
	mudctl/lines.c mudctl/lines.h \
	mudctl/monitor.c mudctl/monitor.h \
	mudctl/question.c mudctl/question.h \
	mudctl/sarif.c mudctl/sarif.h \
	mudctl/show.c mudctl/show.h \
	mudctl/showdrops.c mudctl/showevent.c mudctl/showfile.c \
	mudctl/showhealth.c mudctl/showpolicy.c mudctl/showtrust.c \
	mudctl/signing.c mudctl/signing.h \
	mudctl/strict.c mudctl/strict.h \
	mudctl/validate.c mudctl/validate.h \
	mudctl/worldargs.c mudctl/worldargs.h \
	mudctl/worldjson.c mudctl/worldjson.h
mudctl_libmudctl_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS)

# Built below the folder of its name, installed as bin/mudctl.
bin_PROGRAMS += mudctl/mudctl
mudctl_mudctl_SOURCES = mudctl/main.c
mudctl_mudctl_CFLAGS = $(AM_CFLAGS)
mudctl_mudctl_LDADD = mudctl/libmudctl.a libmud/libmud.a $(JANSSON_LIBS) \
	$(CRYPTO_LIBS)

if HAVE_CMOCKA
mudctl_tests = tests/unit/test_columns tests/unit/test_fixes \
	tests/unit/test_flowjson tests/unit/test_sarif \
	tests/unit/test_showfile tests/unit/test_showpolicy \
	tests/unit/test_worldargs
check_PROGRAMS += $(mudctl_tests)
TESTS += $(mudctl_tests)
mudctl_test_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
mudctl_test_ldadd = mudctl/libmudctl.a libmud/libmud.a $(JANSSON_LIBS) \
	$(CRYPTO_LIBS) $(CMOCKA_LIBS)

tests_unit_test_columns_SOURCES = tests/unit/test_columns.c
tests_unit_test_columns_CFLAGS = $(mudctl_test_cflags)
tests_unit_test_columns_LDADD = $(mudctl_test_ldadd)

tests_unit_test_fixes_SOURCES = tests/unit/test_fixes.c
tests_unit_test_fixes_CFLAGS = $(mudctl_test_cflags)
tests_unit_test_fixes_LDADD = $(mudctl_test_ldadd)

tests_unit_test_flowjson_SOURCES = tests/unit/test_flowjson.c
tests_unit_test_flowjson_CFLAGS = $(mudctl_test_cflags)
tests_unit_test_flowjson_LDADD = $(mudctl_test_ldadd)

tests_unit_test_sarif_SOURCES = tests/unit/test_sarif.c
tests_unit_test_sarif_CFLAGS = $(mudctl_test_cflags)
tests_unit_test_sarif_LDADD = $(mudctl_test_ldadd)

tests_unit_test_showfile_SOURCES = tests/unit/test_showfile.c
tests_unit_test_showfile_CFLAGS = $(mudctl_test_cflags)
tests_unit_test_showfile_LDADD = $(mudctl_test_ldadd)

tests_unit_test_showpolicy_SOURCES = tests/unit/test_showpolicy.c
tests_unit_test_showpolicy_CFLAGS = $(mudctl_test_cflags)
tests_unit_test_showpolicy_LDADD = $(mudctl_test_ldadd)

tests_unit_test_worldargs_SOURCES = tests/unit/test_worldargs.c
tests_unit_test_worldargs_CFLAGS = $(mudctl_test_cflags)
tests_unit_test_worldargs_LDADD = $(mudctl_test_ldadd)
endif

# The programs themselves; sign.sh beside openssl(1), with what
# make-signatures.sh makes.
TESTS += tests/checks/sign.sh tests/checks/validate.sh
# Beside openssl(1), with what make-signatures.sh makes.
TESTS += tests/checks/sign.sh

# Scripts of `mudctl compile`, judged by nft.
TESTS += tests/checks/compile.sh
# Over the golden files.
TESTS += tests/checks/check.sh
