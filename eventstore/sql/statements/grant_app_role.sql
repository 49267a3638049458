SELECT datadrop.grant_app_role($1)
