# What one leg sends, and how fast.
check_PROGRAMS += test-downlink test-pacer test-layers test-wishes test-mailbox
test_downlink_SOURCES = test-downlink.c rtp-fixture.c rtp-fixture.h
test_downlink_LDADD = $(RTP_LIBS)
test_pacer_SOURCES = test-pacer.c
test_pacer_LDADD = $(RTP_LIBS)
test_layers_SOURCES = test-layers.c
test_layers_LDADD = $(RTP_LIBS)
test_wishes_SOURCES = test-wishes.c
test_wishes_LDADD = $(RTP_LIBS)
test_mailbox_SOURCES = test-mailbox.c
test_mailbox_LDADD = $(RTP_LIBS)
check_PROGRAMS += test-layers-decode
test_layers_decode_SOURCES = test-layers-decode.c encode-fixture.c encode-fixture.h rtp-fixture.c rtp-fixture.h
test_layers_decode_CFLAGS = $(AM_CFLAGS) $(AV_CFLAGS)
test_layers_decode_LDADD = $(top_builddir)/src/leg/libtutti-leg.la $(ENCODE_LIBS) $(AV_LIBS) -lm
