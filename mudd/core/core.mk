# What the programs share.
noinst_LIBRARIES += mudd/core/libcore.a
mudd_core_libcore_a_SOURCES = \
	mudd/core/channel.c mudd/core/channel.h \
	mudd/core/clock.h \
	mudd/core/filter.c mudd/core/filter.h \
	mudd/core/hook.h \
	mudd/core/log.c mudd/core/log.h \
	mudd/core/mark.c mudd/core/mark.h \
	mudd/core/msg.c mudd/core/msg.h \
	mudd/core/probe.c mudd/core/probe.h \
	mudd/core/readrecords.h mudd/core/records.h \
	mudd/core/sightingrecords.h mudd/core/walkrecords.h \
	mudd/core/sandbox.c mudd/core/sandbox.h \
	mudd/core/worker.c mudd/core/worker.h mudd/core/worst.h
if SANDBOX_HOOK
mudd_core_libcore_a_SOURCES += mudd/core/hook.c mudd/core/worst.c
endif
mudd_core_libcore_a_CFLAGS = $(AM_CFLAGS) $(EVENT_CFLAGS) \
	$(SECCOMP_CFLAGS) $(CAP_CFLAGS)

if HAVE_CMOCKA
core_test_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(EVENT_CFLAGS) \
	$(SECCOMP_CFLAGS) $(CAP_CFLAGS)
core_test_libs = mudd/core/libcore.a libmud/libmud.a $(EVENT_LIBS) \
	$(SECCOMP_LIBS) $(CAP_LIBS) $(CMOCKA_LIBS)
core_tests = tests/unit/test_channel tests/unit/test_log \
	tests/unit/test_msg tests/unit/test_sandbox
check_PROGRAMS += $(core_tests)
TESTS += $(core_tests)

tests_unit_test_channel_SOURCES = tests/unit/test_channel.c
tests_unit_test_channel_CFLAGS = $(core_test_cflags)
tests_unit_test_channel_LDADD = $(core_test_libs)

tests_unit_test_log_SOURCES = tests/unit/test_log.c
tests_unit_test_log_CFLAGS = $(core_test_cflags)
tests_unit_test_log_LDADD = $(core_test_libs)

tests_unit_test_msg_SOURCES = tests/unit/test_msg.c
tests_unit_test_msg_CFLAGS = $(core_test_cflags)
tests_unit_test_msg_LDADD = $(core_test_libs)

tests_unit_test_sandbox_SOURCES = tests/unit/test_sandbox.c \
	mudd/core/worst.c
tests_unit_test_sandbox_CFLAGS = $(core_test_cflags)
tests_unit_test_sandbox_LDADD = $(core_test_libs)
endif
