-- What Prometheus asks every quarter of a minute.

-- name: feeds
select name, state, messages, fixes, duplicates, rejects,
       extract(epoch from now() - last_message)::float8 as silent_s
from feed order by name

-- name: alerts
-- Open alerts, and those raised within the day that are over.
select kind, severity, status, count(*) as n from alert
where status in ({open}) or opened > now() - interval '1 day'
group by kind, severity, status order by kind, severity, status

-- name: orders
-- Orders that somebody still has to deal with, and those of the last day.
select status, severity, count(*) as n from work_order
where status in ('unassigned', 'offered', 'accepted', 'in_progress')
   or created > now() - interval '1 day'
group by status, severity order by status, severity

-- name: outbox
-- Messages by channel and state: queued ones and those of the last day.
select channel, state, count(*) as n,
       coalesce(extract(epoch from max(now() - next_at) filter (where state = 'queued')), 0)::float8
           as waiting_s
from outbox where state = 'queued' or created > now() - interval '1 day'
group by channel, state order by channel, state

-- name: workers
select part, lag_s, extract(epoch from now() - beat)::float8 as beat_age_s,
       extract(epoch from now() - watermark)::float8 as watermark_age_s
from worker order by part

-- name: sessions
select kind, count(*) as n from session where expires > now() group by kind order by kind

-- name: storage
-- Room held for a full disk, what the database takes, and hours that wait to be rolled up.
select pg_relation_size('ballast')::float8 as ballast,
       pg_database_size(current_database())::float8 as database,
       (select count(distinct hour) from position_dirty where hour < now() - interval '70 min') as due

-- name: told
-- Alerts that came before the command centre, by kind: within a day, and what people made of those
-- of 90 days. Children of a root and what is born shelved are told to nobody.
select kind, count(*) filter (where shown > now() - interval '1 day') as day,
       count(*) filter (where verdict = 'true') as "true",
       count(*) filter (where verdict = 'false_alarm') as false_alarm,
       count(*) filter (where verdict = 'test') as test,
       (count(*) filter (where verdict = 'true'))::float8
           / nullif(count(*) filter (where verdict in ('true', 'false_alarm')), 0) as precision
from alert where shown > now() - interval '90 days' group by kind order by kind

-- name: rate
-- How fast they come: an hour on the average of a day, in the last ten minutes, and at the worst.
select count(*)::float8 / 24 as hour, coalesce(max(n), 0) as worst,
       count(*) filter (where shown > now() - interval '10 minutes') as ten
from (select shown, count(*) over (order by shown range between interval '10 minutes' preceding
                                   and current row) as n
      from alert where shown > now() - interval '1 day') told
