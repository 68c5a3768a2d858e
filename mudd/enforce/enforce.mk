# mudd: parent and enforcer, the only program that may change the kernel.
# It must not come to link libcrypto, jansson or libcurl.
noinst_LIBRARIES += mudd/enforce/libenforce.a
mudd_enforce_libenforce_a_SOURCES = \
	mudd/enforce/attrs.c mudd/enforce/attrs.h \
	mudd/enforce/batch.c mudd/enforce/batch.h \
	mudd/enforce/bridgecall.c mudd/enforce/bridgecall.h \
	mudd/enforce/bridgepath.c mudd/enforce/bridgepath.h \
	mudd/enforce/change.c mudd/enforce/change.h \
	mudd/enforce/changeplaces.c \
	mudd/enforce/commits.c mudd/enforce/commits.h \
	mudd/enforce/conditions.c mudd/enforce/conditions.h \
	mudd/enforce/conntrack.c mudd/enforce/conntrack.h \
	mudd/enforce/counters.c mudd/enforce/counters.h \
	mudd/enforce/device.c mudd/enforce/device.h \
	mudd/enforce/enforcer.c mudd/enforce/enforcer.h \
	mudd/enforce/kernel.c mudd/enforce/kernel.h \
	mudd/enforce/model.c mudd/enforce/model.h \
	mudd/enforce/modelrenew.c mudd/enforce/modelwhole.c \
	mudd/enforce/neighbour.c mudd/enforce/neighbour.h \
	mudd/enforce/notes.c mudd/enforce/notes.h \
	mudd/enforce/owed.c mudd/enforce/owed.h \
	mudd/enforce/rules.c mudd/enforce/rules.h \
	mudd/enforce/table.c mudd/enforce/table.h \
	mudd/enforce/tallies.c mudd/enforce/tallies.h \
	mudd/enforce/audit/foreign.c mudd/enforce/audit/foreign.h \
	mudd/enforce/audit/form.c mudd/enforce/audit/form.h \
	mudd/enforce/audit/image.c mudd/enforce/audit/image.h \
	mudd/enforce/audit/imageread.c \
	mudd/enforce/audit/imagetake.c mudd/enforce/audit/imagetake.h \
	mudd/enforce/audit/offload.c mudd/enforce/audit/offload.h \
	mudd/enforce/audit/repair.c mudd/enforce/audit/repair.h \
	mudd/enforce/audit/tamper.c mudd/enforce/audit/tamper.h \
	mudd/enforce/audit/whole.c mudd/enforce/audit/whole.h \
	mudd/enforce/parent/capture.c mudd/enforce/parent/capture.h \
	mudd/enforce/parent/droplog.c mudd/enforce/parent/droplog.h \
	mudd/enforce/parent/notify.c mudd/enforce/parent/notify.h \
	mudd/enforce/parent/parent.c mudd/enforce/parent/parent.h \
	mudd/enforce/parent/spawn.c mudd/enforce/parent/spawn.h \
	mudd/enforce/parent/workers.c mudd/enforce/parent/workers.h \
	mudd/enforce/rules/answers.c mudd/enforce/rules/answers.h \
	mudd/enforce/rules/bridged.c mudd/enforce/rules/bridged.h \
	mudd/enforce/rules/chains.c mudd/enforce/rules/chains.h \
	mudd/enforce/rules/detour.c mudd/enforce/rules/detour.h \
	mudd/enforce/rules/dispatch.c mudd/enforce/rules/dispatch.h \
	mudd/enforce/rules/dropchains.c mudd/enforce/rules/dropchains.h \
	mudd/enforce/rules/eastschema.c mudd/enforce/rules/eastschema.h \
	mudd/enforce/rules/elems.c mudd/enforce/rules/elems.h \
	mudd/enforce/rules/ending.c mudd/enforce/rules/ending.h \
	mudd/enforce/rules/epoch.c mudd/enforce/rules/epoch.h \
	mudd/enforce/rules/expr.c mudd/enforce/rules/expr.h \
	mudd/enforce/rules/expreast.c mudd/enforce/rules/expreast.h \
	mudd/enforce/rules/exprlink.c mudd/enforce/rules/exprlink.h \
	mudd/enforce/rules/exprmark.c mudd/enforce/rules/exprmark.h \
	mudd/enforce/rules/exproption.c mudd/enforce/rules/exproption.h \
	mudd/enforce/rules/identity.c mudd/enforce/rules/identity.h \
	mudd/enforce/rules/linkschema.c mudd/enforce/rules/linkschema.h \
	mudd/enforce/rules/object.c mudd/enforce/rules/object.h \
	mudd/enforce/rules/part.c mudd/enforce/rules/part.h \
	mudd/enforce/rules/placement.c mudd/enforce/rules/placement.h \
	mudd/enforce/rules/places.c mudd/enforce/rules/places.h \
	mudd/enforce/rules/portguard.c mudd/enforce/rules/portguard.h \
	mudd/enforce/rules/schema.c mudd/enforce/rules/schema.h \
	mudd/enforce/rules/sixguard.c mudd/enforce/rules/sixguard.h \
	mudd/enforce/rules/unknown.c mudd/enforce/rules/unknown.h \
	mudd/enforce/rules/writer.c mudd/enforce/rules/writer.h \
	mudd/enforce/walk/compute.c mudd/enforce/walk/compute.h \
	mudd/enforce/walk/interpret.c mudd/enforce/walk/interpret.h \
	mudd/enforce/walk/known.c mudd/enforce/walk/known.h \
	mudd/enforce/walk/lookups.c mudd/enforce/walk/lookups.h \
	mudd/enforce/walk/packet.c mudd/enforce/walk/packet.h \
	mudd/enforce/walk/route.c mudd/enforce/walk/route.h \
	mudd/enforce/walk/ruleset.c mudd/enforce/walk/ruleset.h \
	mudd/enforce/walk/walk.c mudd/enforce/walk/walk.h \
	mudd/enforce/walk/way.c mudd/enforce/walk/way.h
