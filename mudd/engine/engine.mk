# mudd-engine: decides.
noinst_LIBRARIES += mudd/engine/libengine.a
mudd_engine_libengine_a_SOURCES = \
	mudd/engine/absence.c mudd/engine/absence.h \
	mudd/engine/addresses.c mudd/engine/addresses.h \
	mudd/engine/admin.c mudd/engine/admin.h \
	mudd/engine/anchorjob.c mudd/engine/anchorjob.h \
	mudd/engine/announce.c mudd/engine/announce.h \
	mudd/engine/approval.c mudd/engine/approval.h \
	mudd/engine/attempt.c mudd/engine/attempt.h \
	mudd/engine/batch.c mudd/engine/batch.h \
	mudd/engine/bindplan.c mudd/engine/bindplan.h \
	mudd/engine/bucket.c mudd/engine/bucket.h \
	mudd/engine/calls.c mudd/engine/calls.h \
	mudd/engine/captures.c mudd/engine/captures.h \
	mudd/engine/claims.c mudd/engine/claims.h \
	mudd/engine/certcalls.c mudd/engine/certcalls.h \
	mudd/engine/certificates.c mudd/engine/certificates.h \
	mudd/engine/certjob.c mudd/engine/certjob.h \
	mudd/engine/commands.c mudd/engine/commands.h \
	mudd/engine/config.c mudd/engine/config.h \
	mudd/engine/configkeys.c mudd/engine/configkeys.h \
	mudd/engine/control.c mudd/engine/control.h \
	mudd/engine/controlclient.c mudd/engine/controlclient.h \
	mudd/engine/controllers.c mudd/engine/controllers.h \
	mudd/engine/counts.c mudd/engine/counts.h \
	mudd/engine/decisions.c mudd/engine/decisions.h \
	mudd/engine/devicecalls.c mudd/engine/devicecalls.h \
	mudd/engine/dropcalls.c mudd/engine/dropcalls.h \
	mudd/engine/devicetrust.c mudd/engine/devicetrust.h \
	mudd/engine/drops.c mudd/engine/drops.h \
	mudd/engine/engine.c mudd/engine/engine.h \
	mudd/engine/events.c mudd/engine/events.h \
	mudd/engine/explain.c mudd/engine/explain.h \
	mudd/engine/explaincalls.c mudd/engine/explaincalls.h \
	mudd/engine/fetchbudget.c mudd/engine/fetchbudget.h \
	mudd/engine/fetching.c mudd/engine/fetching.h \
	mudd/engine/fetchplace.c mudd/engine/fetchplace.h \
	mudd/engine/forget.c mudd/engine/forget.h \
	mudd/engine/gone.c mudd/engine/gone.h \
	mudd/engine/grants.c mudd/engine/grants.h \
	mudd/engine/health.c mudd/engine/health.h \
	mudd/engine/history.c mudd/engine/history.h \
	mudd/engine/jobs.c mudd/engine/jobs.h \
	mudd/engine/lan.c mudd/engine/lan.h \
	mudd/engine/lanplan.c mudd/engine/lanplan.h \
	mudd/engine/leases.c mudd/engine/leases.h \
	mudd/engine/lldp.c mudd/engine/lldp.h \
	mudd/engine/locals.c mudd/engine/locals.h \
	mudd/engine/manager.c mudd/engine/manager.h \
	mudd/engine/materials.c mudd/engine/materials.h \
	mudd/engine/modecalls.c mudd/engine/modecalls.h \
	mudd/engine/modes.c mudd/engine/modes.h \
	mudd/engine/monitor.c mudd/engine/monitor.h \
	mudd/engine/moving.c mudd/engine/moving.h \
	mudd/engine/mudurl.c mudd/engine/mudurl.h \
	mudd/engine/names.c mudd/engine/names.h \
	mudd/engine/newcomers.c mudd/engine/newcomers.h \
	mudd/engine/placing.c mudd/engine/placing.h \
	mudd/engine/origin.c mudd/engine/origin.h \
	mudd/engine/ownfiles.c mudd/engine/ownfiles.h \
	mudd/engine/plan.c mudd/engine/plan.h \
	mudd/engine/policies.c mudd/engine/policies.h \
	mudd/engine/policycalls.c mudd/engine/policycalls.h \
	mudd/engine/put.c mudd/engine/put.h \
	mudd/engine/rejudge.c mudd/engine/rejudge.h \
	mudd/engine/report.c mudd/engine/report.h \
	mudd/engine/reportfile.c mudd/engine/reportfile.h \
	mudd/engine/reportpolicy.c mudd/engine/reportpolicy.h \
	mudd/engine/roaming.c mudd/engine/roaming.h \
	mudd/engine/resting.c mudd/engine/resting.h \
	mudd/engine/sets.c mudd/engine/sets.h \
	mudd/engine/showing.c mudd/engine/showing.h \
	mudd/engine/sightings.c mudd/engine/sightings.h \
	mudd/engine/signers.c mudd/engine/signers.h \
	mudd/engine/stage.c mudd/engine/stage.h \
	mudd/engine/state.c mudd/engine/state.h \
	mudd/engine/stateclaims.c mudd/engine/stateclaims.h \
	mudd/engine/statecert.c mudd/engine/statecert.h \
	mudd/engine/statedb.c mudd/engine/statedb.h \
	mudd/engine/staterow.c mudd/engine/staterow.h \
	mudd/engine/states.c mudd/engine/states.h \
	mudd/engine/statetrust.c mudd/engine/statetrust.h \
	mudd/engine/tables.c mudd/engine/tables.h \
	mudd/engine/storing.c mudd/engine/storing.h \
	mudd/engine/strength.h \
	mudd/engine/tallies.c mudd/engine/tallies.h \
	mudd/engine/things.c mudd/engine/things.h \
	mudd/engine/thingstore.c mudd/engine/thingstore.h \
	mudd/engine/trust.c mudd/engine/trust.h \
	mudd/engine/trustcalls.c mudd/engine/trustcalls.h \
	mudd/engine/trustload.c mudd/engine/trustload.h \
	mudd/engine/varlink.c mudd/engine/varlink.h \
	mudd/engine/verdicts.c mudd/engine/verdicts.h \
	mudd/engine/walkcalls.c mudd/engine/walkcalls.h \
	mudd/engine/walks.c mudd/engine/walks.h \
	mudd/engine/watching.c mudd/engine/watching.h
