-- name: draws(few, phases)
-- The draws of a phase are numbered without a gap, each came to what it paid, and the settlement row
-- says what the last one says.
select
    format('draw %s of phase %s', coalesce(draws.revision, settlements.revision), phases.id) as row,
    format(
        'number %s, %s out in %s payouts, partners %s; its payouts come to %s in %s rows; the settlement'
        ' row says draw %s, number %s, %s out, partners %s; %s draws before it',
        coalesce(lpad(draws.number::text, 3, '0'), 'none'),
        draws.total_out,
        draws.payout_count,
        coalesce(draws.partner_earnings::text, 'unknown'),
        coalesce(paid.total_out, 0),
        coalesce(paid.payout_count, 0),
        coalesce(settlements.revision::text, 'none'),
        coalesce(lpad(settlements.number::text, 3, '0'), 'none'),
        settlements.total_out,
        coalesce(settlements.partner_earnings::text, 'unknown'),
        draws.place - 1
    ) as detail
from phases
left join settlements on settlements.phase_id = phases.id
full join (
    select
        draws.*,
        row_number() over (
            partition by draws.phase_id
            order by draws.revision
        ) as place,
        count(*) over (partition by draws.phase_id) as draw_count
    from draws
    where (:phases::integer[] is null or draws.phase_id = any(:phases))
) as draws on draws.phase_id = phases.id
left join (
    select
        payouts.phase_id,
        payouts.revision,
        sum(payouts.amount) as total_out,
        count(*) as payout_count
    from payouts
    where (:phases::integer[] is null or payouts.phase_id = any(:phases))
    group by payouts.phase_id, payouts.revision
) as paid
    on paid.phase_id = draws.phase_id
    and paid.revision = draws.revision
where (:phases::integer[] is null or coalesce(draws.phase_id, phases.id) = any(:phases))
    and (draws.phase_id is not null or phases.state = 'settled')
    and (
        phases.state = 'settled'
        and draws.revision = draws.place
        and draws.total_in = settlements.total_in
        and draws.commission = settlements.commission
        and draws.total_out = coalesce(paid.total_out, 0)
        and draws.payout_count = coalesce(paid.payout_count, 0)
        and case
            when draws.place = draws.draw_count then settlements.revision = draws.revision
                and settlements.number = draws.number
                and settlements.source = draws.source
                and settlements.total_out = draws.total_out
                and settlements.net_profit = draws.net_profit
                and settlements.payout_count = draws.payout_count
                and settlements.partner_earnings is not distinct from draws.partner_earnings
            else true
        end
    ) is not true
order by phases.id, draws.revision
limit :few;

-- name: compensations(few, phases)
-- What a draw paid that does not count any more was taken back from each collector, in full, in one
-- transfer; what was not there any more is what the next draw says is owed.
with owed as (
    select payouts.phase_id, payouts.revision, tickets.collector_id, sum(payouts.amount) as amount
    from payouts
    join settlements
        on settlements.phase_id = payouts.phase_id
        and settlements.revision > payouts.revision
    left join tickets
        on tickets.phase_id = payouts.phase_id
        and tickets.sequence = payouts.sequence
    where (:phases::integer[] is null or payouts.phase_id = any(:phases))
    group by payouts.phase_id, payouts.revision, tickets.collector_id
    having sum(payouts.amount) <> 0
),

taken as (
    select
        compensations.*,
        transfers.reason,
        transfers.phase_id as in_phase,
        (
            select - sum(entries.amount)
            from entries
            join accounts on accounts.id = entries.account_id
            where entries.transfer_id = compensations.transfer_id
                and accounts.user_id = compensations.collector_id
                and accounts.kind in ('cash', 'credit')
        ) as moved
    from compensations
    left join transfers on transfers.id = compensations.transfer_id
    where (:phases::integer[] is null or compensations.phase_id = any(:phases))
)

select
    format(
        'what user %s gives back of draw %s of phase %s',
        coalesce(owed.collector_id, taken.collector_id),
        coalesce(owed.revision, taken.revision),
        coalesce(owed.phase_id, taken.phase_id)
    ) as row,
    format(
        'it paid %s; taken back are %s by transfer %s, which is %s of phase %s and moved %s',
        coalesce(owed.amount, 0),
        coalesce(taken.amount, 0),
        coalesce(taken.transfer_id::text, 'none'),
        coalesce(taken.reason, 'missing'),
        coalesce(taken.in_phase::text, 'none'),
        coalesce(taken.moved, 0)
    ) as detail
