-- Partitions are pruned while planning, and no plan made on a small table outlives its growth. No
-- plan here is worth compiling, and none reads the log otherwise than by its index.
SET plan_cache_mode = force_custom_plan;
SET jit = off
