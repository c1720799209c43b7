-- Thresholds as versioned data, and what the rules have to go by.

-- name: present
-- Which facts the workers have (as facts.sql reads them), and which kinds of zone are in force.
select exists (select from vessel where registered) as details,
       exists (select from vessel v left join certificate c
                   on c.vessel = v.id and c.kind = 'wind' and c.expires > now()
               where v.registered and coalesce(c.value::int, v.wind_limit, 0) > 0) as wind_limit,
       exists (select from vessel v left join certificate c
                   on c.vessel = v.id and c.kind = 'nav_area' and c.expires > now()
               where v.registered and coalesce(c.value, v.nav_nm, 0) > 0) as nav_nm,
       exists (select from tie where ends > now() - interval '1 day') as ties,
       exists (select from trip where departs > now() - interval '60 days') as trips,
       exists (select from permit where ends > now() - interval '1 day') as permits,
       exists (select from recall where ended is null and action <> 'stay') as recalls,
       exists (select from recall_answer a join recall r on r.id = a.recall
               where r.ended is null) as answers,
       exists (select from zone where places is not null and ended is null) as berths,
       exists (select from certificate where expires < 'infinity') as expiries,
       exists (select from wind where valid > now() - interval '1 day') as wind,
       exists (select from depth) as depth,
       array(select distinct kind from zone where ended is null) as kinds

-- name: lock
-- One edit of thresholds at a time; held to the end of the transaction.
select pg_advisory_xact_lock(hashtext('fleet.rule_version'))

-- name: newest
-- The version in force; none where the numbers that ship are.
select version, params, scopes, source, enabled from rule_version where kind = %(kind)s
order by version desc limit 1

-- name: version
-- An earlier version.
select version, params, scopes, source, enabled from rule_version
where kind = %(kind)s and version = %(version)s

-- name: put
-- One more version, by whom and why.
insert into rule_version (kind, version, params, scopes, source, enabled, actor, reason)
values (%(kind)s, %(version)s, %(params)s, %(scopes)s, %(source)s, %(enabled)s, %(actor)s,
        %(reason)s)

-- name: places
-- What an override may name: the zones in force.
select code, rule = 'line' as line, coalesce(jsonb_array_length(season), 0) > 0 as seasonal
from zone where ended is null

-- name: hint
-- Tell the workers.
select pg_notify('fleet_config', %(kind)s)
