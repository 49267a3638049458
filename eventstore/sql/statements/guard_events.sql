-- A restore with --disable-triggers leaves the trigger enabled, but not always.
DO $$
BEGIN
    IF EXISTS (
        SELECT
        FROM pg_trigger AS t
        WHERE t.tgrelid = 'datadrop.events'::regclass
            AND t.tgname = 'events_are_immutable'
            AND t.tgenabled <> 'A'
    ) THEN
        ALTER TABLE datadrop.events ENABLE ALWAYS TRIGGER events_are_immutable;
    END IF;
END
$$;
