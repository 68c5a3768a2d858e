# mudd-watcher: frames in, sightings out.
noinst_LIBRARIES += mudd/watch/libwatch.a
mudd_watch_libwatch_a_SOURCES = \
	mudd/watch/arp.c mudd/watch/arp.h \
	mudd/watch/attrs.c mudd/watch/attrs.h \
	mudd/watch/budget.c mudd/watch/budget.h \
	mudd/watch/claim.c mudd/watch/claim.h \
	mudd/watch/dhcp4.c mudd/watch/dhcp4.h \
	mudd/watch/dhcp6.c mudd/watch/dhcp6.h \
	mudd/watch/droplog.c mudd/watch/droplog.h \
	mudd/watch/drops.c mudd/watch/drops.h \
	mudd/watch/exchange.c mudd/watch/exchange.h \
	mudd/watch/frame.c mudd/watch/frame.h \
	mudd/watch/links.c mudd/watch/links.h \
	mudd/watch/lldp.c mudd/watch/lldp.h \
	mudd/watch/machash.h \
	mudd/watch/nd.c mudd/watch/nd.h \
	mudd/watch/networks.c mudd/watch/networks.h \
	mudd/watch/nflog.c mudd/watch/nflog.h \
	mudd/watch/observe.c mudd/watch/observe.h mudd/watch/observer.h \
	mudd/watch/observe4.c \
	mudd/watch/observe6.c \
	mudd/watch/observelldp.c \
	mudd/watch/observend.c \
	mudd/watch/observerogue.c \
	mudd/watch/ports.c mudd/watch/ports.h \
	mudd/watch/presence.c mudd/watch/presence.h \
	mudd/watch/rtnl.c mudd/watch/rtnl.h \
	mudd/watch/share.c mudd/watch/share.h
mudd_watch_libwatch_a_CFLAGS = $(AM_CFLAGS) $(NL_CFLAGS) $(EVENT_CFLAGS)

pkglibexec_PROGRAMS += mudd-watcher
mudd_watcher_SOURCES = mudd/watch/main.c
mudd_watcher_CFLAGS = $(AM_CFLAGS) $(EVENT_CFLAGS)
mudd_watcher_LDADD = mudd/watch/libwatch.a mudd/core/libcore.a \
	libmud/libmud.a $(NL_LIBS) $(EVENT_LIBS) $(SECCOMP_LIBS) $(CAP_LIBS)

if HAVE_CMOCKA
watch_tests = \
	tests/unit/test_arp \
	tests/unit/test_budget \
	tests/unit/test_dhcp4 \
	tests/unit/test_dhcp6 \
	tests/unit/test_drops \
	tests/unit/test_exchange \
	tests/unit/test_frame \
	tests/unit/test_links \
	tests/unit/test_links_dump \
	tests/unit/test_lldp \
	tests/unit/test_nd \
	tests/unit/test_networks \
	tests/unit/test_nflog \
	tests/unit/test_observe \
	tests/unit/test_observe6 \
	tests/unit/test_observe_relayed \
	tests/unit/test_overrun \
	tests/unit/test_packet_vectors \
	tests/unit/test_ports \
	tests/unit/test_presence \
	tests/unit/test_rtnl \
	tests/unit/test_watchlog
# For ./dev bench.
check_PROGRAMS += $(watch_tests) tests/unit/bench_frames
TESTS += $(watch_tests)

watch_test_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
watch_test_ldadd = mudd/watch/libwatch.a libmud/libmud.a $(CMOCKA_LIBS)
watch_lan = tests/unit/watchlan.c tests/unit/watchlan.h \
	tests/unit/wire.c tests/unit/wire.h
watch_rtnl_told = tests/unit/rtnl_told.c tests/unit/rtnl_told.h

tests_unit_test_arp_SOURCES = tests/unit/test_arp.c
tests_unit_test_arp_CFLAGS = $(watch_test_cflags)
tests_unit_test_arp_LDADD = $(watch_test_ldadd)

tests_unit_test_budget_SOURCES = tests/unit/test_budget.c
tests_unit_test_budget_CFLAGS = $(watch_test_cflags)
tests_unit_test_budget_LDADD = $(watch_test_ldadd)

tests_unit_test_dhcp4_SOURCES = tests/unit/test_dhcp4.c
tests_unit_test_dhcp4_CFLAGS = $(watch_test_cflags)
tests_unit_test_dhcp4_LDADD = $(watch_test_ldadd)

tests_unit_test_dhcp6_SOURCES = tests/unit/test_dhcp6.c
tests_unit_test_dhcp6_CFLAGS = $(watch_test_cflags)
tests_unit_test_dhcp6_LDADD = $(watch_test_ldadd)

tests_unit_test_drops_SOURCES = tests/unit/test_drops.c
tests_unit_test_drops_CFLAGS = $(watch_test_cflags)
tests_unit_test_drops_LDADD = $(watch_test_ldadd)