mudd_enforce_libenforce_a_CFLAGS = $(AM_CFLAGS) $(MNL_CFLAGS) \
	$(NFTNL_CFLAGS) $(EVENT_CFLAGS) $(CAP_CFLAGS) $(SECCOMP_CFLAGS)

enforce_libs = mudd/enforce/libenforce.a mudd/core/libcore.a \
	libmud/libmud.a $(NFTNL_LIBS) $(MNL_LIBS) $(EVENT_LIBS) \
	$(SECCOMP_LIBS) $(CAP_LIBS)

# Built below the folder of its name, installed as sbin/mudd.
sbin_PROGRAMS += mudd/mudd
mudd_mudd_SOURCES = mudd/enforce/main.c
mudd_mudd_CFLAGS = $(AM_CFLAGS) $(EVENT_CFLAGS) $(CAP_CFLAGS)
mudd_mudd_LDADD = $(enforce_libs)

if HAVE_CMOCKA
enforce_test_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(MNL_CFLAGS) \
	$(NFTNL_CFLAGS) $(EVENT_CFLAGS) $(CAP_CFLAGS)
enforce_test_libs = $(enforce_libs) $(CMOCKA_LIBS)
enforce_tests = tests/unit/test_answers \
	tests/unit/test_cache tests/unit/test_capture \
	tests/unit/test_change tests/unit/test_crowd tests/unit/test_droplog \
	tests/unit/test_east \
	tests/unit/test_endings tests/unit/test_epoch tests/unit/test_foreign \
	tests/unit/test_headers tests/unit/test_kernel tests/unit/test_mark \
	tests/unit/test_neighbour tests/unit/test_offload \
	tests/unit/test_packets \
	tests/unit/test_packets6 tests/unit/test_portguard \
	tests/unit/test_rules tests/unit/test_spawn \
	tests/unit/test_tallies tests/unit/test_walk \
	tests/unit/test_walkrules
check_PROGRAMS += $(enforce_tests) tests/unit/spawn_helper \
	tests/unit/bench_cache tests/unit/bench_packets \
	tests/unit/bench_scale
TESTS += $(enforce_tests)

# Batches as text, and a gateway in network namespaces.
enforce_batches = tests/unit/batches.c tests/unit/batches.h
enforce_world = $(enforce_batches) tests/unit/forge.c tests/unit/forge.h \
	tests/unit/gateway.c tests/unit/gateway.h \
	tests/unit/world.c tests/unit/world.h

