-- How much the command centre was told: the rate budget, measured. An alert counts once, when it
-- first came before somebody (alert.shown): children of a root and what is born shelved do not.

-- name: load
-- By kind, by step of time, and in all (both null): alerts, the most within ten minutes (the window
-- ends with an alert, so no bucket hides a burst), when, and what people made of them.
with told as materialized (
    select a.kind, a.shown, a.verdict
    from alert a join vessel v on v.id = a.vessel
    where a.shown >= %(since)s and a.shown < %(until)s and {alert_visible}),
slid as (
    select kind, shown, verdict,
           date_bin(%(step)s, shown, %(since)s) as at,
           count(*) over (order by shown
                          range between %(window)s preceding and current row) as together,
           count(*) over (partition by kind order by shown
                          range between %(window)s preceding and current row) as alike
    from told)
select kind, at, count(*) as alerts,
       case when grouping(kind) = 0 then max(alike) else max(together) end as worst,
       case when grouping(kind) = 0 then (array_agg(shown order by alike desc, shown))[1]
            else (array_agg(shown order by together desc, shown))[1] end as worst_at,
       count(*) filter (where verdict = 'true') as "true",
       count(*) filter (where verdict = 'false_alarm') as false_alarm,
       count(*) filter (where verdict = 'test') as test
from slid
group by grouping sets ((kind), (at), ())
order by kind nulls last, at nulls last

-- name: unheard
-- What was not told: under a root that told of all, or silenced by a shelf.
select count(*) filter (where a.parent is not null) as under_roots,
       count(*) filter (where a.parent is null and a.status <> 'retracted') as silenced
from alert a join vessel v on v.id = a.vessel
where a.opened >= %(since)s and a.opened < %(until)s and a.shown is null and {alert_visible}

-- name: verdicts
-- What people made of the alerts of a time, by kind: for the lists of kinds.
select a.kind, count(*) as alerts,
       count(*) filter (where a.verdict = 'true') as "true",
       count(*) filter (where a.verdict = 'false_alarm') as false_alarm,
       count(*) filter (where a.verdict = 'test') as test
from alert a join vessel v on v.id = a.vessel
where a.shown >= %(since)s and a.shown < %(until)s and {alert_visible}
group by a.kind order by a.kind
