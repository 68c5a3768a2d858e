# mudd-engine: decides.
noinst_LIBRARIES += mudd/engine/libengine.a
mudd_engine_libengine_a_SOURCES = \
	mudd/engine/batch.c mudd/engine/batch.h \
	mudd/engine/bindplan.c mudd/engine/bindplan.h \
	mudd/engine/bucket.c mudd/engine/bucket.h \
	mudd/engine/captures.c mudd/engine/captures.h \
	mudd/engine/config.c mudd/engine/config.h \
	mudd/engine/configkeys.c mudd/engine/configkeys.h \
	mudd/engine/controllers.c mudd/engine/controllers.h \
	mudd/engine/drops.c mudd/engine/drops.h \
	mudd/engine/engine.c mudd/engine/engine.h \
	mudd/engine/events.c mudd/engine/events.h \
	mudd/engine/health.c mudd/engine/health.h \
	mudd/engine/lan.c mudd/engine/lan.h \
	mudd/engine/lanplan.c mudd/engine/lanplan.h \
	mudd/engine/names.c mudd/engine/names.h \
	mudd/engine/plan.c mudd/engine/plan.h \
	mudd/engine/sets.c mudd/engine/sets.h \
	mudd/engine/tables.c mudd/engine/tables.h \
	mudd/engine/watching.c mudd/engine/watching.h \
	mudd/engine/control/calls.c mudd/engine/control/calls.h \
	mudd/engine/control/certcalls.c mudd/engine/control/certcalls.h \
	mudd/engine/control/commands.c mudd/engine/control/commands.h \
	mudd/engine/control/control.c mudd/engine/control/control.h \
	mudd/engine/control/controlclient.c mudd/engine/control/controlclient.h \
	mudd/engine/control/counts.c mudd/engine/control/counts.h \
	mudd/engine/control/decisions.c mudd/engine/control/decisions.h \
	mudd/engine/control/devicecalls.c mudd/engine/control/devicecalls.h \
	mudd/engine/control/dropcalls.c mudd/engine/control/dropcalls.h \
	mudd/engine/control/explain.c mudd/engine/control/explain.h \
	mudd/engine/control/explaincalls.c mudd/engine/control/explaincalls.h \
	mudd/engine/control/modecalls.c mudd/engine/control/modecalls.h \
	mudd/engine/control/monitor.c mudd/engine/control/monitor.h \
	mudd/engine/control/policycalls.c mudd/engine/control/policycalls.h \
	mudd/engine/control/put.c mudd/engine/control/put.h \
	mudd/engine/control/report.c mudd/engine/control/report.h \
	mudd/engine/control/reportfile.c mudd/engine/control/reportfile.h \
	mudd/engine/control/reportpolicy.c mudd/engine/control/reportpolicy.h \
	mudd/engine/control/tallies.c mudd/engine/control/tallies.h \
	mudd/engine/control/trustcalls.c mudd/engine/control/trustcalls.h \
	mudd/engine/control/varlink.c mudd/engine/control/varlink.h \
	mudd/engine/control/walkcalls.c mudd/engine/control/walkcalls.h \
	mudd/engine/control/walks.c mudd/engine/control/walks.h \
	mudd/engine/files/anchorjob.c mudd/engine/files/anchorjob.h \
	mudd/engine/files/approval.c mudd/engine/files/approval.h \
	mudd/engine/files/attempt.c mudd/engine/files/attempt.h \
	mudd/engine/files/certjob.c mudd/engine/files/certjob.h \
	mudd/engine/files/devicetrust.c mudd/engine/files/devicetrust.h \
	mudd/engine/files/fetchbudget.c mudd/engine/files/fetchbudget.h \
	mudd/engine/files/fetching.c mudd/engine/files/fetching.h \
	mudd/engine/files/fetchplace.c mudd/engine/files/fetchplace.h \
	mudd/engine/files/grants.c mudd/engine/files/grants.h \
	mudd/engine/files/history.c mudd/engine/files/history.h \
	mudd/engine/files/jobs.c mudd/engine/files/jobs.h \
	mudd/engine/files/locals.c mudd/engine/files/locals.h \
	mudd/engine/files/manager.c mudd/engine/files/manager.h \
	mudd/engine/files/materials.c mudd/engine/files/materials.h \
	mudd/engine/files/mudurl.c mudd/engine/files/mudurl.h \
	mudd/engine/files/ownfiles.c mudd/engine/files/ownfiles.h \
	mudd/engine/files/policies.c mudd/engine/files/policies.h \
	mudd/engine/files/rejudge.c mudd/engine/files/rejudge.h \
	mudd/engine/files/resting.c mudd/engine/files/resting.h \
	mudd/engine/files/showing.c mudd/engine/files/showing.h \
	mudd/engine/files/signers.c mudd/engine/files/signers.h \
	mudd/engine/files/stage.c mudd/engine/files/stage.h \
	mudd/engine/files/trust.c mudd/engine/files/trust.h \
	mudd/engine/files/trustload.c mudd/engine/files/trustload.h \
	mudd/engine/files/verdicts.c mudd/engine/files/verdicts.h \
	mudd/engine/state/state.c mudd/engine/state/state.h \
	mudd/engine/state/statecert.c mudd/engine/state/statecert.h \
	mudd/engine/state/stateclaims.c mudd/engine/state/stateclaims.h \
	mudd/engine/state/statedb.c mudd/engine/state/statedb.h \
	mudd/engine/state/staterow.c mudd/engine/state/staterow.h \
	mudd/engine/state/statetrust.c mudd/engine/state/statetrust.h \
	mudd/engine/things/absence.c mudd/engine/things/absence.h \
	mudd/engine/things/addresses.c mudd/engine/things/addresses.h \
	mudd/engine/things/admin.c mudd/engine/things/admin.h \
	mudd/engine/things/announce.c mudd/engine/things/announce.h \
	mudd/engine/things/certificates.c mudd/engine/things/certificates.h \
	mudd/engine/things/claims.c mudd/engine/things/claims.h \
	mudd/engine/things/forget.c mudd/engine/things/forget.h \
	mudd/engine/things/gone.c mudd/engine/things/gone.h \
	mudd/engine/things/leases.c mudd/engine/things/leases.h \
	mudd/engine/things/lldp.c mudd/engine/things/lldp.h \
	mudd/engine/things/modes.c mudd/engine/things/modes.h \
	mudd/engine/things/moving.c mudd/engine/things/moving.h \
	mudd/engine/things/newcomers.c mudd/engine/things/newcomers.h \
	mudd/engine/things/origin.c mudd/engine/things/origin.h \
	mudd/engine/things/placing.c mudd/engine/things/placing.h \
	mudd/engine/things/roaming.c mudd/engine/things/roaming.h \
	mudd/engine/things/sightings.c mudd/engine/things/sightings.h \
	mudd/engine/things/states.c mudd/engine/things/states.h \
	mudd/engine/things/storing.c mudd/engine/things/storing.h \
	mudd/engine/things/strength.h \
	mudd/engine/things/things.c mudd/engine/things/things.h \
	mudd/engine/things/thingstore.c mudd/engine/things/thingstore.h
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
