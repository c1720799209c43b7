-- name: find
-- The alerts of these keys, locked in the order in which everybody locks them.
select a.id, a.kind, a.vessel, a.other, a.episode, a.severity, a.status, a.last_seen,
       a.occurrences, a.cleared, a.acknowledged, a.closed, a.verdict, a.reason, a.lon, a.lat, a.grid,
       a.evidence, a.parent, a.version, a.shelved_until, a.shown
from alert a
join unnest(%(kinds)s::text[], %(vessels)s::int[], %(others)s::int[], %(episodes)s::timestamptz[])
     k (kind, vessel, other, episode) using (kind, vessel, other, episode)
order by a.id for update of a;

-- name: insert
-- New alerts, in the order in which they opened; the key keeps a second one out.
insert into alert (kind, vessel, other, episode, severity, status, opened, last_seen, occurrences,
                   cleared, closed, reason, lon, lat, evidence, rule_version, shelved_until, shown)
select * from unnest(%(kind)s::text[], %(vessel)s::int[], %(other)s::int[],
                     %(episode)s::timestamptz[], %(severity)s::smallint[], %(status)s::text[],
                     %(opened)s::timestamptz[], %(last_seen)s::timestamptz[],
                     %(occurrences)s::int[], %(cleared)s::timestamptz[], %(closed)s::timestamptz[],
                     %(reason)s::text[], %(lon)s::float8[], %(lat)s::float8[],
                     %(evidence)s::jsonb[], %(rule_version)s::int[],
                     %(shelved_until)s::timestamptz[], %(shown)s::timestamptz[])
returning id, kind, vessel, other, episode;

-- name: update
-- What became of them.
update alert a set severity = w.severity, status = w.status, last_seen = w.last_seen,
                   occurrences = w.occurrences, cleared = w.cleared,
                   acknowledged = w.acknowledged, closed = w.closed, verdict = w.verdict,
                   reason = w.reason, lon = w.lon, lat = w.lat, evidence = w.evidence,
                   shelved_until = w.shelved_until, shown = w.shown, parent = w.parent,
                   version = version + 1
from unnest(%(id)s::bigint[], %(severity)s::smallint[], %(status)s::text[],
            %(last_seen)s::timestamptz[], %(occurrences)s::int[], %(cleared)s::timestamptz[],
            %(acknowledged)s::timestamptz[], %(closed)s::timestamptz[], %(verdict)s::text[],
            %(reason)s::text[], %(lon)s::float8[], %(lat)s::float8[], %(evidence)s::jsonb[],
            %(shelved_until)s::timestamptz[], %(shown)s::timestamptz[], %(parent)s::bigint[])
     w (id, severity, status, last_seen, occurrences, cleared, acknowledged, closed, verdict, reason,
        lon, lat, evidence, shelved_until, shown, parent)
where a.id = w.id;

-- name: nobody
-- Whose alert it is when it concerns a place or a receiver and no boat.
insert into vessel (id, name) values (0, '') on conflict do nothing;

-- name: adopt
-- Alerts that another one explains.
update alert a set parent = w.parent
from unnest(%(ids)s::bigint[], %(parents)s::bigint[]) w (id, parent) where a.id = w.id;

-- name: homes
-- The own sea grid of each boat.
select id, home_grid from vessel where id = any(%(ids)s);

-- name: open
-- Every episode that has not ended, for an engine that has lost its state.
select kind, vessel, other, episode, severity, last_seen, occurrences,
       coalesce((evidence ->> 'last_heard')::bigint, 0) as last_heard
from alert
where cleared is null and status in ('active', 'acknowledged', 'shelved', 'suppressed')
union all
select kind, vessel, other, opened, 1, opened, 1, 0 from episode_log where closed is null
order by kind, vessel, other, episode;
