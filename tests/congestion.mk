# The estimate of the way down, on simulated links.
WAY_SIM = way-sim.c way-sim.h
check_PROGRAMS += test-congestion test-trend test-twcc-read
test_congestion_SOURCES = test-congestion.c $(WAY_SIM)
test_congestion_LDADD = $(RTP_LIBS)
test_trend_SOURCES = test-trend.c
test_trend_LDADD = $(RTP_LIBS)
test_twcc_read_SOURCES = test-twcc-read.c
test_twcc_read_LDADD = $(RTP_LIBS)

EXTRA_PROGRAMS += bench-congestion
bench_congestion_SOURCES = bench-congestion.c $(WAY_SIM)
bench_congestion_LDADD = $(RTP_LIBS)
