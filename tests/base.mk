check_PROGRAMS += test-port test-jobs test-rounds
test_port_SOURCES = test-port.c
test_port_LDADD = $(BASE_LIBS)
test_jobs_SOURCES = test-jobs.c
test_jobs_LDADD = $(BASE_LIBS)
test_rounds_SOURCES = test-rounds.c
test_rounds_LDADD = $(BASE_LIBS)