from owed
full join taken
    on taken.phase_id = owed.phase_id
    and taken.revision = owed.revision
    and taken.collector_id = owed.collector_id
where (
    taken.amount = owed.amount
    and taken.moved = owed.amount
    and taken.reason = 'resettlement'
    and taken.in_phase = owed.phase_id
) is not true
union all
select
    format('draw %s of phase %s', draws.revision, draws.phase_id),
    format(
        'it says that %s is owed; what was taken back of the draw before left %s owing',
        draws.debt, coalesce(sum(compensations.debt), 0)
    )
from draws
left join compensations
    on compensations.phase_id = draws.phase_id
    and compensations.revision = draws.revision - 1
where (:phases::integer[] is null or draws.phase_id = any(:phases))
group by draws.phase_id, draws.revision, draws.debt
having draws.debt <> coalesce(sum(compensations.debt), 0)
limit :few;

-- name: resettlements(few, since)
-- Nothing is taken back for nothing.
select
    format('transfer %s (resettlement)', transfers.id) as row,
    format('%s compensations name it', count(compensations.transfer_id)) as detail
from transfers
left join compensations on compensations.transfer_id = transfers.id
where transfers.reason = 'resettlement'
    and (:since::bigint = 0 or transfers.id > :since)
group by transfers.id
having count(compensations.transfer_id) <> 1
order by transfers.id
limit :few;

-- name: read_earnings(phases)
-- What each draw made of each partner's tickets, beside what is recorded; `paid_before` is what earlier
-- draws of the phase have paid.
select
    coalesce(counted.phase_id, earnings.phase_id) as phase_id,
    coalesce(counted.revision, earnings.revision) as revision,
    coalesce(counted.partner_id, earnings.partner_id) as partner_id,
    counted.collector_count as expected_collector_count,
    counted.ticket_count as expected_ticket_count,
    counted.stakes as expected_stakes,
    counted.payouts as expected_payouts,
    counted.is_last,
    earnings.collector_count,
    earnings.ticket_count,
    earnings.stakes,
    earnings.payouts,
    earnings.profit,
    earnings.share_percentage,
    earnings.shared_stakes,
    earnings.shared_payouts,
    earnings.shared_profit,
    earnings.commission_rate,
    earnings.earned,
    earnings.amount,
    earnings.status,
    (
        select coalesce(sum(before.amount), 0)
        from earnings as before
        where before.phase_id = earnings.phase_id
            and before.partner_id = earnings.partner_id
            and before.revision < earnings.revision
            and before.status = 'paid'
    ) as paid_before
from (
    select
        draws.phase_id,
        draws.revision,
        draws.revision = settlements.revision as is_last,
        brought.partner_id,
        brought.collector_count,
        brought.ticket_count,
        brought.stakes,
        coalesce(won.amount, 0) as payouts
    from draws
    join settlements on settlements.phase_id = draws.phase_id
    join (
        select
            tickets.phase_id,
            tickets.partner_id,
            count(distinct tickets.collector_id) as collector_count,
            count(*) as ticket_count,
            sum(tickets.total) as stakes
        from tickets
        where tickets.partner_id is not null
            and tickets.voided_at is null
            and (:phases::integer[] is null or tickets.phase_id = any(:phases))
        group by tickets.phase_id, tickets.partner_id
    ) as brought on brought.phase_id = draws.phase_id
    left join (
        select
            payouts.phase_id,
            payouts.revision,
            tickets.partner_id,
            sum(payouts.amount) as amount
        from payouts
        join tickets
            on tickets.phase_id = payouts.phase_id
            and tickets.sequence = payouts.sequence
        where tickets.partner_id is not null
            and (:phases::integer[] is null or payouts.phase_id = any(:phases))
        group by payouts.phase_id, payouts.revision, tickets.partner_id
    ) as won
        on won.phase_id = draws.phase_id
        and won.revision = draws.revision
        and won.partner_id = brought.partner_id
    where draws.partner_earnings is not null
        and (:phases::integer[] is null or draws.phase_id = any(:phases))
) as counted
full join (
    select *
    from earnings
    where (:phases::integer[] is null or earnings.phase_id = any(:phases))
) as earnings
    on earnings.phase_id = counted.phase_id
    and earnings.revision = counted.revision
    and earnings.partner_id = counted.partner_id
