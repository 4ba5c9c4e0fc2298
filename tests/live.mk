# Tests of live outputs.
check_PROGRAMS += test-output-url
test_output_url_SOURCES = test-output-url.c
test_output_url_LDADD = $(RECORD_LIBS)

check_PROGRAMS += test-aac
test_aac_SOURCES = test-aac.c
test_aac_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS) $(OPUS_CFLAGS)
test_aac_LDADD = $(RECORD_LIBS) $(AVFORMAT_LIBS) $(OPUS_LIBS) -lm

check_PROGRAMS += test-output
test_output_SOURCES = test-output.c live-kit.c live-kit.h live-look.c
test_output_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS) $(OPUS_CFLAGS)
test_output_LDADD = $(RECORD_LIBS) $(ENCODE_LIBS) $(AVFORMAT_LIBS) $(OPUS_LIBS) -lm

check_PROGRAMS += test-outputs
test_outputs_SOURCES = test-outputs.c live-kit.c live-kit.h live-look.c $(CALLER_SOURCES)
test_outputs_CFLAGS = $(LEG_CFLAGS) $(AVFORMAT_CFLAGS) $(OPUS_CFLAGS)
test_outputs_LDADD = $(ROOM_LIBS) $(AVFORMAT_LIBS) -lm
