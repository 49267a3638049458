SELECT datadrop.begin_switch_back($1::integer)