order by 1, 2, 3;

-- name: earning_sums(few, phases)
-- A draw says what all partners have earned by it.
select
    format('draw %s of phase %s', draws.revision, draws.phase_id) as row,
    format(
        'it says that partners earned %s; their rows come to %s',
        draws.partner_earnings, coalesce(sum(earnings.earned), 0)
    ) as detail
from draws
left join earnings
    on earnings.phase_id = draws.phase_id
    and earnings.revision = draws.revision
where draws.partner_earnings is not null
    and (:phases::integer[] is null or draws.phase_id = any(:phases))
group by draws.phase_id, draws.revision, draws.partner_earnings
having draws.partner_earnings <> coalesce(sum(earnings.earned), 0)
order by draws.phase_id, draws.revision
limit :few;

-- name: earning_transfers(few)
-- What was paid of earnings reached the partner's cash, once, and nothing else is paid for that reason.
select
    format('transfer %s (earning)', coalesce(paid.transfer_id, made.id)) as row,
    format(
        'earnings of user %s that name it come to %s; it brought %s to user %s',
        coalesce(paid.partner_id::text, 'none'),
        coalesce(paid.amount, 0),
        coalesce(made.amount, 0),
        coalesce(made.user_id::text, 'none')
    ) as detail
from (
    select
        earnings.transfer_id,
        min(earnings.partner_id) as partner_id,
        max(earnings.partner_id) as last_partner,
        sum(earnings.amount) as amount
    from earnings
    where earnings.transfer_id is not null
    group by earnings.transfer_id
) as paid
full join (
    select
        transfers.id,
        min(accounts.user_id) as user_id,
        sum(entries.amount) as amount
    from transfers
    left join entries
        on entries.transfer_id = transfers.id
        and entries.sequence is not null
    left join accounts on accounts.id = entries.account_id
    where transfers.reason = 'earning'
    group by transfers.id
) as made on made.id = paid.transfer_id
where (
    made.amount = paid.amount
    and made.user_id = paid.partner_id
    and paid.last_partner = paid.partner_id
) is not true
order by coalesce(paid.transfer_id, made.id)
limit :few;

-- name: partner_totals(few)
-- What a partner has earned and was paid is the sum over the draws that count, and over what was paid.
select
    format('totals of user %s', coalesce(partner_totals.partner_id, summed.partner_id)) as row,
    format(
        'earned %s, paid %s; the earnings come to %s and %s',
        coalesce(partner_totals.earned::text, 'nothing'),
        coalesce(partner_totals.paid::text, 'nothing'),
        coalesce(summed.earned, 0),
        coalesce(summed.paid, 0)
    ) as detail
from partner_totals
full join (
    select
        earnings.partner_id,
        sum(earnings.earned) filter (where earnings.revision = settlements.revision) as earned,
        sum(earnings.amount) filter (where earnings.status = 'paid') as paid
    from earnings
    left join settlements on settlements.phase_id = earnings.phase_id
    group by earnings.partner_id
) as summed on summed.partner_id = partner_totals.partner_id
where (
    partner_totals.earned = coalesce(summed.earned, 0)
    and partner_totals.paid = coalesce(summed.paid, 0)
) is not true
order by coalesce(partner_totals.partner_id, summed.partner_id)
limit :few;

-- name: house_months(few)
-- The statistics of the house are what its settled phases come to, counted anew.
select
    format('statistics of %s', to_char(coalesce(kept.month, counted.month), 'YYYY-MM')) as row,
    format(
        'phases, tickets, bets, winning bets, in, out, commission, partners are %s; the draws say %s',
        coalesce(kept.figures::text, 'missing'), coalesce(counted.figures::text, 'nothing')
    ) as detail
