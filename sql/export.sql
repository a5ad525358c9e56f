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
        as settled_at,
    settlements.revision::text as draw,
    settlements.source,
    settlements.partner_earnings::text
from settlements
join phases on phases.id = settlements.phase_id
left join users as closers on closers.id = settlements.closed_by
left join users as settlers on settlers.id = settlements.settled_by
where (:phase_id::integer is null or settlements.phase_id = :phase_id)
    and :user_id::integer is null
    and (:since::timestamptz is null or settlements.closed_at >= :since)
    and (:until::timestamptz is null or settlements.closed_at < :until)
order by settlements.phase_id;

-- name: list_statements(phase_id, user_id, since, until)
-- What each phase was to each collector with a ticket in it, the purses those of now. Phases are chosen
-- by when they were opened, so that none is cut in two.
select
    summed.phase_id::text,
    phases.name as phase,
    phases.state,
    lpad(settlements.number::text, 3, '0') as number,
    summed.collector_id::text,
    collectors.username as collector,
    summed.ticket_count::text,
    summed.bet_count::text,
    summed.void_count::text,
    summed.total_in::numeric(24, 2)::text,
    summed.from_cash::numeric(24, 2)::text,
    summed.from_bonus::numeric(24, 2)::text,
    summed.from_credit::numeric(24, 2)::text,
    summed.returned::numeric(24, 2)::text,
    summed.commission::numeric(24, 2)::text,
    figured.total_out::numeric(24, 2)::text,
    paid.to_cash::numeric(24, 2)::text,
    paid.to_credit::numeric(24, 2)::text,
    (figured.total_out + summed.commission - summed.total_in)::numeric(24, 2)::text as result,
    coalesce(undone.amount, 0)::numeric(24, 2)::text as taken_back,
    coalesce(undone.debt, 0)::numeric(24, 2)::text as debt,
    held.cash::numeric(24, 2)::text as cash_balance,
    held.bonus::numeric(24, 2)::text as bonus_balance,
    held.credit::numeric(24, 2)::text as credit_balance
from (
    select
        tickets.phase_id,
        tickets.collector_id,
        count(*) filter (where tickets.voided_at is null) as ticket_count,
        count(*) filter (where tickets.voided_at is not null) as void_count,
        coalesce(sum(tickets.bet_count) filter (where tickets.voided_at is null), 0) as bet_count,
        coalesce(sum(tickets.total) filter (where tickets.voided_at is null), 0) as total_in,
        coalesce(sum(tickets.total) filter (where tickets.voided_at is not null), 0) as returned,
        coalesce(sum(tickets.commission) filter (where tickets.voided_at is null), 0) as commission,
        coalesce(sum(drawn.cash) filter (where tickets.voided_at is null), 0) as from_cash,
        coalesce(sum(drawn.bonus) filter (where tickets.voided_at is null), 0) as from_bonus,
        coalesce(sum(drawn.credit) filter (where tickets.voided_at is null), 0) as from_credit
    from tickets
    cross join lateral (
        select
            - sum(entries.amount) filter (where accounts.kind = 'cash') as cash,
            - sum(entries.amount) filter (where accounts.kind = 'bonus') as bonus,
            - sum(entries.amount) filter (where accounts.kind = 'credit') as credit
        from entries
        join accounts on accounts.id = entries.account_id
        where entries.transfer_id = tickets.transfer_id
    ) as drawn
    where (:phase_id::integer is null or tickets.phase_id = :phase_id)
        and (:user_id::integer is null or tickets.collector_id = :user_id)
    group by tickets.phase_id, tickets.collector_id
) as summed
join phases on phases.id = summed.phase_id
left join settlements on settlements.phase_id = summed.phase_id
left join users as collectors on collectors.id = summed.collector_id
left join lateral (
    select sum(payouts.amount) as total_out
    from tickets
    join payouts
        on payouts.phase_id = tickets.phase_id
        and payouts.revision = settlements.revision
        and payouts.sequence = tickets.sequence
    where tickets.phase_id = summed.phase_id
        and tickets.collector_id = summed.collector_id
) as won on true
cross join lateral (
    select
        case
            when phases.state in ('settled', 'void') then coalesce(won.total_out, 0)
        end as total_out
) as figured
left join lateral (
    select
        coalesce(sum(entries.amount) filter (where accounts.kind = 'cash'), 0) as to_cash,
        coalesce(sum(entries.amount) filter (where accounts.kind = 'credit'), 0) as to_credit
    from (
        select distinct payouts.transfer_id
        from tickets
        join payouts
            on payouts.phase_id = tickets.phase_id
            and payouts.revision = settlements.revision
            and payouts.sequence = tickets.sequence
        where tickets.phase_id = summed.phase_id
            and tickets.collector_id = summed.collector_id
    ) as named
    join entries on entries.transfer_id = named.transfer_id
    join accounts on accounts.id = entries.account_id
) as paid on figured.total_out is not null
left join lateral (
    select sum(compensations.amount) as amount, sum(compensations.debt) as debt
    from compensations
    where compensations.phase_id = summed.phase_id
        and compensations.collector_id = summed.collector_id
) as undone on true
cross join lateral (
    select
        sum(accounts.balance) filter (where accounts.kind = 'cash') as cash,
        sum(accounts.balance) filter (where accounts.kind = 'bonus') as bonus,
        sum(accounts.balance) filter (where accounts.kind = 'credit') as credit
    from accounts
    where accounts.user_id = summed.collector_id
) as held
where (:since::timestamptz is null or phases.opened_at >= :since)
    and (:until::timestamptz is null or phases.opened_at < :until)
