# The house itself: who includes whom, man pages.
dist_check_SCRIPTS += check-includes check-man check-unit check-user check-tls
EXTRA_DIST += check-installed check-deb

# What `make install` put where; distcheck and the package run it.
installcheck-local:
	DESTDIR='$(DESTDIR)' bindir='$(bindir)' sysconfdir='$(sysconfdir)' datadir='$(datadir)' mandir='$(mandir)' \
		prefix='$(prefix)' unitdir='$(systemdsystemunitdir)' version='$(VERSION)' $(srcdir)/check-installed