from (
    select
        house_months.month,
        (
            house_months.phase_count, house_months.ticket_count, house_months.bet_count,
            house_months.winning_count, house_months.total_in, house_months.total_out,
            house_months.commission, house_months.partner_earnings
        )::text as figures,
        house_months.phase_count
    from house_months
) as kept
full join (
    select
        draws.month,
        (
            count(*), sum(settlements.ticket_count), sum(settlements.bet_count),
            sum(draws.payout_count),
            sum(draws.total_in)::numeric(24, 2),
            sum(draws.total_out)::numeric(24, 2),
            sum(draws.commission)::numeric(24, 2),
            sum(coalesce(draws.partner_earnings, 0))::numeric(24, 2)
        )::text as figures
    from draws
    join settlements
        on settlements.phase_id = draws.phase_id
        and settlements.revision = draws.revision
    group by draws.month
) as counted on counted.month = kept.month
where kept.figures is distinct from counted.figures
order by coalesce(kept.month, counted.month)
limit :few;

-- name: collector_months(few, phases)
-- The same by collector, for the months that are gone over.
select
    format(
        'statistics of user %s in %s',
        coalesce(kept.collector_id, counted.collector_id),
        to_char(coalesce(kept.month, counted.month), 'YYYY-MM')
    ) as row,
    format(
        'phases, tickets, bets, winning bets, in, out, commission are %s; the draws say %s',
        coalesce(kept.figures, 'missing'), coalesce(counted.figures, 'nothing')
    ) as detail
from (
    select
        collector_months.month,
        collector_months.collector_id,
        (
            collector_months.phase_count, collector_months.ticket_count,
            collector_months.bet_count, collector_months.winning_count,
            collector_months.total_in, collector_months.total_out, collector_months.commission
        )::text as figures
    from collector_months
    where (
        :phases::integer[] is null
        or collector_months.month in (
            select draws.month
            from draws
            where draws.phase_id = any(:phases)
        )
    )
) as kept
full join (
    select
        figures.month,
        figures.collector_id,
        (
            count(*), sum(figures.ticket_count), sum(figures.bet_count),
            sum(figures.winning_count),
            sum(figures.total_in)::numeric(24, 2),
            sum(figures.total_out)::numeric(24, 2),
            sum(figures.commission)::numeric(24, 2)
        )::text as figures
    from collector_figures as figures
    join settlements
        on settlements.phase_id = figures.phase_id
        and settlements.revision = figures.revision
    where (
        :phases::integer[] is null
        or figures.month in (
            select draws.month
            from draws
            where draws.phase_id = any(:phases)
        )
    )
    group by figures.month, figures.collector_id
) as counted
    on counted.month = kept.month
    and counted.collector_id = kept.collector_id
where kept.figures is distinct from counted.figures
order by coalesce(kept.month, counted.month), coalesce(kept.collector_id, counted.collector_id)
limit :few;

-- name: number_months(few, phases)
-- The same by number. A number that only a draw put right had drawn is kept, with nothing in it.
select
    format(
        'statistics of number %s in %s',
        lpad(coalesce(kept.number, counted.number)::text, 3, '0'),
        to_char(coalesce(kept.month, counted.month), 'YYYY-MM')
    ) as row,
    format(
        'draws, winning bets, in, out are %s; the draws say %s',
        coalesce(kept.figures, 'missing'), coalesce(counted.figures, 'nothing')
    ) as detail
from (
    select
        number_months.month,
        number_months.number,
        (
            number_months.draw_count, number_months.winning_count, number_months.total_in,
            number_months.total_out
        )::text as figures
    from number_months
    where (
        :phases::integer[] is null
        or number_months.month in (
            select draws.month
            from draws
            where draws.phase_id = any(:phases)
        )
    )
) as kept
full join (
    select
        figures.month,
        figures.number,
        (
            sum(figures.draw_count),
            sum(figures.winning_count),
            sum(figures.total_in)::numeric(24, 2),
            sum(figures.total_out)::numeric(24, 2)
        )::text as figures
    from number_figures as figures
    join settlements
        on settlements.phase_id = figures.phase_id
        and settlements.revision = figures.revision
    where (
        :phases::integer[] is null
        or figures.month in (
            select draws.month
            from draws
            where draws.phase_id = any(:phases)
        )
    )
    group by figures.month, figures.number
) as counted
    on counted.month = kept.month
    and counted.number = kept.number
where coalesce(kept.figures, '(0,0,0.00,0.00)') <> coalesce(counted.figures, '(0,0,0.00,0.00)')
order by coalesce(kept.month, counted.month), coalesce(kept.number, counted.number)
limit :few;
