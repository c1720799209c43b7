-- Silence by key: who shelved what, why and until when.

-- name: listed
-- The shelves in force that the caller may see, by the boat or by the alert that it was done to; or
-- one of them, even if it has ended.
select s.id, s.kind, s.vessel, v.name as vessel_name, m.mmsi, s.other,
       z.name as zone_name, z.name_en as zone_name_en, s.severity, s.alert, s.reason,
       s.actor, coalesce(ap.name, ac.login) as actor_name, s.since, s.until,
       (select count(*) from alert x
        where x.vessel = s.vessel and x.kind = s.kind and x.other = s.other
          and x.status = 'shelved') as shelved,
       (select count(*) from alert x
        where x.vessel = s.vessel and x.kind = s.kind and x.other = s.other
          and x.opened >= s.since and x.id <> coalesce(s.alert, 0)) as since_then
from shelf s
join vessel v on v.id = s.vessel
{mmsi}
left join zone z on z.id = s.other and s.other <> 0
left join account ac on ac.id = s.actor
left join person ap on ap.id = ac.person
left join alert a on a.id = s.alert
where (s.id = %(id)s
       or (%(id)s::bigint is null and s.ended is null
           and (s.until > now() or (s.until is null and a.status = 'shelved'))))
  and (%(everything)s or v.association = %(org)s or v.home_grid in ({grids})
       or (a.id is not null and {alert_visible}))
order by s.until nulls last, s.id

-- name: of_keys
-- The shelves in force for these keys.
select s.id, s.kind, s.vessel, s.other, s.severity, s.until, s.reason, s.actor
from shelf s
join unnest(%(kinds)s::text[], %(vessels)s::int[], %(others)s::int[]) k (kind, vessel, other)
     using (kind, vessel, other)
where s.ended is null and s.until > %(now)s;

-- name: replace
-- A key has one shelf at a time.
update shelf set ended = %(now)s, ended_by = %(actor)s, why = 'replaced'
where kind = %(kind)s and vessel = %(vessel)s and other = %(other)s and ended is null;

-- name: put
-- Silence a key.
insert into shelf (kind, vessel, other, severity, alert, reason, actor, since, until)
values (%(kind)s, %(vessel)s, %(other)s, %(severity)s, %(alert)s, %(reason)s, %(actor)s, %(now)s,
        %(until)s)
returning id;

-- name: end
-- It is undone, or what it silenced became worse.
update shelf set ended = %(now)s, ended_by = %(actor)s, why = %(why)s
where kind = %(kind)s and vessel = %(vessel)s and other = %(other)s and ended is null
returning id;

-- name: sweep
-- Shelves whose time is up, and those of an occurrence that is over.
update shelf s set ended = %(now)s, why = case when s.until is null then 'passed' else 'expired' end
where s.ended is null
  and (s.until <= %(now)s
       or (s.until is null and not exists (
               select from alert a where a.id = s.alert and a.status = 'shelved')));

-- name: one
-- One shelf in force.
select id, kind, vessel, other, severity, alert from shelf where id = %(id)s and ended is null;

-- name: under
-- The alerts that a shelf keeps silent now.
select id from alert
where vessel = %(vessel)s and kind = %(kind)s and other = %(other)s and status = 'shelved'
order by id;
