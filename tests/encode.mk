# Tests of src/encode.
ENCODE_LIBS = $(top_builddir)/src/encode/libtutti-encode.la $(BASE_LIBS)

check_PROGRAMS += test-key-frames test-pay
test_key_frames_SOURCES = test-key-frames.c
test_key_frames_LDADD = $(ENCODE_LIBS)
test_pay_SOURCES = test-pay.c encode-fixture.c encode-fixture.h
test_pay_CFLAGS = $(AM_CFLAGS) $(AV_CFLAGS)
test_pay_LDADD = $(ENCODE_LIBS) $(AV_LIBS) -lm

noinst_PROGRAMS += bench-encode
bench_encode_SOURCES = bench-encode.c encode-fixture.c encode-fixture.h
bench_encode_CFLAGS = $(AM_CFLAGS) $(AV_CFLAGS)
bench_encode_LDADD = $(ENCODE_LIBS) $(AV_LIBS) -lm
