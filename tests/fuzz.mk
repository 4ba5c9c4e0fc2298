# Fuzz targets: each is a LLVMFuzzerTestOneInput() of at most 30 lines. Without --enable-fuzzers they are linked with
# fuzz-main.c, which runs the corpus (tests/corpus/<target>/) and a bounded number of mutations of it as a test.
