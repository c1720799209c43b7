-- name: licence
-- Which edition of TimescaleDB: apache, or timescale (Community).
select coalesce(current_setting('timescaledb.license', true), 'none') as licence;

-- name: limits
-- Rather another day than in everybody's way.
set local lock_timeout = '2s';

-- name: chunks
-- Chunks whose end is not later, oldest first, with their indexes' size.
select hypertable_name as "table", format('%%I.%%I', chunk_schema, chunk_name) as name,
       range_start as start, range_end as "end", coalesce(is_compressed, false) as compressed,
       pg_total_relation_size(format('%%I.%%I', chunk_schema, chunk_name)::regclass) as bytes
from timescaledb_information.chunks
where hypertable_schema = 'public' and hypertable_name = %(table)s and range_end <= %(before)s
order by range_start;

-- name: unrolled
-- Marked hours of a stretch.
select distinct hour from position_dirty where hour >= %(start)s and hour < %(end)s order by hour;

-- name: drop
-- The chunks of a hypertable up to the end of one of them.
select drop_chunks(format('public.%%I', %(table)s::text)::regclass, older_than => %(end)s);

-- name: compress_position
-- A vessel's track lies together, in order of time.
alter table position set (timescaledb.compress, timescaledb.compress_segmentby = 'vessel',
                          timescaledb.compress_orderby = 't, source');

-- name: compress_ais_record
-- Messages of one type are alike.
alter table ais_record set (timescaledb.compress, timescaledb.compress_segmentby = 'type',
                            timescaledb.compress_orderby = 'vessel, t');

-- name: compress
-- One chunk; nothing where it is compressed already.
select compress_chunk(%(chunk)s::regclass, if_not_compressed => true);

-- name: count_texts
-- Safety messages from before.
select count(*) as n from safety_message where t < %(before)s;

-- name: delete_texts
-- Some of them.
with gone as (delete from safety_message where id in (
    select id from safety_message where t < %(before)s order by t limit %(most)s) returning id)
select count(*) as n from gone;

-- name: count_cases
-- Alerts that ended before, and are nobody's parent.
select count(*) as n from alert a
where a.status in ('closed', 'retracted', 'invalid')
  and greatest(a.last_seen, a.closed, a.cleared, a.opened) < %(before)s
  and not exists (select from alert c where c.parent = a.id);

-- name: delete_cases
-- Some of them, with their orders, messages and history.
with gone as (
    select a.id from alert a
    where a.status in ('closed', 'retracted', 'invalid')
      and greatest(a.last_seen, a.closed, a.cleared, a.opened) < %(before)s
      and not exists (select from alert c where c.parent = a.id)
    order by a.id limit %(most)s),
orders as (select id from work_order where alert in (select id from gone)),
messages as (delete from outbox where alert in (select id from gone)
                                   or work_order in (select id from orders)),
history as (delete from event where alert in (select id from gone)
                                 or work_order in (select id from orders)),
done as (delete from work_order where id in (select id from orders)),
cases as (delete from alert where id in (select id from gone) returning id)
select count(*) as n from cases;

-- name: count_events
-- History that belongs to no alert: sign-ins of the desk, changes of the roster.
select count(*) as n from event where at < %(before)s and alert is null and work_order is null;

-- name: delete_events
-- Some of it.
with gone as (delete from event where seq in (
    select seq from event where at < %(before)s and alert is null and work_order is null
    order by seq limit %(most)s) returning seq)
select count(*) as n from gone;

-- name: count_shelves
-- Silences that ended before.
select count(*) as n from shelf where ended < %(before)s;

-- name: delete_shelves
-- Some of them.
with gone as (delete from shelf where id in (
    select id from shelf where ended < %(before)s order by id limit %(most)s) returning id)
select count(*) as n from gone;

-- name: count_rejects
-- Samples that are too old, or more than are kept in all.
select count(*) as n from reject_sample
where at < %(before)s
   or id <= (select id from reject_sample order by id desc offset %(kept)s limit 1);

-- name: delete_rejects
-- Some of them.
with gone as (delete from reject_sample where id in (
    select id from reject_sample
    where at < %(before)s
       or id <= (select id from reject_sample order by id desc offset %(kept)s limit 1)
    order by id limit %(most)s) returning id)
select count(*) as n from gone;

-- name: compressing
-- Whether chunks of this hypertable may be compressed.
select compression_enabled as enabled from timescaledb_information.hypertables
where hypertable_schema = 'public' and hypertable_name = %(table)s;

-- name: lock
-- One at a time, whoever it is.
select pg_try_advisory_lock(hashtext('fleet.upkeep')) as got;

-- name: unlock
-- Let the next one in.
select pg_advisory_unlock(hashtext('fleet.upkeep'));

-- name: last
-- Hours since what is old was last let go; null: never.
select (extract(epoch from now() - (value ->> 'at')::timestamptz) / 3600)::float8 as hours
from setting where key = 'retention';

-- name: note
-- It was done now.
insert into setting (key, value) values ('retention', jsonb_build_object('at', now()))
on conflict (key) do update set value = excluded.value;
