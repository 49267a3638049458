-- What an earlier one has left is no work under way, until this one comes to it.
UPDATE datadrop.projection_rebuilds AS r
SET phase = NULL
