# Tests of the engine: its modules one by one, and scenarios of the whole.
engine_scenario_cflags = $(AM_CFLAGS) $(EVENT_CFLAGS) $(JANSSON_CFLAGS) \
	$(SQLITE_CFLAGS) $(CONFUSE_CFLAGS)
engine_scenario_libs = mudd/engine/libengine.a mudd/core/libcore.a \
	libmud/libmud.a $(EVENT_LIBS) $(JANSSON_LIBS) $(CONFUSE_LIBS) \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECCOMP_LIBS) $(CAP_LIBS)

# Batches are judged by the enforcer's own code.
check_PROGRAMS += tests/scenario/run_scenario
TESTS += tests/scenario/run_scenario
tests_scenario_run_scenario_SOURCES = tests/scenario/run_scenario.c \
	tests/scenario/answer.c tests/scenario/answer.h \
	tests/scenario/devicesteps.c tests/scenario/devicesteps.h \
	tests/scenario/disk.c tests/scenario/disk.h \
	tests/scenario/dropsteps.c tests/scenario/dropsteps.h \
	tests/scenario/expect.c tests/scenario/expect.h \
	tests/scenario/fakemudd.c tests/scenario/fakemudd.h \
	tests/scenario/far.c tests/scenario/far.h \
	tests/scenario/healthsteps.c tests/scenario/healthsteps.h \
	tests/scenario/lansteps.c tests/scenario/lansteps.h \
	tests/scenario/makers.c tests/scenario/makers.h \
	tests/scenario/scene.c tests/scenario/scene.h \
	tests/scenario/script.c tests/scenario/script.h \
	tests/scenario/seen.c tests/scenario/seen.h \
	tests/scenario/steps.c tests/scenario/steps.h \
	tests/scenario/showsteps.c tests/scenario/showsteps.h \
	tests/scenario/told.c tests/scenario/told.h \
	tests/scenario/certifying.c tests/scenario/certifying.h \
	tests/scenario/trusting.c tests/scenario/trusting.h \
	tests/scenario/workers.c tests/scenario/workers.h
tests_scenario_run_scenario_CFLAGS = $(engine_scenario_cflags)
tests_scenario_run_scenario_LDADD = mudd/enforce/libenforce.a \
	$(engine_scenario_libs)

