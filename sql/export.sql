-- name: begin_export(patience_ms, stall_ms)!
-- The bounds of one export, in place of those of every other transaction. Which filters are given
-- decides how rows are best found, so that each export is planned for its own.
select
    set_config('statement_timeout', :patience_ms, true),
    set_config('idle_in_transaction_session_timeout', :stall_ms, true),
    set_config('plan_cache_mode', 'force_custom_plan', true);

-- name: note_export(what, chosen)!
-- Who took what out of the house.
select note_event('exported', :what, null, :chosen::text::jsonb);

-- name: list_entries(phase_id, user_id, since, until)
-- Every movement of every account, in the order of the transfers.
select
    entries.transfer_id::text,
    transfers.reason,
    transfers.phase_id::text,
    phases.name as phase,
    entries.account_id::text,
    accounts.kind as account,
    accounts.user_id::text,
    holders.username,
    entries.amount::text,
    entries.balance_after::text,
    entries.sequence::text,
    transfers.actor_id::text,
    actors.username as actor,
    transfers.note,
    to_char(transfers.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at
from entries
join transfers on transfers.id = entries.transfer_id
join accounts on accounts.id = entries.account_id
left join users as holders on holders.id = accounts.user_id
left join users as actors on actors.id = transfers.actor_id
left join phases on phases.id = transfers.phase_id
where (:phase_id::integer is null or transfers.phase_id = :phase_id)
    and (:user_id::integer is null or accounts.user_id = :user_id)
    and (:since::timestamptz is null or transfers.created_at >= :since)
    and (:until::timestamptz is null or transfers.created_at < :until)
order by entries.transfer_id, entries.account_id;

-- name: list_transfers(phase_id, user_id, since, until)
-- Every transfer with what it moved and whose purses it touched; of the desk's, what undid them.
select
    transfers.id::text as transfer_id,
    transfers.reason,
    moved.amount::text,
    moved.user_id::text,
    holders.username,
    transfers.phase_id::text,
    phases.name as phase,
    transfers.actor_id::text,
    actors.username as actor,
    transfers.note,
    desk_transfers.shift_id::text,
    desk_transfers.approval_id::text,
    desk_transfers.reverses_id::text,
    case when desk_transfers.forced then 'forced' end as forced,
    desk_transfers.undone::text,
    to_char(transfers.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at
from transfers
cross join lateral (
    select
        sum(entries.amount) filter (where entries.amount > 0) as amount,
        min(accounts.user_id) as user_id
    from entries
    join accounts on accounts.id = entries.account_id
    where entries.transfer_id = transfers.id
) as moved
left join users as holders on holders.id = moved.user_id
left join users as actors on actors.id = transfers.actor_id
left join phases on phases.id = transfers.phase_id
left join desk_transfers on desk_transfers.transfer_id = transfers.id
where (:phase_id::integer is null or transfers.phase_id = :phase_id)
    and (
        :user_id::integer is null
        or transfers.id in (
            select entries.transfer_id
            from accounts
            join entries on entries.account_id = accounts.id
            where accounts.user_id = :user_id
        )
    )
    and (:since::timestamptz is null or transfers.created_at >= :since)
    and (:until::timestamptz is null or transfers.created_at < :until)
order by transfers.id;

-- name: list_tickets(phase_id, user_id, since, until)
-- Every ticket, void ones too, with its bets on one line in the order of their numbers.
select
    tickets.phase_id::text,
    phases.name as phase,
    tickets.sequence::text,
    tickets.id::text,
    tickets.collector_id::text,
    collectors.username as collector,
    tickets.partner_id::text,
    partners.username as partner,
    case when tickets.voided_at is null then 'standing' else 'void' end as state,
    (
        select string_agg(
            lpad(bet.number::text, 3, '0') || '=' || (bet.cents * 0.01)::numeric(15, 2)::text,
            ' '
            order by bet.number
        )
        from unnest(tickets.numbers, tickets.cents) as bet (number, cents)
    ) as bets,
    tickets.bet_count::text as count,
    tickets.total::text,
    trim_scale(tickets.commission_rate)::text as commission_rate,
    tickets.commission::text,
    tickets.balance_after::text,
    tickets.transfer_id::text,
    tickets.text,
    tickets.note,
    to_char(tickets.placed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as placed_at,
    to_char(tickets.voided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as voided_at,
    voiders.username as voided_by
from tickets
left join phases on phases.id = tickets.phase_id
left join users as collectors on collectors.id = tickets.collector_id
left join users as partners on partners.id = tickets.partner_id
left join users as voiders on voiders.id = tickets.voided_by
where (:phase_id::integer is null or tickets.phase_id = :phase_id)
    and (:user_id::integer is null or tickets.collector_id = :user_id)
    and (:since::timestamptz is null or tickets.placed_at >= :since)
    and (:until::timestamptz is null or tickets.placed_at < :until)
order by tickets.phase_id, tickets.sequence;

-- name: list_settlement(phase_id, user_id, since, until)
-- The ledger row of every closed phase. It is nobody's own: a person leaves nothing to show.
select
    settlements.phase_id::text,
    phases.name as phase,
    phases.state,
    lpad(settlements.number::text, 3, '0') as number,
    settlements.total_in::text,
    settlements.total_out::text,
    settlements.commission::text,
    settlements.net_profit::text,
    settlements.ticket_count::text,
    settlements.bet_count::text,
    settlements.payout_count::text,
    encode(settlements.tree_root, 'hex') as tree_root,
    encode(settlements.seal, 'hex') as seal,
    closers.username as closed_by,
    to_char(settlements.closed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as closed_at,
    settlers.username as settled_by,
    to_char(settlements.settled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        as settled_at
from settlements
join phases on phases.id = settlements.phase_id
left join users as closers on closers.id = settlements.closed_by
left join users as settlers on settlers.id = settlements.settled_by
where (:phase_id::integer is null or settlements.phase_id = :phase_id)
    and :user_id::integer is null
    and (:since::timestamptz is null or settlements.closed_at >= :since)
    and (:until::timestamptz is null or settlements.closed_at < :until)
order by settlements.phase_id;