# For ./dev bench: what the connection cache costs, and saves.
tests_unit_bench_cache_SOURCES = tests/unit/bench_cache.c \
	tests/unit/cachelook.c tests/unit/cachelook.h $(enforce_world)
tests_unit_bench_cache_CFLAGS = $(enforce_test_cflags)
tests_unit_bench_cache_LDADD = $(enforce_test_libs)

tests_unit_test_answers_SOURCES = tests/unit/test_answers.c $(enforce_world)
tests_unit_test_answers_CFLAGS = $(enforce_test_cflags)
tests_unit_test_answers_LDADD = $(enforce_test_libs)
# Many Things under many policies.
enforce_crowd = $(enforce_world) tests/unit/crowd.c tests/unit/crowd.h

# For ./dev bench: what a change costs beside thousands of Things, and what
# their packets cost.
tests_unit_bench_scale_SOURCES = tests/unit/bench_scale.c $(enforce_crowd)
tests_unit_bench_scale_CFLAGS = $(enforce_test_cflags)
tests_unit_bench_scale_LDADD = $(enforce_test_libs)
tests_unit_bench_packets_SOURCES = tests/unit/bench_packets.c $(enforce_crowd)
tests_unit_bench_packets_CFLAGS = $(enforce_test_cflags)
tests_unit_bench_packets_LDADD = $(enforce_test_libs)

tests_unit_test_crowd_SOURCES = tests/unit/test_crowd.c $(enforce_crowd)
tests_unit_test_crowd_CFLAGS = $(enforce_test_cflags)
tests_unit_test_crowd_LDADD = $(enforce_test_libs)

tests_unit_test_cache_SOURCES = tests/unit/test_cache.c \
	tests/unit/cachelook.c tests/unit/cachelook.h $(enforce_world)
tests_unit_test_cache_CFLAGS = $(enforce_test_cflags)
tests_unit_test_cache_LDADD = $(enforce_test_libs)

tests_unit_test_capture_SOURCES = tests/unit/test_capture.c
tests_unit_test_capture_CFLAGS = $(enforce_test_cflags)
tests_unit_test_capture_LDADD = $(enforce_test_libs)

tests_unit_test_change_SOURCES = tests/unit/test_change.c
tests_unit_test_change_CFLAGS = $(enforce_test_cflags)
tests_unit_test_change_LDADD = $(enforce_test_libs)

tests_unit_test_droplog_SOURCES = tests/unit/test_droplog.c
tests_unit_test_droplog_CFLAGS = $(enforce_test_cflags)
tests_unit_test_droplog_LDADD = $(enforce_test_libs)
tests_unit_test_east_SOURCES = tests/unit/test_east.c $(enforce_world)
tests_unit_test_east_CFLAGS = $(enforce_test_cflags)
tests_unit_test_east_LDADD = $(enforce_test_libs)

tests_unit_test_epoch_SOURCES = tests/unit/test_epoch.c $(enforce_batches) \
	tests/unit/steps.c tests/unit/steps.h
tests_unit_test_epoch_CFLAGS = $(enforce_test_cflags)
tests_unit_test_epoch_LDADD = $(enforce_test_libs)

tests_unit_test_foreign_SOURCES = tests/unit/test_foreign.c \
	tests/unit/gateway.c tests/unit/gateway.h
tests_unit_test_foreign_CFLAGS = $(enforce_test_cflags)
tests_unit_test_foreign_LDADD = $(enforce_test_libs)

tests_unit_test_headers_SOURCES = tests/unit/test_headers.c $(enforce_world)
tests_unit_test_headers_CFLAGS = $(enforce_test_cflags)
tests_unit_test_headers_LDADD = $(enforce_test_libs)

tests_unit_test_kernel_SOURCES = tests/unit/test_kernel.c $(enforce_world)
tests_unit_test_kernel_CFLAGS = $(enforce_test_cflags)
tests_unit_test_kernel_LDADD = $(enforce_test_libs)

tests_unit_test_tallies_SOURCES = tests/unit/test_tallies.c $(enforce_world)
tests_unit_test_tallies_CFLAGS = $(enforce_test_cflags)
tests_unit_test_tallies_LDADD = $(enforce_test_libs)
enforce_tests += tests/unit/test_tamper
tests_unit_test_tamper_SOURCES = tests/unit/test_tamper.c $(enforce_world)
tests_unit_test_tamper_CFLAGS = $(enforce_test_cflags)
tests_unit_test_tamper_LDADD = $(enforce_test_libs)

