-- Of the transaction: readers queue behind a switch that waits, so it waits for no longer than
-- this and tries again; comparing and filling big tables takes longer than a query may.
SELECT
    set_config('lock_timeout', '500ms', true),
    set_config('statement_timeout', '10min', true)