tests_unit_test_exchange_SOURCES = tests/unit/test_exchange.c
tests_unit_test_exchange_CFLAGS = $(watch_test_cflags)
tests_unit_test_exchange_LDADD = $(watch_test_ldadd)

tests_unit_test_frame_SOURCES = tests/unit/test_frame.c
tests_unit_test_frame_CFLAGS = $(watch_test_cflags)
tests_unit_test_frame_LDADD = $(watch_test_ldadd)

tests_unit_test_links_SOURCES = tests/unit/test_links.c \
	$(watch_rtnl_told)
tests_unit_test_links_CFLAGS = $(watch_test_cflags)
tests_unit_test_links_LDADD = $(watch_test_ldadd)

tests_unit_test_links_dump_SOURCES = tests/unit/test_links_dump.c \
	$(watch_rtnl_told)
tests_unit_test_links_dump_CFLAGS = $(watch_test_cflags)
tests_unit_test_links_dump_LDADD = $(watch_test_ldadd)

tests_unit_test_lldp_SOURCES = tests/unit/test_lldp.c
tests_unit_test_lldp_CFLAGS = $(watch_test_cflags)
tests_unit_test_lldp_LDADD = $(watch_test_ldadd)

tests_unit_test_nd_SOURCES = tests/unit/test_nd.c
tests_unit_test_nd_CFLAGS = $(watch_test_cflags)
tests_unit_test_nd_LDADD = $(watch_test_ldadd)

tests_unit_test_networks_SOURCES = tests/unit/test_networks.c \
	$(watch_rtnl_told)
tests_unit_test_networks_CFLAGS = $(watch_test_cflags)
tests_unit_test_networks_LDADD = $(watch_test_ldadd)

tests_unit_test_nflog_SOURCES = tests/unit/test_nflog.c \
	tests/unit/nflog_recorded.h
tests_unit_test_nflog_CFLAGS = $(watch_test_cflags)
tests_unit_test_nflog_LDADD = $(watch_test_ldadd)

tests_unit_test_observe_SOURCES = tests/unit/test_observe.c $(watch_lan)
tests_unit_test_observe_CFLAGS = $(watch_test_cflags)
tests_unit_test_observe_LDADD = $(watch_test_ldadd)

tests_unit_test_observe6_SOURCES = tests/unit/test_observe6.c $(watch_lan)
tests_unit_test_observe6_CFLAGS = $(watch_test_cflags)
tests_unit_test_observe6_LDADD = $(watch_test_ldadd)

tests_unit_test_observe_relayed_SOURCES = \
	tests/unit/test_observe_relayed.c $(watch_lan)
tests_unit_test_observe_relayed_CFLAGS = $(watch_test_cflags)
tests_unit_test_observe_relayed_LDADD = $(watch_test_ldadd)

# In network namespaces, as tests of enforcement are.
tests_unit_test_overrun_SOURCES = tests/unit/test_overrun.c \
	tests/unit/gateway.c tests/unit/gateway.h
tests_unit_test_overrun_CFLAGS = $(watch_test_cflags)
tests_unit_test_overrun_LDADD = $(watch_test_ldadd) $(NL_LIBS)

tests_unit_bench_frames_SOURCES = tests/unit/bench_frames.c \
	$(watch_lan)
tests_unit_bench_frames_CFLAGS = $(watch_test_cflags)
tests_unit_bench_frames_LDADD = $(watch_test_ldadd)

tests_unit_test_packet_vectors_SOURCES = tests/unit/test_packet_vectors.c \
	tests/unit/packet_vectors.c tests/unit/packet_vectors.h \
	$(watch_lan)
tests_unit_test_packet_vectors_CFLAGS = $(watch_test_cflags)
tests_unit_test_packet_vectors_LDADD = $(watch_test_ldadd)

tests_unit_test_ports_SOURCES = tests/unit/test_ports.c
tests_unit_test_ports_CFLAGS = $(watch_test_cflags) $(EVENT_CFLAGS)
tests_unit_test_ports_LDADD = mudd/watch/libwatch.a mudd/core/libcore.a \
	libmud/libmud.a $(CMOCKA_LIBS) $(EVENT_LIBS)

tests_unit_test_presence_SOURCES = tests/unit/test_presence.c
tests_unit_test_presence_CFLAGS = $(watch_test_cflags)
tests_unit_test_presence_LDADD = $(watch_test_ldadd)

tests_unit_test_rtnl_SOURCES = tests/unit/test_rtnl.c \
	$(watch_rtnl_told)
tests_unit_test_rtnl_CFLAGS = $(watch_test_cflags)
tests_unit_test_rtnl_LDADD = $(watch_test_ldadd) $(NL_LIBS)

tests_unit_test_watchlog_SOURCES = tests/unit/test_watchlog.c
tests_unit_test_watchlog_CFLAGS = $(watch_test_cflags) $(EVENT_CFLAGS)
tests_unit_test_watchlog_LDADD = mudd/watch/libwatch.a mudd/core/libcore.a \
	libmud/libmud.a $(CMOCKA_LIBS) $(EVENT_LIBS)
endif
