-- name: collected(phase_id, collector_id)^
-- What a collector's list of tickets is headed by.
select
    coalesce(sum(tickets.total) filter (where tickets.voided_at is null), 0)::numeric(20, 2) as total,
    coalesce(sum(tickets.commission) filter (where tickets.voided_at is null), 0)::numeric(20, 2)
        as commission,
    count(*) filter (where tickets.voided_at is null) as ticket_count,
    coalesce(sum(tickets.bet_count) filter (where tickets.voided_at is null), 0) as bet_count,
    count(*) filter (where tickets.voided_at is not null) as void_count
from tickets
where tickets.phase_id = :phase_id
    and tickets.collector_id = :collector_id;