EXTRA_DIST += tests/scenario/README.md \
	tests/scenario/01-first-batch.scn \
	tests/scenario/02-new-mac.scn \
	tests/scenario/03-presence.scn \
	tests/scenario/04-spoof.scn \
	tests/scenario/05-release.scn \
	tests/scenario/06-expiry.scn \
	tests/scenario/07-nak.scn \
	tests/scenario/08-address-moves.scn \
	tests/scenario/09-verified.scn \
	tests/scenario/10-unsigned.scn \
	tests/scenario/11-rejected.scn \
	tests/scenario/12-fetch-fails.scn \
	tests/scenario/13-reader-dies.scn \
	tests/scenario/14-two-verdicts.scn \
	tests/scenario/15-policy-first.scn \
	tests/scenario/16-other-authority.scn \
	tests/scenario/17-same-authority.scn \
	tests/scenario/18-restart.scn \
	tests/scenario/19-signer-gone.scn \
	tests/scenario/20-denied.scn \
	tests/scenario/21-watcher-dies.scn \
	tests/scenario/22-links.scn \
	tests/scenario/23-names.scn \
	tests/scenario/24-many-urls.scn \
	tests/scenario/25-all-at-once.scn \
	tests/scenario/26-max-devices.scn \
	tests/scenario/27-two-urls.scn \
	tests/scenario/28-signature-url.scn \
	tests/scenario/29-held.scn \
	tests/scenario/30-refused.scn \
	tests/scenario/31-classes.scn \
	tests/scenario/33-slow-kernel.scn \
	tests/scenario/34-patience.scn \
	tests/scenario/35-fetcher-told.scn \
	tests/scenario/36-engine-crash.scn \
	tests/scenario/37-refresh.scn \
	tests/scenario/38-conflict-waits.scn \
	tests/scenario/39-own-address.scn \
	tests/scenario/40-tables-gone.scn \
	tests/scenario/41-refresh-restart.scn \
	tests/scenario/42-damaged.scn \
	tests/scenario/43-wrong-job.scn \
	tests/scenario/44-controllers.scn \
	tests/scenario/45-gone-while-denied.scn \
	tests/scenario/46-places.scn \
	tests/scenario/47-pending-file.scn \
	tests/scenario/48-not-before-links.scn \
	tests/scenario/49-signer-changed.scn \
	tests/scenario/50-freshness.scn \
	tests/scenario/51-wider.scn \
	tests/scenario/52-negative.scn \
	tests/scenario/53-many-names.scn \
	tests/scenario/54-given-up.scn \
	tests/scenario/55-routes.scn \
	tests/scenario/56-trust-added.scn \
	tests/scenario/57-trust-removed.scn \
	tests/scenario/58-distrusted.scn \
	tests/scenario/59-broken-anchor.scn \
	tests/scenario/60-pinned.scn \
	tests/scenario/61-gives-way.scn \
	tests/scenario/62-anchor-readers.scn \
	tests/scenario/63-shown.scn \
	tests/scenario/64-changes.scn \
	tests/scenario/65-assigned.scn \
	tests/scenario/66-lost-bytes.scn \
	tests/scenario/67-anchor-limit.scn \
	tests/scenario/68-full-disk.scn \
	tests/scenario/69-no-history.scn \
	tests/scenario/70-restart-waits.scn \
	tests/scenario/71-drops.scn \
	tests/scenario/75-explain.scn \
	tests/scenario/76-bridge-path.scn \
	tests/scenario/76-flapping.scn \
	tests/scenario/76-moves.scn \
	tests/scenario/77-forged-frames.scn \
	tests/scenario/77-strength.scn \
	tests/scenario/78-shunned.scn \
	tests/scenario/79-named-host.scn \
	tests/scenario/80-static.scn \
	tests/scenario/81-lldp-present.scn \
	tests/scenario/82-carriers-differ.scn \
	tests/scenario/91-absent.scn \
	tests/scenario/76-health.scn \
	tests/scenario/71-modes.scn \
	tests/scenario/72-mode-configured.scn \
	tests/scenario/73-unknown.scn \
	tests/scenario/74-unknown-denied.scn \
	tests/scenario/80-certificate.scn \
	tests/scenario/81-mudsigner.scn \
	tests/scenario/82-mudsigner-late.scn \
	tests/scenario/83-certificate-reader.scn \
	tests/scenario/M-CLS-2.scn \
	tests/scenario/M-CLS-3.scn \
	tests/scenario/M-CTL-1.scn \
	tests/scenario/M-CTL-3.scn \
	tests/scenario/M-CTL-4.scn \
	tests/scenario/M-CV-1.scn \
	tests/scenario/M-CV-3.scn \
	tests/scenario/M-CV-4.scn \
	tests/scenario/M-CV-5.scn \
	tests/scenario/M-DNS-3.scn \
	tests/scenario/M-DNS-4.scn \
	tests/scenario/M-DOC-1.scn \
	tests/scenario/M-LL-2.scn \
	tests/scenario/M-LL-3.scn \
	tests/scenario/M-LU-1.scn \
	tests/scenario/M-MFG-4.scn \
	tests/scenario/M-MFG-5.scn \
	tests/scenario/M-SUP-1.scn \
	tests/scenario/M-URL-5.scn \
	tests/scenario/M-URL-7.scn \
	tests/scenario/links.part \
	tests/scenario/names.part \
	tests/scenario/start.part

