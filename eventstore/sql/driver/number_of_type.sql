SELECT $1::regtype::oid
