-- name: lock
-- One runner at a time; the next waits here and then finds nothing to do.
select pg_advisory_lock(%(key)s);

-- name: unlock
-- Let the next runner in.
select pg_advisory_unlock(%(key)s);

-- name: table
-- What has been applied.
create table if not exists migration (
    name     text primary key,
    checksum text not null,
    applied  timestamptz not null default now()
);

-- name: exists
-- Has a runner ever been here?
select to_regclass('migration') is not null as there;

-- name: applied
-- What has been applied, and from which text.
select name, checksum from migration order by name;

-- name: limits
-- Rather fail than stand in everybody's way.
set local lock_timeout = '4s'; set local statement_timeout = '10min';

-- name: record
-- This one is done.
insert into migration (name, checksum) values (%(name)s, %(checksum)s);
