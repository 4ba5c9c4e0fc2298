# The page and its end-to-end tests (those are run by ./bootstrap check, see e2e/run.mjs).
check_PROGRAMS += test-web
test_web_SOURCES = test-web.c
test_web_LDADD = $(top_builddir)/src/web/libtutti-web.la $(GLIB_LIBS)
