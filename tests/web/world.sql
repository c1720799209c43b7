-- A small port for the browser: two grids, three boats that report, one with a name nobody should trust.
insert into party_org (id, code, tier, kind, name) overriding system value values
    (1, 'O1', '1', '大党委', '崖州港');
insert into person (id, code, name, name_en, org, phone) overriding system value values
    (1, 'P1', '符海生', 'Fu Haisheng', 1, '13800000001'),
    (2, 'P2', '黎国强', 'Li Guoqiang', 1, '13800000002'),
    (9, 'P9', '王值班', 'Wang Zhiban', 1, '13800000009');
insert into sea_grid (id, code, name, name_en, leader, geometry) overriding system value values
    (1, 'G1', '一号网格', 'Grid 1', 2, '{"type":"Polygon","coordinates":[[[109,18],[109.2,18],[109.2,18.2],[109,18.2],[109,18]]]}'),
    (2, 'G2', '二号网格', 'Grid 2', 2, '{"type":"Polygon","coordinates":[[[109.2,18],[109.4,18],[109.4,18.2],[109.2,18.2],[109.2,18]]]}');
insert into grid_member values (1, 1), (2, 2);
insert into duty_shift (person, grid, level, starts, ends) values
    (1, 1, 1, now() - interval '1 hour', now() + interval '8 hours'),
    (2, 2, 1, now() - interval '1 hour', now() + interval '8 hours'),
    (9, null, 4, now() - interval '1 hour', now() + interval '8 hours');
insert into vessel (id, reg_no, name, class, registered, home_grid, owner_name, owner_phone,
                    length_m) overriding system value values
    (1, '琼三亚渔00001', '琼三亚渔00001', 1, true, 1, '林老大', '13900000001', 24),
    (2, '琼三亚渔00002', '<img src=x onerror=document.title=1>', 1, true, 1, '王老大', '13900000002', 24),
    (3, '琼三亚渔00003', '琼三亚渔00003', 1, true, 2, '陈老大', '13900000003', 30);
insert into vessel_identity (kind, value, vessel) values
    ('mmsi', '412000001', 1), ('mmsi', '412000002', 2), ('mmsi', '412000003', 3);
insert into vessel_latest (vessel, t, source, received, lon, lat, sog, cog, heading, battery,
                           status, flags, seq) values
    (1, now(), 2, now(), 109.1, 18.1, 5.5, 90, 'NaN', 80, -1, 0, 1),
    (2, now(), 1, now(), 109.15, 18.05, 'NaN', 'NaN', 'NaN', 'NaN', 0, 0, 1),
    (3, now() - interval '2 hours', 1, now(), 109.3, 18.1, 0, 0, 'NaN', 'NaN', 7, 0, 1);
insert into zone (id, code, kind, name, name_en, rule, severity, geometry) overriding system value
values (1, 'Z1', 'reserve', '珊瑚保护区', 'Coral reserve', 'keep_out', 2,
    '{"type":"Polygon","coordinates":[[[109,18],[109.1,18],[109.1,18.1],[109,18.1],[109,18]]]}');
insert into zone_version (zone, version, revision, body)
    select id, version, revision, to_jsonb(zone) from zone;
insert into position
    select 1, now() - make_interval(secs => 60 * i), 1, now(), 109.1 - i * 0.001, 18.1, 5, 90,
           'NaN', 'NaN', 0, 0, '{}'
    from generate_series(0, 60) i;
insert into worker (part, started, beat, batch_at, watermark, lag_s, pid, host)
    values ('main', now(), now() + interval '1 day', now(), now(), 0.2, 1, 'here');
insert into progress values ('main', 1) on conflict (part) do update set seq = 1;
insert into alert (id, kind, vessel, other, episode, severity, status, last_seen, lon, lat, grid,
                   evidence) overriding system value values
    (1, 'zone_enter', 1, 1, now(), 3, 'active', now(), 109.1, 18.1, 1,
     '{"sog_kn": 5.5, "cog_deg": 90, "zone": "Z1", "zone_version": 1}'),
    (2, 'gap', 3, 0, now(), 2, 'active', now(), 109.3, 18.1, 2, '{}');
insert into work_order (id, alert, status, severity, grid, basis, reason, lead, accept_by)
    overriding system value values
    (1, 1, 'offered', 3, 1, 'position', 'member_on_duty basis=position grid=G1 load=0', 1,
     now() + interval '10 minutes'),
    (2, 2, 'offered', 2, 2, 'position', 'member_on_duty basis=position grid=G2 load=0', 2,
     now() + interval '10 minutes');
insert into assignment (work_order, person, level, reason) values
    (1, 1, 1, 'member_on_duty'), (2, 2, 1, 'member_on_duty');
insert into event (seq, alert, work_order, vessel, grid, act) values
    (1, 1, null, 1, 1, 'open'), (2, 1, 1, 1, 1, 'offer'), (3, 2, null, 3, 2, 'open'),
    (4, 2, 2, 3, 2, 'offer');
update stream set seq = 4 where name = 'event';
select setval('alert_id_seq', 100), setval('work_order_id_seq', 100);