order by summed.phase_id, summed.collector_id;

-- name: list_statement(phase_id, user_id, since, until)
-- The tickets on a statement, each with the purses that its stake came from and its winnings went to.
select
    tickets.phase_id::text,
    phases.name as phase,
    lpad(settlements.number::text, 3, '0') as number,
    tickets.collector_id::text,
    collectors.username as collector,
    tickets.sequence::text,
    tickets.id::text,
    case when tickets.voided_at is null then 'standing' else 'void' end as state,
    to_char(tickets.placed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as placed_at,
    tickets.bet_count::text as count,
    tickets.total::text,
    drawn.cash::numeric(24, 2)::text as from_cash,
    drawn.bonus::numeric(24, 2)::text as from_bonus,
    drawn.credit::numeric(24, 2)::text as from_credit,
    trim_scale(tickets.commission_rate)::text as commission_rate,
    tickets.commission::text,
    won.total_out::numeric(24, 2)::text,
    won.to_cash::numeric(24, 2)::text,
    won.to_credit::numeric(24, 2)::text,
    to_char(tickets.voided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as voided_at
from tickets
left join phases on phases.id = tickets.phase_id
left join settlements on settlements.phase_id = tickets.phase_id
left join users as collectors on collectors.id = tickets.collector_id
cross join lateral (
    select
        coalesce(- sum(entries.amount) filter (where accounts.kind = 'cash'), 0) as cash,
        coalesce(- sum(entries.amount) filter (where accounts.kind = 'bonus'), 0) as bonus,
        coalesce(- sum(entries.amount) filter (where accounts.kind = 'credit'), 0) as credit
    from entries
    join accounts on accounts.id = entries.account_id
    where entries.transfer_id = tickets.transfer_id
) as drawn
left join lateral (
    select
        coalesce(sum(entries.amount), 0) as total_out,
        coalesce(sum(entries.amount) filter (where accounts.kind = 'cash'), 0) as to_cash,
        coalesce(sum(entries.amount) filter (where accounts.kind = 'credit'), 0) as to_credit
    from (
        select distinct payouts.transfer_id
        from payouts
        where payouts.phase_id = tickets.phase_id
            and payouts.revision = settlements.revision
            and payouts.sequence = tickets.sequence
    ) as named
    join entries on entries.transfer_id = named.transfer_id
    join accounts on accounts.id = entries.account_id
    where accounts.user_id is not null
) as won on settlements.number is not null
    and tickets.voided_at is null
where (:phase_id::integer is null or tickets.phase_id = :phase_id)
    and (:user_id::integer is null or tickets.collector_id = :user_id)
    and (:since::timestamptz is null or tickets.placed_at >= :since)
    and (:until::timestamptz is null or tickets.placed_at < :until)
order by tickets.phase_id, tickets.sequence;
