# Tests of src/control.
CONTROL_LIBS = $(top_builddir)/src/control/libtutti-control.la $(BASE_LIBS)
EXTRA_DIST += data/offers sdp-sample.h

check_PROGRAMS += test-sdp-read test-sdp-write
test_sdp_read_SOURCES = test-sdp-read.c
test_sdp_read_LDADD = $(CONTROL_LIBS)
test_sdp_write_SOURCES = test-sdp-write.c
test_sdp_write_LDADD = $(CONTROL_LIBS)
