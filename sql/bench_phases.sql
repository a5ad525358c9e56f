-- name: placed_moments(phase_id)
-- When each ticket of a phase was placed, in order.
select tickets.placed_at
from tickets
where tickets.phase_id = :phase_id
order by tickets.sequence;

-- name: last_sequence(phase_id)$
-- How many tickets a phase has taken.
select phase_totals.last_sequence
from phase_totals
where phase_totals.phase_id = :phase_id;

-- name: take_settlement_back(phase_id)!
-- What a closing wrote, so that the same full phase can be closed many times. No house does this.
delete from settlements
where settlements.phase_id = :phase_id;

-- name: forget_order()!
-- Phases may go back in this house; only the owner of the tables can allow that.
alter table phases disable trigger phases_go_forward;

-- name: reopen(phase_id)!
-- The other half of it.
update phases
set
    state = 'open',
    closed_at = null
where phases.id = :phase_id
    and phases.state = 'closed';
