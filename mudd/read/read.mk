# mudd-reader: a file in, a verdict and a policy out.
read_cflags = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS)
read_libs = mudd/read/libread.a mudd/core/libcore.a libmud/libmud.a \
	$(JANSSON_LIBS) $(CRYPTO_LIBS) $(SECCOMP_LIBS) $(CAP_LIBS)

noinst_LIBRARIES += mudd/read/libread.a
mudd_read_libread_a_SOURCES = \
	mudd/read/file.c mudd/read/file.h \
	mudd/read/read.c mudd/read/read.h
mudd_read_libread_a_CFLAGS = $(read_cflags)

pkglibexec_PROGRAMS += mudd-reader
mudd_reader_SOURCES = mudd/read/main.c
mudd_reader_CFLAGS = $(read_cflags)
mudd_reader_LDADD = $(read_libs)

if HAVE_CMOCKA
# Runs the program itself, in its sandbox.
check_PROGRAMS += tests/unit/test_reader
TESTS += tests/unit/test_reader
tests_unit_test_reader_SOURCES = tests/unit/test_reader.c \
	tests/unit/certs.c tests/unit/certs.h
tests_unit_test_reader_CPPFLAGS = $(AM_CPPFLAGS) \
	-DMUDD_READER='"$(abs_top_builddir)/mudd-reader"'
tests_unit_test_reader_CFLAGS = $(read_cflags) $(CMOCKA_CFLAGS)
tests_unit_test_reader_LDADD = $(read_libs) $(CMOCKA_LIBS)
EXTRA_tests_unit_test_reader_DEPENDENCIES = mudd-reader$(EXEEXT)
endif
