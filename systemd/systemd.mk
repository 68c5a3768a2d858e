# Service files; the paths in them are configure's.
systemd_inputs = systemd/mudd.service.in systemd/mudd.sysusers \
	systemd/mudd.tmpfiles
EXTRA_DIST += $(systemd_inputs)

# Directories of their own, since both are installed as mudd.conf.
systemdsystemunit_DATA = systemd/mudd.service
sysusers_DATA = systemd/sysusers.d/mudd.conf
tmpfiles_DATA = systemd/tmpfiles.d/mudd.conf
CLEANFILES += $(systemdsystemunit_DATA) $(sysusers_DATA) $(tmpfiles_DATA)

systemd_paths = $(AM_V_GEN)$(MKDIR_P) $(@D) && $(SED) \
	-e 's,@sbindir[@],$(sbindir),g' \
	-e 's,@runstatedir[@],$(runstatedir),g' \
	-e 's,@localstatedir[@],$(localstatedir),g'

systemd/mudd.service: $(srcdir)/systemd/mudd.service.in Makefile
	$(systemd_paths) $(srcdir)/systemd/mudd.service.in > $@

systemd/sysusers.d/mudd.conf: $(srcdir)/systemd/mudd.sysusers Makefile
	$(systemd_paths) $(srcdir)/systemd/mudd.sysusers > $@

systemd/tmpfiles.d/mudd.conf: $(srcdir)/systemd/mudd.tmpfiles Makefile
	$(systemd_paths) $(srcdir)/systemd/mudd.tmpfiles > $@
