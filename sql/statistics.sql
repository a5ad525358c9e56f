-- name: list_months(before, count)
-- What the months came to, the newest first, before a given one.
select
    house_months.month,
    house_months.phase_count,
    house_months.ticket_count,
    house_months.bet_count,
    house_months.winning_count,
    house_months.total_in,
    house_months.total_out,
    house_months.commission,
    house_months.partner_earnings
from house_months
where :before::date is null
    or house_months.month < :before
order by house_months.month desc
limit :count;

-- name: read_month(month)^
-- What one month came to.
select
    house_months.month,
    house_months.phase_count,
    house_months.ticket_count,
    house_months.bet_count,
    house_months.winning_count,
    house_months.total_in,
    house_months.total_out,
    house_months.commission,
    house_months.partner_earnings
from house_months
where house_months.month = :month;

-- name: read_all_months()^
-- What all months came to; its month is the first.
select
    min(house_months.month) as month,
    sum(house_months.phase_count)::bigint as phase_count,
    sum(house_months.ticket_count)::bigint as ticket_count,
    sum(house_months.bet_count)::bigint as bet_count,
    sum(house_months.winning_count)::bigint as winning_count,
    sum(house_months.total_in) as total_in,
    sum(house_months.total_out) as total_out,
    sum(house_months.commission) as commission,
    sum(house_months.partner_earnings) as partner_earnings
from house_months
having count(*) > 0;

-- name: read_neighbours(month)^
-- The months before and after one of which there is something to tell.
select
    max(house_months.month) filter (where house_months.month < :month) as earlier,
    min(house_months.month) filter (where house_months.month > :month) as later
from house_months;

-- name: list_collectors(month, after, count)
-- What a month came to by collector, in the order of their numbers, behind a given one.
select
    collector_months.month,
    collector_months.collector_id,
    users.username,
    collector_months.phase_count,
    collector_months.ticket_count,
    collector_months.bet_count,
    collector_months.winning_count,
    collector_months.total_in,
    collector_months.total_out,
    collector_months.commission
from collector_months
join users on users.id = collector_months.collector_id
where collector_months.month = :month
    and collector_months.collector_id > :after
order by collector_months.collector_id
limit :count;

-- name: list_months_of(collector_id)
-- What the months came to with one collector, the newest first, beside what the house took in them.
select
    collector_months.month,
    collector_months.collector_id,
    users.username,
    collector_months.phase_count,
    collector_months.ticket_count,
    collector_months.bet_count,
    collector_months.winning_count,
    collector_months.total_in,
    collector_months.total_out,
    collector_months.commission,
    house_months.total_in as house_in
from collector_months
join users on users.id = collector_months.collector_id
join house_months on house_months.month = collector_months.month
where collector_months.collector_id = :collector_id
order by collector_months.month desc;

-- name: list_numbers(month)
-- What a month came to by number; one that only a draw put right had drawn is left out.
select
    number_months.number,
    number_months.draw_count,
    number_months.winning_count,
    number_months.total_in,
    number_months.total_out
from number_months
where number_months.month = :month
    and (
        number_months.total_in > 0
        or number_months.draw_count > 0
        or number_months.winning_count > 0
    )
order by number_months.number;

-- name: list_heat(count)
-- What the last phases that are settled took on each number, and how often it was drawn.
with last as materialized (
    select settlements.phase_id, settlements.number
    from settlements
    where settlements.number is not null
    order by settlements.closed_at desc, settlements.phase_id desc
    limit :count
)
select
    exposures.number,
    sum(exposures.total_bet) as total_in,
    count(*) filter (where exposures.number = last.number) as draw_count,
    count(*) as phase_count
from last
join exposures on exposures.phase_id = last.phase_id
group by exposures.number
order by exposures.number;

-- name: read_span(phase_id)^
-- Between which tickets a phase took slips. Sequences follow the clock, so that the key tells.
select
    (
        select tickets.placed_at
        from tickets
        where tickets.phase_id = :phase_id
            and tickets.voided_at is null
        order by tickets.sequence
        limit 1
    ) as first_at,
    (
        select tickets.placed_at
        from tickets
        where tickets.phase_id = :phase_id
            and tickets.voided_at is null
        order by tickets.sequence desc
        limit 1
    ) as last_at;

-- name: list_intake(phase_id, step_s)
-- What a phase took in each stretch of time on the house's clock, void tickets left out. The origin is
-- a Monday, so that weeks begin on one.
select
    date_bin(
        make_interval(secs => :step_s::integer),
        tickets.placed_at at time zone house_rules.timezone,
        timestamp '2001-01-01'
    ) as began_at,
    count(*) as ticket_count,
    sum(tickets.total) as total_in
from tickets
cross join house_rules
where tickets.phase_id = :phase_id
    and tickets.voided_at is null
group by began_at
order by began_at;
