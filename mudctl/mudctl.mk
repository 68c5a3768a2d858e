# mudctl: what people hold in their hands.
noinst_LIBRARIES += mudctl/libmudctl.a
mudctl_libmudctl_a_SOURCES = \
	mudctl/client.c mudctl/client.h \
	mudctl/columns.c mudctl/columns.h \
	mudctl/commands.c mudctl/commands.h \
	mudctl/files.c mudctl/files.h \
	mudctl/fixes.c mudctl/fixes.h \
	mudctl/lines.c mudctl/lines.h \
	mudctl/offline.c mudctl/offline.h \
	mudctl/show.c mudctl/show.h \
	mudctl/showtrust.c \
	mudctl/signing.c mudctl/signing.h
mudctl_libmudctl_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS)

# Built below the folder of its name, installed as bin/mudctl.
bin_PROGRAMS += mudctl/mudctl
mudctl_mudctl_SOURCES = mudctl/main.c
mudctl_mudctl_CFLAGS = $(AM_CFLAGS)
mudctl_mudctl_LDADD = mudctl/libmudctl.a libmud/libmud.a $(JANSSON_LIBS) \
	$(CRYPTO_LIBS)

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_columns tests/unit/test_fixes
TESTS += tests/unit/test_columns tests/unit/test_fixes
tests_unit_test_columns_SOURCES = tests/unit/test_columns.c
tests_unit_test_columns_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) \
	$(JANSSON_CFLAGS)
tests_unit_test_columns_LDADD = mudctl/libmudctl.a libmud/libmud.a \
	$(JANSSON_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS)

tests_unit_test_fixes_SOURCES = tests/unit/test_fixes.c
tests_unit_test_fixes_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_fixes_LDADD = mudctl/libmudctl.a libmud/libmud.a \
	$(CMOCKA_LIBS)
endif

# Beside openssl(1), with what make-signatures.sh makes.
TESTS += tests/checks/sign.sh
