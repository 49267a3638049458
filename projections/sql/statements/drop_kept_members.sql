DELETE FROM datadrop.projection_kept_members WHERE partition = $1::smallint
