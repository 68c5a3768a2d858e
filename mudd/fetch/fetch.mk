# mudd-fetcher: HTTPS and DNS.  libssl comes with the libcurl that is used.
fetch_cflags = $(AM_CFLAGS) $(CURL_CFLAGS) $(CARES_CFLAGS) $(EVENT_CFLAGS) \
	$(CRYPTO_CFLAGS)
fetch_libs = mudd/fetch/libfetch.a mudd/core/libcore.a libmud/libmud.a \
	$(CURL_LIBS) $(CARES_LIBS) $(EVENT_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) \
	$(SECCOMP_LIBS) $(CAP_LIBS)

noinst_LIBRARIES += mudd/fetch/libfetch.a
mudd_fetch_libfetch_a_SOURCES = \
	mudd/fetch/allowed.c mudd/fetch/allowed.h \
	mudd/fetch/hosts.c mudd/fetch/hosts.h \
	mudd/fetch/http.c mudd/fetch/http.h \
	mudd/fetch/media.c mudd/fetch/media.h \
	mudd/fetch/multi.c mudd/fetch/multi.h \
	mudd/fetch/options.c mudd/fetch/options.h \
	mudd/fetch/reason.c mudd/fetch/reason.h \
	mudd/fetch/redirect.c mudd/fetch/redirect.h \
	mudd/fetch/resolve.c mudd/fetch/resolve.h \
	mudd/fetch/roots.c mudd/fetch/roots.h \
	mudd/fetch/sockaddr.c mudd/fetch/sockaddr.h \
	mudd/fetch/whole.c mudd/fetch/whole.h
mudd_fetch_libfetch_a_CFLAGS = $(fetch_cflags)

pkglibexec_PROGRAMS += mudd-fetcher
mudd_fetcher_SOURCES = mudd/fetch/main.c
mudd_fetcher_CFLAGS = $(fetch_cflags)
mudd_fetcher_LDADD = $(fetch_libs)

if HAVE_CMOCKA
fetch_tests = \
	tests/unit/test_allowed \
	tests/unit/test_fetcher \
	tests/unit/test_hosts \
	tests/unit/test_http \
	tests/unit/test_media \
	tests/unit/test_reason \
	tests/unit/test_redirect \
	tests/unit/test_roots \
	tests/unit/test_sockaddr \
	tests/unit/test_whole
check_PROGRAMS += $(fetch_tests)
TESTS += $(fetch_tests)
fetch_test_cflags = $(fetch_cflags) $(CMOCKA_CFLAGS)
fetch_test_libs = $(fetch_libs) $(CMOCKA_LIBS)

tests_unit_test_allowed_SOURCES = tests/unit/test_allowed.c
tests_unit_test_allowed_CFLAGS = $(fetch_test_cflags)
tests_unit_test_allowed_LDADD = $(fetch_test_libs)

# Runs the program itself, as root, in a network namespace of its own.
tests_unit_test_fetcher_SOURCES = tests/unit/test_fetcher.c \
	tests/unit/fetch_servers.c tests/unit/fetch_servers.h \
	tests/unit/certs.c tests/unit/certs.h
tests_unit_test_fetcher_CPPFLAGS = $(AM_CPPFLAGS) \
	-DMUDD_FETCHER='"$(abs_top_builddir)/mudd-fetcher"'
tests_unit_test_fetcher_CFLAGS = $(fetch_test_cflags)
tests_unit_test_fetcher_LDADD = $(fetch_test_libs)
EXTRA_tests_unit_test_fetcher_DEPENDENCIES = mudd-fetcher$(EXEEXT)

tests_unit_test_hosts_SOURCES = tests/unit/test_hosts.c
tests_unit_test_hosts_CFLAGS = $(fetch_test_cflags)
tests_unit_test_hosts_LDADD = $(fetch_test_libs)

# Plays the module fetch/resolve itself.
tests_unit_test_http_SOURCES = tests/unit/test_http.c \
	tests/unit/certs.c tests/unit/certs.h
tests_unit_test_http_CFLAGS = $(fetch_test_cflags)
tests_unit_test_http_LDADD = $(fetch_test_libs)

tests_unit_test_media_SOURCES = tests/unit/test_media.c
tests_unit_test_media_CFLAGS = $(fetch_test_cflags)
tests_unit_test_media_LDADD = $(fetch_test_libs)

tests_unit_test_reason_SOURCES = tests/unit/test_reason.c
tests_unit_test_reason_CFLAGS = $(fetch_test_cflags)
tests_unit_test_reason_LDADD = $(fetch_test_libs)

tests_unit_test_redirect_SOURCES = tests/unit/test_redirect.c
tests_unit_test_redirect_CFLAGS = $(fetch_test_cflags)
tests_unit_test_redirect_LDADD = $(fetch_test_libs)

tests_unit_test_roots_SOURCES = tests/unit/test_roots.c \
	tests/unit/certs.c tests/unit/certs.h
tests_unit_test_roots_CFLAGS = $(fetch_test_cflags)
tests_unit_test_roots_LDADD = $(fetch_test_libs)

tests_unit_test_sockaddr_SOURCES = tests/unit/test_sockaddr.c
tests_unit_test_sockaddr_CFLAGS = $(fetch_test_cflags)
tests_unit_test_sockaddr_LDADD = $(fetch_test_libs)

tests_unit_test_whole_SOURCES = tests/unit/test_whole.c
tests_unit_test_whole_CFLAGS = $(fetch_test_cflags)
tests_unit_test_whole_LDADD = $(fetch_test_libs)
endif
