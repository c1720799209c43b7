-- Fragments, not statements: {name} in another file is replaced by them (fleet/store/scope.py).
-- They read the parameters everything, person and org, and the aliases a (alert) and v (vessel).

-- name: grids
select gm.grid from grid_member gm where gm.person = %(person)s
union all select sg.id from sea_grid sg where sg.leader = %(person)s
union all select ds.grid from duty_shift ds
    where ds.person = %(person)s and ds.grid is not null and now() >= ds.starts and now() < ds.ends

-- name: alert_visible
(%(everything)s
 or v.association = %(org)s
 or a.grid in ({grids})
 or exists (select from work_order so where so.alert = a.id and (
        so.lead = %(person)s
        or so.grid in ({grids})
        or exists (select from assignment sa
                   where sa.work_order = so.id and sa.person = %(person)s))))

-- name: vessel_own
(%(everything)s or v.association = %(org)s or v.home_grid in ({grids}))

-- name: vessel_visible
({vessel_own}
 or exists (select from alert a where a.vessel = v.id and a.status in ({open}) and {alert_visible}))

-- name: person_visible
(%(everything)s or p.id = %(person)s or p.org = %(org)s
 or exists (select from grid_member pg where pg.person = p.id and pg.grid in ({grids}))
 or exists (select from sea_grid pl where pl.leader = p.id and pl.id in ({grids})))

-- name: open
'active', 'acknowledged', 'cleared', 'shelved'

-- name: alert_filters
((%(kind)s::text is null or a.kind = %(kind)s)
 and (%(severity)s::int is null or a.severity >= %(severity)s)
 and (%(vessel)s::int is null or a.vessel = %(vessel)s)
 and (%(under)s::bigint is null or a.parent = %(under)s)
 and (%(since)s::timestamptz is null or a.opened >= %(since)s)
 and (%(until)s::timestamptz is null or a.opened < %(until)s))

-- name: mmsi
left join lateral (
    select i.value as mmsi from vessel_identity i
    where i.vessel = v.id and i.kind = 'mmsi' and i.valid_to > now()
    order by i.confidence desc, i.valid_from desc limit 1) m on true

-- name: alert_columns
    a.id, a.kind, a.vessel, v.name as vessel_name, m.mmsi, a.other,
    z.name as zone_name, z.name_en as zone_name_en,
    a.severity, a.status, a.opened, a.episode, a.last_seen, a.occurrences,
    a.cleared, a.acknowledged, a.closed, a.shelved_until, a.verdict, a.reason, a.parent,
    nullif(a.lon, 'NaN') as lon, nullif(a.lat, 'NaN') as lat,
    a.grid, g.name as grid_name, g.name_en as grid_name_en, a.evidence, a.version,
    o.id as order_id, o.status as order_status, o.severity as order_severity,
    o.grid as order_grid, og.name as order_grid_name, og.name_en as order_grid_name_en,
    o.basis, o.reason as order_reason, o.lead, p.name as lead_name, p.name_en as lead_name_en,
    p.phone as lead_phone, o.level, o.accept_by, o.created, o.accepted, o.progress,
    o.closed as order_closed, o.outcome, o.note, o.version as order_version

-- name: alert_from
    alert a
    join vessel v on v.id = a.vessel
    {mmsi}
    left join zone z on z.id = a.other and a.other <> 0
    left join sea_grid g on g.id = a.grid
    left join work_order o on o.alert = a.id
    left join sea_grid og on og.id = o.grid
    left join person p on p.id = o.lead