nodist_mudd_engine_libengine_a_SOURCES = mudd/engine/description.inc
mudd_engine_libengine_a_CFLAGS = $(AM_CFLAGS) $(EVENT_CFLAGS) \
	$(JANSSON_CFLAGS) $(CONFUSE_CFLAGS) $(SQLITE_CFLAGS)

# The interface's description, as C strings.
BUILT_SOURCES += mudd/engine/description.inc
CLEANFILES += mudd/engine/description.inc
mudd/engine/description.inc: docs/org.mudd.Manager.varlink
	$(AM_V_GEN)$(MKDIR_P) mudd/engine && \
	$(SED) -e 's/["\\]/\\&/g' -e 's/^/"/' -e 's/$$/\\n",/' \
		$(top_srcdir)/docs/org.mudd.Manager.varlink >$@
mudd/engine/libengine_a-varlink.$(OBJEXT): mudd/engine/description.inc

pkglibexec_PROGRAMS += mudd-engine
mudd_engine_SOURCES = mudd/engine/main.c
mudd_engine_CFLAGS = $(AM_CFLAGS) $(EVENT_CFLAGS) $(JANSSON_CFLAGS)
mudd_engine_LDADD = mudd/engine/libengine.a mudd/core/libcore.a \
	libmud/libmud.a $(EVENT_LIBS) $(JANSSON_LIBS) $(CONFUSE_LIBS) \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECCOMP_LIBS) $(CAP_LIBS)

if HAVE_CMOCKA
engine_tests = tests/unit/test_config tests/unit/test_state \
	tests/unit/test_state_urls tests/unit/test_control \
	tests/unit/test_monitor
check_PROGRAMS += $(engine_tests)
TESTS += $(engine_tests)
engine_test_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(EVENT_CFLAGS) \
	$(JANSSON_CFLAGS) $(SQLITE_CFLAGS) $(CONFUSE_CFLAGS)
engine_test_ldadd = mudd/engine/libengine.a mudd/core/libcore.a \
	libmud/libmud.a $(EVENT_LIBS) $(JANSSON_LIBS) $(CONFUSE_LIBS) \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECCOMP_LIBS) $(CAP_LIBS) $(CMOCKA_LIBS)

tests_unit_test_config_SOURCES = tests/unit/test_config.c
tests_unit_test_config_CFLAGS = $(engine_test_cflags)
tests_unit_test_config_LDADD = $(engine_test_ldadd)

tests_unit_test_state_SOURCES = tests/unit/test_state.c \
	tests/unit/staterig.c tests/unit/staterig.h
tests_unit_test_state_CFLAGS = $(engine_test_cflags)
tests_unit_test_state_LDADD = $(engine_test_ldadd)

tests_unit_test_state_urls_SOURCES = tests/unit/test_state_urls.c \
	tests/unit/staterig.c tests/unit/staterig.h
tests_unit_test_state_urls_CFLAGS = $(engine_test_cflags)
tests_unit_test_state_urls_LDADD = $(engine_test_ldadd)

tests_unit_test_control_SOURCES = tests/unit/test_control.c \
	tests/unit/callers.c tests/unit/callers.h
tests_unit_test_control_CFLAGS = $(engine_test_cflags)
tests_unit_test_control_LDADD = $(engine_test_ldadd)
tests_unit_test_monitor_SOURCES = tests/unit/test_monitor.c \
	tests/unit/callers.c tests/unit/callers.h \
	tests/unit/logged.c tests/unit/logged.h
tests_unit_test_monitor_CFLAGS = $(engine_test_cflags)
tests_unit_test_monitor_LDADD = $(engine_test_ldadd)
endif
