-- name: read_senders(collector_ids, keys)
-- Who sends each slip, at what rate, brought in by whom, and the ticket that its key names already; a
-- row a slip, in order. The collectors' accounts are held, and their keys with them.
select
    users.id,
    users.username,
    users.commission_rate,
    users.partner_id,
    users.disabled_at,
    prior.id as prior,
    prior.fingerprint
from unnest(:collector_ids::integer[], :keys::text[]) with ordinality
    as slip (collector_id, key, place)
join users on users.id = slip.collector_id
left join lateral (
    select tickets.id, tickets.fingerprint
    from tickets
    where tickets.collector_id = slip.collector_id
        and tickets.key = slip.key
    limit 1
) as prior on true
order by slip.place;

-- name: read_ticket(id)^
-- One ticket, by its id.
select
    tickets.*,
    users.username,
    phases.name as phase_name,
    phases.state as phase_state,
    phases.closes_at,
    phases.void_window_s,
    clock_timestamp() as now
from tickets
join users on users.id = tickets.collector_id
join phases on phases.id = tickets.phase_id
where tickets.id = :id;

-- name: list_tickets(phase_id, collector_id, before, count)
-- Tickets of a phase, the newest first, below a sequence; of one collector or of all.
select
    tickets.*,
    users.username,
    phases.name as phase_name,
    phases.state as phase_state,
    phases.closes_at,
    phases.void_window_s,
    clock_timestamp() as now
from tickets
join users on users.id = tickets.collector_id
join phases on phases.id = tickets.phase_id
where tickets.phase_id = :phase_id
    and (:collector_id::integer is null or tickets.collector_id = :collector_id)
    and tickets.sequence < :before
order by tickets.sequence desc
limit :count;

-- name: read_by_sequence(phase_id, sequence)^
-- One ticket, by its short number in the phase.
select tickets.id, tickets.collector_id
from tickets
where tickets.phase_id = :phase_id
    and tickets.sequence = :sequence;

-- name: read_told(id)^
-- What its receipt told of a ticket.
select
    tickets.id,
    tickets.sequence,
    tickets.numbers,
    tickets.cents,
    tickets.commission,
    tickets.balance_after,
    tickets.placed_at
from tickets
where tickets.id = :id;

-- name: lock_ticket(phase_id, sequence)^
-- A ticket that is about to be voided or noted on.
select tickets.id
from tickets
where tickets.phase_id = :phase_id
    and tickets.sequence = :sequence
for no key update;

-- name: void_tickets(phase_id, sequences, transfer_ids, voided_by, voided_at)!
-- Tickets that count no more; their stakes went back by the transfers named.
update tickets
set
    voided_at = :voided_at,
    voided_by = :voided_by,
    void_transfer_id = undone.transfer_id
from unnest(:sequences::integer[], :transfer_ids::bigint[]) as undone (sequence, transfer_id)
where tickets.phase_id = :phase_id
    and tickets.sequence = undone.sequence;

-- name: standing_tickets(phase_id)
-- The tickets of a phase that are not void, with the transfers that paid for them.
select tickets.sequence, tickets.collector_id, tickets.transfer_id
from tickets
where tickets.phase_id = :phase_id
    and tickets.voided_at is null
order by tickets.sequence;

-- name: set_note(phase_id, sequence, note)!
-- What is noted on a ticket.
update tickets
set note = :note
where tickets.phase_id = :phase_id
    and tickets.sequence = :sequence;

-- name: stakes_since(collector_id, since)^
-- What a collector has staked since a moment, void tickets left out, and the commission on it; looked
-- for in the phases that were not over by then, not in all that the collector ever placed.
select
    coalesce(sum(tickets.total), 0)::numeric(20, 2) as stakes,
    coalesce(sum(tickets.commission), 0)::numeric(20, 2) as commission,
    count(*) as ticket_count
from tickets
where tickets.collector_id = :collector_id
    and tickets.phase_id in (
        select phases.id
        from phases
        where coalesce(phases.closed_at, phases.voided_at, 'infinity') >= :since
    )
    and tickets.placed_at >= :since
    and tickets.voided_at is null;

-- name: sum_tickets(phase_id)^
-- What the standing tickets of a phase come to: counted anew, not taken from the totals row.
select
    coalesce(sum(tickets.total), 0)::numeric(20, 2) as total_in,
    coalesce(sum(tickets.commission), 0)::numeric(20, 2) as commission,
    count(*) as ticket_count,
    coalesce(sum(tickets.bet_count), 0) as bet_count
from tickets
where tickets.phase_id = :phase_id
    and tickets.voided_at is null;
