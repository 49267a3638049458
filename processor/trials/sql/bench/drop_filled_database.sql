DROP DATABASE IF EXISTS datadrop_bench_filled WITH (FORCE)
