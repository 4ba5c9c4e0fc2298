# The house itself: who includes whom, man pages.
dist_check_SCRIPTS += check-includes check-man check-unit check-user check-tls
EXTRA_DIST += check-installed check-deb patience.h

# To try tests on a machine like one whose host steals: make thief, and ./thief 60 as root beside them.
EXTRA_PROGRAMS += thief
thief_SOURCES = thief.c
thief_LDFLAGS = $(AM_LDFLAGS) -pthread

# What `make install` put where; distcheck and the package run it.
installcheck-local:
	DESTDIR='$(DESTDIR)' bindir='$(bindir)' sysconfdir='$(sysconfdir)' datadir='$(datadir)' mandir='$(mandir)' \
		prefix='$(prefix)' unitdir='$(systemdsystemunitdir)' version='$(VERSION)' $(srcdir)/check-installed