walk_world = tests/unit/walkask.c tests/unit/walkask.h $(enforce_world)
tests_unit_test_walk_SOURCES = tests/unit/test_walk.c $(walk_world)
tests_unit_test_walk_CFLAGS = $(enforce_test_cflags)
tests_unit_test_walk_LDADD = $(enforce_test_libs)

tests_unit_test_walkrules_SOURCES = tests/unit/test_walkrules.c $(walk_world)
tests_unit_test_walkrules_CFLAGS = $(enforce_test_cflags)
tests_unit_test_walkrules_LDADD = $(enforce_test_libs)
tests_unit_test_mark_SOURCES = tests/unit/test_mark.c \
	tests/unit/cachelook.c tests/unit/cachelook.h $(enforce_world)
tests_unit_test_mark_CFLAGS = $(enforce_test_cflags)
tests_unit_test_mark_LDADD = $(enforce_test_libs)
tests_unit_test_endings_SOURCES = tests/unit/test_endings.c $(enforce_world)
tests_unit_test_endings_CFLAGS = $(enforce_test_cflags)
tests_unit_test_endings_LDADD = $(enforce_test_libs)

tests_unit_test_neighbour_SOURCES = tests/unit/test_neighbour.c \
	$(enforce_world)
tests_unit_test_neighbour_CFLAGS = $(enforce_test_cflags)
tests_unit_test_neighbour_LDADD = $(enforce_test_libs)

tests_unit_test_offload_SOURCES = tests/unit/test_offload.c \
	tests/unit/gateway.c tests/unit/gateway.h
tests_unit_test_offload_CFLAGS = $(enforce_test_cflags)
tests_unit_test_offload_LDADD = $(enforce_test_libs)

tests_unit_test_packets_SOURCES = tests/unit/test_packets.c $(enforce_world)
tests_unit_test_packets_CFLAGS = $(enforce_test_cflags)
tests_unit_test_packets_LDADD = $(enforce_test_libs)

tests_unit_test_packets6_SOURCES = tests/unit/test_packets6.c $(enforce_world)
tests_unit_test_packets6_CFLAGS = $(enforce_test_cflags)
tests_unit_test_packets6_LDADD = $(enforce_test_libs)

tests_unit_test_portguard_SOURCES = tests/unit/test_portguard.c \
	$(enforce_world)
tests_unit_test_portguard_CFLAGS = $(enforce_test_cflags)
tests_unit_test_portguard_LDADD = $(enforce_test_libs)

tests_unit_test_rules_SOURCES = tests/unit/test_rules.c $(enforce_batches) \
	tests/unit/steps.c tests/unit/steps.h
tests_unit_test_rules_CFLAGS = $(enforce_test_cflags)
tests_unit_test_rules_LDADD = $(enforce_test_libs)

tests_unit_test_spawn_SOURCES = tests/unit/test_spawn.c \
	tests/unit/spawn_report.h
tests_unit_test_spawn_CFLAGS = $(enforce_test_cflags)
tests_unit_test_spawn_LDADD = $(enforce_test_libs)

tests_unit_spawn_helper_SOURCES = tests/unit/spawn_helper.c \
	tests/unit/spawn_report.h
tests_unit_spawn_helper_CFLAGS = $(enforce_test_cflags)
tests_unit_spawn_helper_LDADD = $(enforce_test_libs)
endif

# The parent's loop, with an engine that plays a part.
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/parent_engine tests/unit/test_parent
TESTS += tests/unit/test_parent

tests_unit_test_parent_SOURCES = tests/unit/test_parent.c
tests_unit_test_parent_CFLAGS = $(enforce_test_cflags)
tests_unit_test_parent_LDADD = $(enforce_test_libs)

tests_unit_parent_engine_SOURCES = tests/unit/parent_engine.c
tests_unit_parent_engine_CFLAGS = $(enforce_test_cflags)
tests_unit_parent_engine_LDADD = mudd/core/libcore.a libmud/libmud.a
endif