if HAVE_CMOCKA
engine_module_tests = \
	tests/unit/test_absence \
	tests/unit/test_announce \
	tests/unit/test_claims \
	tests/unit/test_droprows \
	tests/unit/test_events \
	tests/unit/test_explain \
	tests/unit/test_fetchbudget \
	tests/unit/test_grants \
	tests/unit/test_lan \
	tests/unit/test_mudurl \
	tests/unit/test_modes \
	tests/unit/test_newcomers \
	tests/unit/test_policies \
	tests/unit/test_controllers \
	tests/unit/test_moving \
	tests/unit/test_roaming \
	tests/unit/test_sets \
	tests/unit/test_sightings \
	tests/unit/test_sightings_stored \
	tests/unit/test_stage \
	tests/unit/test_stateclaims \
	tests/unit/test_statecert \
	tests/unit/test_statetrust \
	tests/unit/test_ownfiles \
	tests/unit/test_tables \
	tests/unit/test_tallied \
	tests/unit/test_things \
	tests/unit/test_walks
check_PROGRAMS += $(engine_module_tests)
TESTS += $(engine_module_tests)
engine_module_cflags = $(engine_scenario_cflags) $(CMOCKA_CFLAGS)
engine_module_libs = $(engine_scenario_libs) $(CMOCKA_LIBS)

tests_unit_test_ownfiles_SOURCES = tests/unit/test_ownfiles.c \
	tests/unit/logged.c tests/unit/logged.h
tests_unit_test_ownfiles_CFLAGS = $(engine_module_cflags)
tests_unit_test_ownfiles_LDADD = $(engine_module_libs)
tests_unit_test_tables_SOURCES = tests/unit/test_tables.c
tests_unit_test_tables_CFLAGS = $(engine_module_cflags)
tests_unit_test_tables_LDADD = $(engine_module_libs)
tests_unit_test_droprows_SOURCES = tests/unit/test_droprows.c \
	tests/unit/logged.c tests/unit/logged.h
tests_unit_test_droprows_CFLAGS = $(engine_module_cflags)
tests_unit_test_droprows_LDADD = $(engine_module_libs)
tests_unit_test_events_SOURCES = tests/unit/test_events.c \
	tests/unit/logged.c tests/unit/logged.h
tests_unit_test_events_CFLAGS = $(engine_module_cflags)
tests_unit_test_events_LDADD = $(engine_module_libs)
tests_unit_test_explain_SOURCES = tests/unit/test_explain.c
tests_unit_test_explain_CFLAGS = $(engine_module_cflags)
tests_unit_test_explain_LDADD = $(engine_module_libs)

tests_unit_test_fetchbudget_SOURCES = tests/unit/test_fetchbudget.c
tests_unit_test_fetchbudget_CFLAGS = $(engine_module_cflags)
tests_unit_test_fetchbudget_LDADD = $(engine_module_libs)

tests_unit_test_grants_SOURCES = tests/unit/test_grants.c
tests_unit_test_grants_CFLAGS = $(engine_module_cflags)
tests_unit_test_grants_LDADD = $(engine_module_libs)

tests_unit_test_lan_SOURCES = tests/unit/test_lan.c
tests_unit_test_lan_CFLAGS = $(engine_module_cflags)
tests_unit_test_lan_LDADD = $(engine_module_libs)

tests_unit_test_mudurl_SOURCES = tests/unit/test_mudurl.c
tests_unit_test_mudurl_CFLAGS = $(engine_module_cflags)
tests_unit_test_mudurl_LDADD = $(engine_module_libs)

tests_unit_test_modes_SOURCES = tests/unit/test_modes.c
tests_unit_test_modes_CFLAGS = $(engine_module_cflags)
tests_unit_test_modes_LDADD = $(engine_module_libs)

tests_unit_test_policies_SOURCES = tests/unit/test_policies.c
tests_unit_test_policies_CFLAGS = $(engine_module_cflags)
tests_unit_test_policies_LDADD = $(engine_module_libs)

tests_unit_test_controllers_SOURCES = tests/unit/test_controllers.c
tests_unit_test_controllers_CFLAGS = $(engine_module_cflags)
tests_unit_test_controllers_LDADD = $(engine_module_libs)
tests_unit_test_absence_SOURCES = tests/unit/test_absence.c
tests_unit_test_absence_CFLAGS = $(engine_module_cflags)
tests_unit_test_absence_LDADD = $(engine_module_libs)
tests_unit_test_moving_SOURCES = tests/unit/test_moving.c \
	tests/unit/sightrig.c tests/unit/sightrig.h
