-- The clock looks at open orders every second, and the roster at when each person was last asked.
create index work_order_open on work_order (alert)
    where status in ('unassigned', 'offered', 'accepted', 'in_progress');
create index assignment_person on assignment (person, offered desc);
