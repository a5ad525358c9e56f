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

-- name: complete_settlement(phase_id, number, total_out, net_profit, payout_count, settled_by, settled_at)!
-- The draw, what it paid, and what is left.
update settlements
set
    number = :number,
    total_out = :total_out,
    net_profit = :net_profit,
    payout_count = :payout_count,
    settled_by = :settled_by,
    settled_at = :settled_at
where phase_id = :phase_id;

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
    settlements.settled_at
from settlements
where settlements.phase_id = :phase_id;
