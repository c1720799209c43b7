-- name: clock
-- The transaction's own time.
select now() as now;

-- name: alert_of
-- Which alert must be locked before this order.
select alert from work_order where id = %(id)s;

-- name: lock_alerts
-- The alerts, locked in the order of their ids, with what a decision needs of their vessels.
select a.id, a.kind, a.vessel, a.other, a.severity, a.status, a.opened, a.cleared,
       a.acknowledged, a.closed, a.shelved_until, a.verdict, a.reason, a.lon, a.lat, a.grid,
       a.parent, a.occurrences, a.shown, a.version, v.name as vessel_name, v.home_grid
from alert a join vessel v on v.id = a.vessel
where a.id = any(%(alerts)s) order by a.id for update of a;

-- name: free_alerts
-- Lock those that nobody else is working on; the next tick has the others.
select id from alert where id = any(%(alerts)s) order by id for update skip locked;

-- name: lock_orders
-- Their orders: always after the alerts.
select * from work_order where alert = any(%(alerts)s) order by alert for update;

-- name: assignments
-- Everybody who was asked, oldest first.
select a.work_order, a.person, a.answer from assignment a
join work_order w on w.id = a.work_order
where w.alert = any(%(alerts)s) order by a.id;

-- name: due
-- Alerts whose orders the clock has something to say about; what is late before what only waits
-- for somebody to come on duty.
select a.id from alert a left join work_order w on w.alert = a.id
where a.id in (
    select alert from work_order where status = 'unassigned'
    union all
    select alert from work_order where status = 'offered' and accept_by <= %(now)s
    union all
    select x.id from alert x where x.status = 'shelved' and (x.severity = 4 or not exists (
        select from shelf s
        where s.kind = x.kind and s.vessel = x.vessel and s.other = x.other and s.ended is null
          and (s.until > %(now)s or s.until is null)))
    union all
    select x.id from alert x join unnest(%(kinds)s::text[], %(waits)s::interval[]) k (kind, wait)
        on x.kind = k.kind
    where x.status = 'acknowledged' and x.acknowledged <= %(now)s - k.wait
    union all
    select o.alert from work_order o join alert e on e.id = o.alert
    where o.status in ('unassigned', 'offered')
      and e.status in ('retracted', 'closed', 'invalid', 'suppressed')
    union all
    select o.alert from work_order o join alert e on e.id = o.alert
    where o.status in ('accepted', 'in_progress') and e.status = 'retracted'
      and not exists (select from outbox x where x.key = 'order:' || o.id || ':ended')
    union all
    select o.alert from alert e join work_order o on o.alert = e.id
    where e.status = 'active' and o.status = 'void'
    union all
    select o.alert from alert e join work_order o on o.alert = e.id
    where e.status = 'acknowledged' and e.cleared is not null and o.status = 'closed')
order by coalesce(w.status = 'unassigned' and w.accept_by > %(now)s, false),
         w.severity desc nulls last, w.accept_by nulls first, a.id limit %(most)s;

-- name: numbers
-- Ids for new orders.
select nextval(pg_get_serial_sequence('work_order', 'id')) as id
from generate_series(1, %(n)s) order by id;

-- name: insert_order
-- A new order; one alert has at most one.
insert into work_order (id, alert, status, severity, grid, basis, reason, lead, level, step, accept_by,
                        created, accepted, progress, closed, outcome, note, version)
overriding system value
values (%(id)s, %(alert)s, %(status)s, %(severity)s, %(grid)s, %(basis)s, %(reason)s, %(lead)s, %(level)s,
        %(step)s, %(accept_by)s, %(created)s, %(accepted)s, %(progress)s, %(closed)s, %(outcome)s,
        %(note)s, 1);

-- name: update_order
-- The order after a decision; nobody else can have changed it, it is locked.
update work_order
set status = %(status)s, severity = %(severity)s, grid = %(grid)s, basis = %(basis)s,
    reason = %(reason)s, lead = %(lead)s, level = %(level)s, step = %(step)s,
    accept_by = %(accept_by)s, accepted = %(accepted)s, progress = %(progress)s,
    closed = %(closed)s, outcome = %(outcome)s, note = %(note)s, version = version + 1
where id = %(id)s;

-- name: answer
-- The open assignment ends.
update assignment set answered = %(now)s, answer = %(answer)s,
                      reason = case when %(reason)s = '' then reason else %(reason)s end
where work_order = %(id)s and answered is null;

-- name: relieve
-- Whoever had accepted has it no longer.
update assignment set answer = 'relieved' where work_order = %(id)s and answer = 'accepted';

-- name: ask
-- Somebody is asked, or has taken it.
insert into assignment (work_order, person, level, offered, answered, answer, reason)
values (%(id)s, %(person)s, %(level)s, %(now)s,
        case when %(answer)s = '' then null else %(now)s::timestamptz end, %(answer)s, %(reason)s);

-- name: update_alert
-- The people's side of an alert.
update alert
set status = %(status)s, severity = %(severity)s, acknowledged = %(acknowledged)s, closed = %(closed)s,
    shelved_until = %(shelved_until)s, verdict = %(verdict)s, reason = %(reason)s,
    occurrences = %(occurrences)s, parent = %(parent)s, shown = %(shown)s, version = version + 1
where id = %(id)s
returning version;

-- name: locate_alert
-- The sea grid at the alert's position.
update alert set grid = %(grid)s where id = %(id)s;

-- name: orphans
-- Alerts under a root that a person (or late data) has ended, long enough ago for its kind; under
-- one that had passed by itself when the engine would let them go; under one that passed and that
-- nobody looked at, when an engine that knows of the child would have let it go long ago (one that
-- was rebuilt knows of none). And the red ones under a root that is not red itself, or silenced; but
-- for those under an outage, which becomes red with them (`grave`), and a ship about to run down a
-- boat in distress, for the ship must hear of it.
select c.id from alert c join alert r on r.id = c.parent
left join unnest(%(kinds)s::text[], %(waits)s::interval[]) k (kind, wait) on k.kind = r.kind
where c.status = 'suppressed' and c.cleared is null
  and (r.status in ('closed', 'invalid', 'retracted')
       and r.closed <= %(now)s - case when r.cleared is null then coalesce(k.wait, interval '0')
                                      else %(passed)s end
       or r.status = 'cleared'
       and r.cleared <= %(now)s - case when r.kind = 'mass_movement' then 24 else 2 end * %(passed)s
       or c.severity = 4 and r.kind <> 'feed' and (r.status = 'shelved' or r.severity < 4)
       or c.severity = 4 and c.kind = 'collision')
order by c.severity desc, c.id limit %(most)s;

-- name: grave
-- Outages that boats in red lie beneath: as grave as they are, told as one.
select r.id from alert r
where r.kind = 'feed' and r.severity < 4 and r.status in ('active', 'acknowledged', 'shelved')
  and exists (select from alert c where c.parent = r.id and c.status = 'suppressed'
                                    and c.severity = 4 and c.cleared is null)
order by r.id limit %(most)s;

-- name: called
-- Calls for help that people had ended and that called again since, though no more now: looked at
-- again after their wait, by our clock. What still calls a moment after the end is the same press.
select x.id from alert x
join unnest(%(kinds)s::text[], %(waits)s::interval[]) k (kind, wait) on k.kind = x.kind
where x.status in ('closed', 'invalid')
  and x.closed between %(now)s - interval '7 days' and %(now)s - k.wait
  and (x.evidence ->> 'called')::timestamptz > x.closed + interval '1 minute'
order by x.id limit %(most)s;