tests_unit_test_moving_CFLAGS = $(engine_module_cflags)
tests_unit_test_moving_LDADD = $(engine_module_libs)
tests_unit_test_roaming_SOURCES = tests/unit/test_roaming.c
tests_unit_test_roaming_CFLAGS = $(engine_module_cflags)
tests_unit_test_roaming_LDADD = $(engine_module_libs)
tests_unit_test_sets_SOURCES = tests/unit/test_sets.c
tests_unit_test_sets_CFLAGS = $(engine_module_cflags)
tests_unit_test_sets_LDADD = $(engine_module_libs)

tests_unit_test_newcomers_SOURCES = tests/unit/test_newcomers.c \
	tests/unit/sightrig.c tests/unit/sightrig.h
tests_unit_test_newcomers_CFLAGS = $(engine_module_cflags)
tests_unit_test_newcomers_LDADD = $(engine_module_libs)

tests_unit_test_announce_SOURCES = tests/unit/test_announce.c \
	tests/unit/sightrig.c tests/unit/sightrig.h
tests_unit_test_announce_CFLAGS = $(engine_module_cflags)
tests_unit_test_announce_LDADD = $(engine_module_libs)

tests_unit_test_claims_SOURCES = tests/unit/test_claims.c
tests_unit_test_claims_CFLAGS = $(engine_module_cflags)
tests_unit_test_claims_LDADD = $(engine_module_libs)

tests_unit_test_sightings_SOURCES = tests/unit/test_sightings.c \
	tests/unit/sightrig.c tests/unit/sightrig.h
tests_unit_test_sightings_CFLAGS = $(engine_module_cflags)
tests_unit_test_sightings_LDADD = $(engine_module_libs)

tests_unit_test_sightings_stored_SOURCES = \
	tests/unit/test_sightings_stored.c \
	tests/unit/sightrig.c tests/unit/sightrig.h
tests_unit_test_sightings_stored_CFLAGS = $(engine_module_cflags)
tests_unit_test_sightings_stored_LDADD = $(engine_module_libs)

tests_unit_test_stage_SOURCES = tests/unit/test_stage.c
tests_unit_test_stage_CFLAGS = $(engine_module_cflags)
tests_unit_test_stage_LDADD = $(engine_module_libs)

tests_unit_test_stateclaims_SOURCES = tests/unit/test_stateclaims.c \
	tests/unit/staterig.c tests/unit/staterig.h
tests_unit_test_stateclaims_CFLAGS = $(engine_module_cflags) $(SQLITE_CFLAGS)
tests_unit_test_stateclaims_LDADD = $(engine_module_libs)

tests_unit_test_statecert_SOURCES = tests/unit/test_statecert.c \
	tests/unit/staterig.c tests/unit/staterig.h
tests_unit_test_statecert_CFLAGS = $(engine_module_cflags)
tests_unit_test_statecert_LDADD = $(engine_module_libs)

tests_unit_test_statetrust_SOURCES = tests/unit/test_statetrust.c
tests_unit_test_statetrust_CFLAGS = $(engine_module_cflags)
tests_unit_test_statetrust_LDADD = $(engine_module_libs)

tests_unit_test_tallied_SOURCES = tests/unit/test_tallied.c
tests_unit_test_tallied_CFLAGS = $(engine_module_cflags)
tests_unit_test_tallied_LDADD = $(engine_module_libs)

tests_unit_test_things_SOURCES = tests/unit/test_things.c
tests_unit_test_things_CFLAGS = $(engine_module_cflags)
tests_unit_test_things_LDADD = $(engine_module_libs)

tests_unit_test_walks_SOURCES = tests/unit/test_walks.c
tests_unit_test_walks_CFLAGS = $(engine_module_cflags)
tests_unit_test_walks_LDADD = $(engine_module_libs)
endif
