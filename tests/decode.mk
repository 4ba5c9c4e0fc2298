# Tests of src/decode.
DECODE_LIBS = $(top_builddir)/src/decode/libtutti-decode.la $(BASE_LIBS)
check_PROGRAMS += test-jitter test-time-scale test-audio-source test-depay test-assemble test-hold test-video-source
test_jitter_SOURCES = test-jitter.c jitter-trace.h
test_jitter_LDADD = $(DECODE_LIBS)
test_time_scale_SOURCES = test-time-scale.c
test_time_scale_LDADD = $(DECODE_LIBS) -lm
test_audio_source_SOURCES = test-audio-source.c
test_audio_source_LDADD = $(DECODE_LIBS) $(OPUS_LIBS) -lm
test_depay_SOURCES = test-depay.c
test_depay_LDADD = $(DECODE_LIBS)
test_assemble_SOURCES = test-assemble.c
test_assemble_LDADD = $(DECODE_LIBS)
test_hold_SOURCES = test-hold.c
test_hold_LDADD = $(DECODE_LIBS)
DECODE_KIT = decode-kit.c decode-kit.h
test_video_source_SOURCES = test-video-source.c $(DECODE_KIT)
test_video_source_LDADD = $(DECODE_LIBS) $(VPX_LIBS) $(OPENH264_LIBS) -lm
