-- name: winning_bets(phase_id, numbers)
-- The bets on numbers that win something, on tickets that stand; cents, and factors in hundredths.
-- Each ticket is searched for each of the few numbers; to part all its bets would take five times
-- as long.
select
    held.sequence,
    held.number,
    held.cents[held.place] as cents,
    coalesce(held.factors[held.place], 100) as factor,
    held.collector_id,
    users.username,
    held.partner_id
from (
    select
        tickets.sequence,
        won.number,
        tickets.cents,
        tickets.factors,
        array_position(tickets.numbers, won.number) as place,
        tickets.collector_id,
        tickets.partner_id
    from tickets
    cross join unnest(:numbers::smallint[]) as won (number)
    where tickets.phase_id = :phase_id
        and tickets.voided_at is null
) as held
join users on users.id = held.collector_id
where held.place is not null
order by held.sequence, held.number;

-- name: insert_payouts(phase_id, revision, sequences, numbers, multipliers, amounts, transfer_ids)!
-- One row a winning bet of a draw; the key lets none be paid twice.
insert into payouts (phase_id, revision, sequence, number, multiplier, amount, transfer_id)
select :phase_id, :revision, won.sequence, won.number, won.multiplier, won.amount, won.transfer_id
from unnest(
    :sequences::text::integer[],
    :numbers::text::smallint[],
    :multipliers::text::numeric[],
    :amounts::text::numeric[],
    :transfer_ids::text::bigint[]
) as won (sequence, number, multiplier, amount, transfer_id);

-- name: insert_commissions(phase_id, collector_ids, amounts, transfer_ids)!
-- One row a collector and phase; the key lets none be paid twice.
insert into commissions (phase_id, collector_id, amount, transfer_id)
select :phase_id, due.collector_id, due.amount, due.transfer_id
from unnest(
    :collector_ids::integer[],
    :amounts::numeric[],
    :transfer_ids::bigint[]
) as due (collector_id, amount, transfer_id);

-- name: read_payouts(phase_id, revision, collector_id)
-- What a draw of a phase paid, the last unless one is named, by ticket and number; to one collector or
-- to all.
select
    payouts.sequence,
    payouts.number,
    payouts.multiplier,
    payouts.amount,
    tickets.id,
    tickets.collector_id,
    tickets.partner_id,
    users.username
from payouts
join tickets
    on tickets.phase_id = payouts.phase_id
    and tickets.sequence = payouts.sequence
join users on users.id = tickets.collector_id
where payouts.phase_id = :phase_id
    and payouts.revision = coalesce(
        :revision,
        (select settlements.revision from settlements where settlements.phase_id = :phase_id)
    )
    and (:collector_id::integer is null or tickets.collector_id = :collector_id)
order by payouts.sequence, payouts.number;
