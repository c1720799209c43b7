-- name: feed_state
-- How a feed is.
select state from feed where name = %(name)s and updated > now() - interval '1 minute'

-- name: server
-- What the database is.
select current_setting('server_version') as version,
       (select extversion from pg_extension where extname = 'timescaledb') as timescaledb,
       current_setting('timescaledb.license', true) as license,
       extract(epoch from clock_timestamp())::float8 as clock,
       pg_database_size(current_database()) as bytes

-- name: workers
-- Heartbeats, with their age.
select part, pid, host, extract(epoch from now() - beat)::float8 as age_s, lag_s from worker
 order by part

-- name: feeds
-- Feeds, with the age of the last word from each.
select name, kind, state, detail, extract(epoch from now() - last_message)::float8 as silent_s,
       extract(epoch from now() - updated)::float8 as age_s
  from feed order by name

-- name: backlog
-- What waits to be sent, and since when; what failed within the day.
select count(*) filter (where state = 'queued') as queued,
       coalesce(extract(epoch from now() - min(created) filter (where state = 'queued')), 0)::float8
           as oldest_s,
       count(*) filter (where state = 'failed' and created > now() - interval '1 day') as failed
  from outbox

-- name: alerts
-- Alerts by kind, and episodes of the logs: open now, and begun within the day.
select kind, count(*) filter (where status in ('active', 'acknowledged', 'cleared', 'shelved'))
           as open,
       count(*) filter (where opened > now() - interval '1 day') as day
  from alert
 where status in ('active', 'acknowledged', 'cleared', 'shelved')
    or opened > now() - interval '1 day'
 group by kind
union all
select kind, count(*) filter (where closed is null),
       count(*) filter (where opened > now() - interval '1 day')
  from episode_log where closed is null or opened > now() - interval '1 day'
 group by kind order by kind

-- name: thresholds
-- The newest numbers of every kind.
select distinct on (kind) kind, version, params, scopes, source, enabled from rule_version
 order by kind, version desc

-- name: positions_between
-- Positions of a stretch of time.
select count(*) as n from position where t between %(first)s and %(last)s

-- name: alerts_between
-- Alerts of a stretch of time that were not taken back, by kind.
select kind, count(*) as n from alert
 where episode between %(first)s and %(last)s and status <> 'retracted'
 group by kind order by kind

-- name: data_folder
-- Where the server keeps its data, for whoever may know; else no row.
select setting as folder from pg_settings where name = 'data_directory'

-- name: upkeep
-- Hours that wait to be rolled up, how long the oldest has been over; when retention last ran.
select count(distinct hour) as hours,
       extract(epoch from now() - min(hour))::float8 - 3600 as oldest_s,
       (select extract(epoch from now() - (value ->> 'at')::timestamptz)::float8
        from setting where key = 'retention') as retained_s
  from position_dirty
