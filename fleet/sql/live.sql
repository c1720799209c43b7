-- What the live stream reads, over and over.

-- name: latest
-- Vessels whose newest fix was written by a later batch than `since`.
select l.vessel, (extract(epoch from l.t) * 1000000)::bigint as t, l.lon, l.lat, l.sog, l.cog,
       l.flags, l.seq, v.class, v.registered
from vessel_latest l join vessel v on v.id = l.vessel
where l.seq > %(since)s and l.lon <> 'NaN' and l.lat <> 'NaN'

-- name: cursors
-- How far the events and the fleet are.
select coalesce((select s.seq from stream s where s.name = 'event'), 0) as event_seq,
       coalesce((select max(l.seq) from vessel_latest l), 0) as tick

-- name: events
-- What happened since a sequence number, as far as the caller may see it.
select e.seq, e.at, e.act, e.alert, e.work_order, e.reason, e.actor,
       coalesce(ap.name, ac.login) as actor_name
from event e
left join alert a on a.id = e.alert
left join vessel v on v.id = a.vessel
left join account ac on ac.id = e.actor
left join person ap on ap.id = ac.person
where e.seq > %(since)s and e.seq <= %(until)s
  and (%(everything)s or (a.id is not null and {alert_visible}))
order by e.seq
limit %(limit)s

-- name: visible
-- Which of these alerts the caller may see.
select a.id from alert a join vessel v on v.id = a.vessel
where a.id = any(%(ids)s) and {alert_visible}

-- name: vessels
-- Every vessel the caller may see, and whether it is their own or only that of an alert.
-- The same set as vessel_visible finds, asked from the few open alerts instead of every vessel.
select v.id, true as own from vessel v where {vessel_own}
union all
select v.id, false as own from alert a join vessel v on v.id = a.vessel
where a.status in ({open}) and {alert_visible}
