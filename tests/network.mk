# A bad network: its model, and the program that puts it between two namespaces (e2e suite network).
IMPAIR_SOURCES = impair.c impair.h

check_PROGRAMS += test-impair
test_impair_SOURCES = test-impair.c $(IMPAIR_SOURCES)
test_impair_LDADD = $(BASE_LIBS) -lm

noinst_PROGRAMS += impair
impair_SOURCES = impair-main.c $(IMPAIR_SOURCES)
impair_LDADD = $(BASE_LIBS) -lm

# Chromium behind it, at full length, by hand.
EXTRA_DIST += bench-network e2e/bench-network.mjs e2e/lib/bad-call.mjs e2e/lib/figures.mjs e2e/lib/hearing.js \
	e2e/lib/lips.js e2e/lib/netns.mjs e2e/lib/scenarios.mjs e2e/suites/network.mjs e2e/suites/simulcast.mjs
