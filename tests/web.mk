# The page and its end-to-end tests (those are run by ./bootstrap check, see e2e/run.mjs).
check_PROGRAMS += test-web
test_web_SOURCES = test-web.c
test_web_LDADD = $(top_builddir)/src/web/libtutti-web.la $(GLIB_LIBS)

EXTRA_DIST += e2e/package.json e2e/package-lock.json e2e/run.mjs e2e/clients/gst_client.py \
	e2e/lib/browser.mjs e2e/lib/channel.mjs e2e/lib/channel-page.js e2e/lib/colours.mjs e2e/lib/gst-client.mjs e2e/lib/machine.mjs e2e/lib/probe.js e2e/lib/proxy.mjs \
	e2e/lib/server.mjs e2e/lib/socket.mjs e2e/lib/synthetic.js e2e/lib/tap.mjs e2e/lib/tone.mjs \
	e2e/lib/visit.mjs e2e/lib/wait.mjs e2e/lib/whip-client.js e2e/lib/wrtc-client.mjs \
	e2e/suites/bad-input.mjs e2e/suites/clients.mjs e2e/suites/container.mjs e2e/suites/crowd.mjs e2e/suites/first-media.mjs e2e/suites/page.mjs e2e/suites/policy.mjs \
	e2e/suites/reconnect.mjs e2e/suites/three-tabs.mjs e2e/suites/units.mjs e2e/suites/whip.mjs e2e/suites/relay.mjs e2e/lib/turn.mjs
EXTRA_DIST += e2e/lib/by-whip.mjs e2e/lib/pion-client.mjs e2e/suites/whip-channel.mjs e2e/suites/whip-makers.mjs \
	e2e/clients/pion/channel.go e2e/clients/pion/go.mod e2e/clients/pion/main.go e2e/clients/pion/media.go
EXTRA_DIST += e2e/lib/office.mjs e2e/suites/admin.mjs e2e/lib/contract.mjs e2e/suites/api.mjs
EXTRA_DIST += e2e/lib/admin.mjs e2e/lib/film.mjs e2e/lib/flashes.js e2e/lib/recording.mjs e2e/suites/recording.mjs
