# Tests of src/encode.
ENCODE_LIBS = $(top_builddir)/src/encode/libtutti-encode.la $(BASE_LIBS)

check_PROGRAMS += test-encoder test-feed test-haste test-key-flood test-key-frames test-opus-encode test-pay test-rendition test-vp8-still
test_rendition_SOURCES = test-rendition.c encode-fixture.c encode-fixture.h
test_rendition_CFLAGS = $(AM_CFLAGS) $(AV_CFLAGS)
test_rendition_LDADD = $(ENCODE_LIBS) $(AV_LIBS) -lm
test_encoder_SOURCES = test-encoder.c encode-fixture.c encode-fixture.h
test_encoder_CFLAGS = $(AM_CFLAGS) $(AV_CFLAGS)
test_encoder_LDADD = $(ENCODE_LIBS) $(AV_LIBS) -lm
test_opus_encode_SOURCES = test-opus-encode.c
test_opus_encode_CFLAGS = $(AM_CFLAGS) $(OPUS_CFLAGS)
test_opus_encode_LDADD = $(ENCODE_LIBS) $(OPUS_LIBS) -lm
test_feed_SOURCES = test-feed.c encode-fixture.c encode-fixture.h
test_feed_CFLAGS = $(AM_CFLAGS) $(AV_CFLAGS)
test_feed_LDADD = $(ENCODE_LIBS) $(AV_LIBS) -lm
test_key_flood_SOURCES = test-key-flood.c encode-fixture.c encode-fixture.h
test_key_flood_CFLAGS = $(AM_CFLAGS) $(AV_CFLAGS)
test_key_flood_LDADD = $(ENCODE_LIBS) $(AV_LIBS) -lm
test_key_frames_SOURCES = test-key-frames.c
test_key_frames_LDADD = $(ENCODE_LIBS)
check_PROGRAMS += test-still
test_still_SOURCES = test-still.c encode-fixture.c encode-fixture.h
test_still_CFLAGS = $(AM_CFLAGS) $(AV_CFLAGS)
test_still_LDADD = $(ENCODE_LIBS) $(AV_LIBS) -lm
test_pay_SOURCES = test-pay.c encode-fixture.c encode-fixture.h
test_pay_CFLAGS = $(AM_CFLAGS) $(AV_CFLAGS)
test_pay_LDADD = $(ENCODE_LIBS) $(AV_LIBS) -lm
test_haste_SOURCES = test-haste.c
test_haste_LDADD = $(ENCODE_LIBS)
test_vp8_still_SOURCES = test-vp8-still.c
test_vp8_still_LDADD = $(ENCODE_LIBS)

noinst_PROGRAMS += bench-encode
bench_encode_SOURCES = bench-encode.c encode-fixture.c encode-fixture.h
bench_encode_CFLAGS = $(AM_CFLAGS) $(AV_CFLAGS)
bench_encode_LDADD = $(ENCODE_LIBS) $(AV_LIBS) -lm

noinst_PROGRAMS += bench-settings
bench_settings_SOURCES = bench-settings.c bench-settings-h264.c bench-settings-opus.c bench-settings-vp8.c \
	bench-settings.h encode-fixture.c encode-fixture.h
bench_settings_CFLAGS = $(AM_CFLAGS) $(AV_CFLAGS) $(VPX_CFLAGS) $(OPENH264_CFLAGS) $(OPUS_CFLAGS)
bench_settings_LDADD = $(ENCODE_LIBS) $(VPX_LIBS) $(OPENH264_LIBS) $(AV_LIBS) $(OPUS_LIBS) -lm
