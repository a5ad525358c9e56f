-- name: read_leaves(phase_id)
-- The leaves of all tickets of a phase by sequence, void ones too.
select tickets.sequence, tickets.leaf, tickets.voided_at is not null as void
from tickets
where tickets.phase_id = :phase_id
order by tickets.sequence;

-- name: insert_settlement(phase_id, total_in, commission, ticket_count, bet_count, tree_root, seal, closed_by, closed_at)!
-- The settlement row as the closing knows it; the draw completes it.
insert into settlements (
    phase_id, total_in, commission, ticket_count, bet_count, tree_root, seal, closed_by, closed_at
)
values (
    :phase_id, :total_in, :commission, :ticket_count, :bet_count, :tree_root, :seal, :closed_by,
    :closed_at
);

-- name: insert_draw(phase_id, revision, number, source, reason, total_in, total_out, commission, net_profit, payout_count, partner_earnings, debt, entered_by, approval_id)!
-- A draw as it was entered, and what came of it; the month is that of the closing on the house's clock.
insert into draws (
    phase_id, revision, number, source, reason, month, total_in, total_out, commission, net_profit,
    payout_count, partner_earnings, debt, entered_by, approval_id, entered_at
)
select
    :phase_id,
    :revision,
    :number,
    :source,
    :reason,
    coalesce(
        first.month,
        date_trunc('month', settlements.closed_at at time zone house_rules.timezone)
    ),
    :total_in,
    :total_out,
    :commission,
    :net_profit,
    :payout_count,
    :partner_earnings,
    :debt,
    :entered_by,
    :approval_id,
    clock_timestamp()
from settlements
cross join house_rules
left join draws as first
    on first.phase_id = :phase_id
    and first.revision = 1
where settlements.phase_id = :phase_id;

-- name: complete_settlement(phase_id, revision, number, source, total_out, net_profit, payout_count, partner_earnings, settled_by)!
-- The draw that counts, what it paid, and what is left; settled when the phase first was.
update settlements
set
    revision = :revision,
    number = :number,
    source = :source,
    total_out = :total_out,
    net_profit = :net_profit,
    payout_count = :payout_count,
    partner_earnings = :partner_earnings,
    settled_by = :settled_by,
    settled_at = phases.settled_at
from phases
where settlements.phase_id = :phase_id
    and phases.id = settlements.phase_id;

-- name: read_settlement(phase_id)^
-- The settlement row of a phase.
select
    settlements.phase_id,
    settlements.number,
    settlements.total_in,
    settlements.total_out,
    settlements.commission,
    settlements.net_profit,
    settlements.ticket_count,
    settlements.bet_count,
    settlements.payout_count,
    settlements.seal,
    settlements.closed_at,
    settlements.settled_at,
    settlements.revision,
    settlements.source,
    settlements.partner_earnings
from settlements
where settlements.phase_id = :phase_id;

-- name: read_paid_legs(phase_id, revision)
-- What the payouts of a draw brought to each purse of the collectors.
select tickets.collector_id, entries.account_id, sum(entries.amount) as amount
from (
    select distinct payouts.sequence, payouts.transfer_id
    from payouts
    where payouts.phase_id = :phase_id
        and payouts.revision = :revision
        and payouts.transfer_id is not null
) as paid
join tickets
    on tickets.phase_id = :phase_id
    and tickets.sequence = paid.sequence
join entries
    on entries.transfer_id = paid.transfer_id
    and entries.sequence is not null
group by tickets.collector_id, entries.account_id
order by tickets.collector_id, entries.account_id;

-- name: insert_compensations(phase_id, revision, collector_ids, amounts, debts, transfer_ids)!
-- One row a collector who was paid by a draw that does not count any more.
insert into compensations (phase_id, revision, collector_id, amount, debt, transfer_id)
select :phase_id, :revision, taken.collector_id, taken.amount, taken.debt, taken.transfer_id
from unnest(
    :collector_ids::integer[],
    :amounts::numeric[],
    :debts::numeric[],
    :transfer_ids::bigint[]
) as taken (collector_id, amount, debt, transfer_id);

-- name: read_compensations(phase_id, revision)
-- What was taken back of a draw.
select compensations.collector_id, users.username, compensations.amount, compensations.debt
from compensations
join users on users.id = compensations.collector_id
where compensations.phase_id = :phase_id
    and compensations.revision = :revision
order by compensations.debt desc, compensations.amount desc, compensations.collector_id;

-- name: read_draws(phase_id)
-- The draws of a phase, the one that counts first.
select
    draws.phase_id,
    draws.revision,
    draws.number,
    draws.source,
    draws.reason,
    draws.total_in,
    draws.total_out,
    draws.commission,
    draws.net_profit,
    draws.payout_count,
    draws.partner_earnings,
    draws.debt,
    askers.username as entered_by,
    deciders.username as approved_by,
    draws.entered_at
from draws
join users as askers on askers.id = draws.entered_by
left join approvals on approvals.id = draws.approval_id
left join users as deciders on deciders.id = approvals.decided_by
where draws.phase_id = :phase_id
order by draws.revision desc;
