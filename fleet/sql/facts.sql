-- name: details
-- What the papers of every vessel say; a certificate in force counts before the register.
select v.id, v.gear, coalesce(w.value::int, v.wind_limit, 0) as wind_limit,
       coalesce(n.value, v.nav_nm, 'NaN') as nav_nm, coalesce(v.draught_m, 'NaN') as draught_m
from vessel v
left join certificate w on w.vessel = v.id and w.kind = 'wind' and w.expires > now()
left join certificate n on n.vessel = v.id and n.kind = 'nav_area' and n.expires > now()
where v.registered order by v.id;

-- name: ties
-- Who belongs together, now or later.
select dense_rank() over (order by code) as grp, vessel, kind, nullif(starts, '-infinity') as starts,
       nullif(ends, 'infinity') as ends from tie
where ends > now() - interval '1 day' order by code, vessel;

-- name: trips
-- The declared trips of the last two months.
select vessel, departs, returns from trip
where departs > now() - interval '60 days' order by vessel, departs;

-- name: permits
-- The permits that are not over.
select vessel, activity, coalesce(zone, 0) as zone, nullif(starts, '-infinity') as starts,
       nullif(ends, 'infinity') as ends from permit
where ends > now() - interval '1 day' order by vessel, starts;

-- name: expiries
-- The certificates that expire some day, or have.
select c.vessel, c.kind, c.expires from certificate c join vessel v on v.id = c.vessel
where c.expires < 'infinity' and v.registered order by c.vessel, c.kind;

-- name: recalls
-- The recall orders in force; an order to stay where one is recalls nobody.
select id, coalesce(zone, 0) as zone, issued, deadline from recall
where ended is null and action <> 'stay' order by id;

-- name: answers
-- What boats answered to them.
select a.recall, a.vessel, a.answer from recall_answer a join recall r on r.id = a.recall
where r.ended is null order by a.recall, a.vessel;

-- name: berths
-- How many boats each port holds.
select id, places from zone where places is not null and ended is null order by id;

-- name: wind
-- The newest two forecast cycles and the last day's measurements.
select issued, valid, observed, lats, lons, force_bf from wind w
where valid > now() - interval '1 day'
  and (observed or issued in (select distinct f.issued from wind f where not f.observed
                              order by f.issued desc limit 2))
order by observed, issued, valid;

-- name: depth
-- The depth grid.
select lats, lons, metres from depth;

-- name: fingerprint
-- Differs whenever a fact was changed.
select coalesce(sum(revision), 0)::text as revisions from fact_change;

-- name: changed
-- Note that facts of this kind were changed, and tell the workers.
with noted as (
    insert into fact_change (kind, actor) values (%(kind)s, %(actor)s)
    on conflict (kind) do update
    set revision = nextval('config_revision'), actor = excluded.actor, at = now()
    returning revision)
select pg_notify('fleet_config', revision::text) from noted;
