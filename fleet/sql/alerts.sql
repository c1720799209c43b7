-- name: find
-- The alerts of these keys, locked in the order in which everybody locks them.
select a.id, a.kind, a.vessel, a.other, a.episode, a.severity, a.status, a.last_seen,
       a.occurrences, a.cleared, a.acknowledged, a.closed, a.verdict, a.reason, a.lon, a.lat, a.grid, a.evidence, a.parent,
       a.version
from alert a
join unnest(%(kinds)s::text[], %(vessels)s::int[], %(others)s::int[], %(episodes)s::timestamptz[])
     k (kind, vessel, other, episode) using (kind, vessel, other, episode)
order by a.id for update of a;

-- name: insert
-- A new alert; the key keeps a second one out.
insert into alert (kind, vessel, other, episode, severity, status, opened, last_seen, occurrences,
                   cleared, closed, reason, lon, lat, evidence, rule_version)
values (%(kind)s, %(vessel)s, %(other)s, %(episode)s, %(severity)s, %(status)s, %(opened)s,
        %(last_seen)s, %(occurrences)s, %(cleared)s, %(closed)s, %(reason)s, %(lon)s, %(lat)s,
        %(evidence)s, %(rule_version)s)
returning id;

-- name: update
-- What became of it.
update alert set severity = %(severity)s, status = %(status)s, last_seen = %(last_seen)s,
                 occurrences = %(occurrences)s, cleared = %(cleared)s,
                 acknowledged = %(acknowledged)s, closed = %(closed)s, verdict = %(verdict)s,
                 reason = %(reason)s, lon = %(lon)s, lat = %(lat)s, evidence = %(evidence)s,
                 version = version + 1
where id = %(id)s;

-- name: homes
-- The own sea grid of each boat.
select id, home_grid from vessel where id = any(%(ids)s);

-- name: open
-- Every episode that has not ended, for an engine that has lost its state.
select kind, vessel, other, episode, severity, last_seen, occurrences,
       coalesce((evidence ->> 'last_heard')::bigint, 0) as last_heard
from alert
where cleared is null and status in ('active', 'acknowledged', 'shelved', 'suppressed')
order by kind, vessel, other, episode;
