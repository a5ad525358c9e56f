-- Draws that can be put right, partners' earnings, statistics by month, and phases on a calendar.
-- depends: 0005_chain

-- migrate: apply

alter table accounts
    drop constraint accounts_kind_check,
    add constraint accounts_kind_check check (kind in (
        'cash', 'bonus', 'credit',
        'stakes', 'payouts', 'commission', 'desk', 'bonuses', 'corrections', 'partners'
    ));

insert into accounts (id, kind) values (7, 'partners');

alter table transfers
    drop constraint transfers_reason_check,
    add constraint transfers_reason_check check (reason in (
        'stake', 'void', 'payout', 'commission', 'resettlement',
        'deposit', 'withdrawal', 'advance', 'repayment', 'bonus', 'earning',
        'conversion', 'expiry', 'reversal', 'correction'
    ));

alter table approvals
    drop constraint approvals_kind_check,
    add constraint approvals_kind_check check (kind in (
        'withdrawal', 'reversal', 'credit-limit', 'number-limit', 'phase-limits', 'four-eyes',
        'settlement', 'resettlement'
    ));

-- By the house's own clock months begin and calendars go; the settings say which it is.
alter table house_rules add column timezone text not null default 'UTC';

-- When draws come round, and what each takes from a phase that stands as the model: days of the month,
-- days of the week (1 is Monday), at times of the house's own clock. So many are drafted ahead.
create table calendars (
    id integer generated always as identity primary key,
    name text not null check (length(name) between 1 and 30),
    month_days smallint[] not null,
    week_days smallint[] not null,
    open_days_before smallint not null check (open_days_before between 0 and 31),
    opens time not null,
    closes time not null,
    model_id integer not null references phases (id),
    ahead smallint not null default 2 check (ahead between 1 and 12),
    stopped_at timestamptz,
    created_by integer not null references users (id),
    created_at timestamptz not null default clock_timestamp(),
    check (month_days <@ array[
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
        17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ]::smallint[]),
    check (week_days <@ array[1, 2, 3, 4, 5, 6, 7]::smallint[]),
    check (cardinality(month_days) + cardinality(week_days) > 0),
    check (open_days_before > 0 or opens < closes)
);

-- A draw that falls on another day than the calendar says, or, without one, not at all.
create table calendar_moves (
    calendar_id integer not null references calendars (id),
    day date not null,
    moved_to date,
    note text check (length(note) <= 200),
    primary key (calendar_id, day)
);

-- `commission_rate`, where it is set, stands in for the rate of every collector.
alter table phases
    add column opens_at timestamptz,
    add column commission_rate numeric(5, 2) check (commission_rate between 0 and 100),
    add column calendar_id integer references calendars (id),
    add column draw_day date,
    add check ((calendar_id is null) = (draw_day is null)),
    add unique (calendar_id, draw_day);

-- A phase's draws in the order in which they were entered: the last one counts, and is in `settlements`
-- too. `month` is that of the closing, on the house's own clock. `debt` is what taking the payouts of
-- the draw before back left people owing. Partners' earnings are not known of draws before this.
create table draws (
    phase_id integer not null references phases (id),
    revision integer not null check (revision > 0),
    number smallint not null check (number between 0 and 999),
    source text not null check (length(source) between 1 and 200),
    reason text check (length(reason) between 1 and 200),
    month date not null check (extract(day from month) = 1),
    total_in numeric(20, 2) not null,
    total_out numeric(20, 2) not null,
    commission numeric(20, 2) not null,
    net_profit numeric(20, 2) not null,
    payout_count integer not null,
    partner_earnings numeric(20, 2),
    debt numeric(20, 2) not null default 0 check (debt >= 0),
    entered_by integer not null references users (id),
    approval_id integer references approvals (id),
    entered_at timestamptz not null,
    primary key (phase_id, revision),
    check ((revision = 1) = (reason is null)),
    check (net_profit = total_in - total_out - commission)
);

create index draws_entered on draws (entered_at);

alter table settlements
    add column revision integer,
    add column source text,
    add column partner_earnings numeric(20, 2);

insert into draws (
    phase_id, revision, number, source, month, total_in, total_out, commission, net_profit,
    payout_count, entered_by, entered_at
)
select
    settlements.phase_id,
    1,
    settlements.number,
    'not noted',
    date_trunc('month', settlements.closed_at at time zone 'UTC'),
    settlements.total_in,
    settlements.total_out,
    settlements.commission,
    settlements.net_profit,
    settlements.payout_count,
    coalesce(settlements.settled_by, phases.created_by),
    settlements.settled_at
from settlements
join phases on phases.id = settlements.phase_id
where settlements.number is not null;

update settlements
set revision = 1, source = 'not noted'
where number is not null;

alter table settlements
    add check ((number is null) = (revision is null)),
    add check ((number is null) = (source is null));

create trigger draws_are_append_only before update or delete or truncate on draws
    for each statement execute function refuse_change();
create trigger note_draw after insert on draws
    for each row execute function note_write('phase', 'phase_id', 'draw', 'revision');

-- One row a winning bet of each draw.
alter table payouts
    add column revision integer not null default 1,
    drop constraint payouts_pkey,
    add primary key (phase_id, revision, sequence, number);
alter table payouts
    alter column revision drop default;

-- What a collector was paid by a draw that did not count in the end, taken back in one transfer; of
-- that, `debt` was not there any more.
create table compensations (
    phase_id integer not null,
    revision integer not null,
    collector_id integer not null references users (id),
    amount numeric(20, 2) not null check (amount > 0),
    debt numeric(20, 2) not null check (debt between 0 and amount),
    transfer_id bigint not null unique,
    primary key (phase_id, revision, collector_id),
    foreign key (phase_id, revision) references draws (phase_id, revision)
);

create trigger compensations_are_append_only before update or delete or truncate on compensations
    for each statement execute function refuse_change();

-- What a draw made of the tickets of a partner's collectors: the real figures and the partner's share of
-- them. `amount` is what the row adds to what the partner is due: `earned`, less what earlier draws of
-- the phase have paid already. A row without an amount has nothing to wait for; one that was not paid
-- when the next draw came is replaced.
create table earnings (
    phase_id integer not null,
    revision integer not null,
    partner_id integer not null references users (id),
    collector_count integer not null,
    ticket_count integer not null,
    stakes numeric(20, 2) not null,
    payouts numeric(20, 2) not null,
    profit numeric(20, 2) not null,
    share_percentage numeric(5, 2) not null,
    shared_stakes numeric(20, 2) not null,
    shared_payouts numeric(20, 2) not null,
    shared_profit numeric(20, 2) not null,
    commission_rate numeric(5, 2) not null,
    earned numeric(20, 2) not null check (earned >= 0),
    amount numeric(20, 2) not null,
    status text not null check (status in ('pending', 'paid', 'nothing', 'replaced')),
    transfer_id bigint,
    paid_at timestamptz,
    primary key (phase_id, revision, partner_id),
    foreign key (phase_id, revision) references draws (phase_id, revision),
    check (profit = stakes - payouts),
    check (shared_profit = shared_stakes - shared_payouts),
    check ((status = 'paid') = (transfer_id is not null)),
    check ((status = 'paid') = (paid_at is not null)),
    check ((status = 'nothing') <= (amount = 0))
);

create index earnings_partner on earnings (partner_id, phase_id desc, revision desc);
create index earnings_transfer on earnings (transfer_id) where transfer_id is not null;

create trigger note_earning after insert or update or delete on earnings
    for each row execute function note_write(
        'user', 'partner_id', 'earning of phase', 'phase_id', 'draw', 'revision'
    );

-- What a partner has earned by the draws that count, and how much of it was paid. `pending` is below
-- zero where more was paid than the last draw left.
create table partner_totals (
    partner_id integer primary key references users (id),
    earned numeric(20, 2) not null default 0,
    paid numeric(20, 2) not null default 0,
    pending numeric(20, 2) generated always as (earned - paid) stored
);

-- Statistics of the phases that are settled, by the month of their closing.
create table house_months (
    month date primary key,
    phase_count integer not null,
    ticket_count integer not null,
    bet_count bigint not null,
    winning_count integer not null,
    total_in numeric(24, 2) not null,
    total_out numeric(24, 2) not null,
    commission numeric(24, 2) not null,
    partner_earnings numeric(24, 2) not null
);

create table collector_months (
    month date not null,
    collector_id integer not null references users (id),
    phase_count integer not null,
    ticket_count integer not null,
    bet_count bigint not null,
    winning_count integer not null,
    total_in numeric(24, 2) not null,
    total_out numeric(24, 2) not null,
    commission numeric(24, 2) not null,
    primary key (month, collector_id)
);

create table number_months (
    month date not null,
    number smallint not null check (number between 0 and 999),
    draw_count integer not null,
    winning_count integer not null,
    total_in numeric(24, 2) not null,
    total_out numeric(24, 2) not null,
    primary key (month, number)
);

-- Where the last verification that found nothing left the bets of a phase that takes slips: what those up
-- to a ticket stake on each number, in cents and in cents times hundredths, less what is void by the
-- transfers up to `voided_up_to`.
create table exposure_checkpoints (
    phase_id integer primary key references phases (id),
    up_to integer not null,
    voided_up_to bigint not null,
    numbers smallint[] not null,
    cents numeric(24)[] not null,
    weights numeric(24)[] not null
);

create trigger note_calendar after insert or update or delete on calendars
    for each row execute function note_write('calendar', 'id');
create trigger note_move after insert or update or delete on calendar_moves
    for each row execute function note_write('calendar', 'calendar_id', 'day', 'day');

-- What each draw made of the tickets that stand, by collector and by number. Settlements count them into
-- the statistics, and verifications count the statistics anew.
create view collector_figures as
select
    draws.phase_id,
    draws.revision,
    draws.month,
    taken.collector_id,
    taken.ticket_count,
    taken.bet_count,
    coalesce(won.winning_count, 0) as winning_count,
    taken.total_in,
    coalesce(won.total_out, 0) as total_out,
    taken.commission
from draws
join (
    select
        tickets.phase_id,
        tickets.collector_id,
        count(*) as ticket_count,
        sum(tickets.bet_count) as bet_count,
        sum(tickets.total) as total_in,
        sum(tickets.commission) as commission
    from tickets
    where tickets.voided_at is null
    group by tickets.phase_id, tickets.collector_id
) as taken on taken.phase_id = draws.phase_id
left join (
    select
        payouts.phase_id,
        payouts.revision,
        tickets.collector_id,
        count(*) as winning_count,
        sum(payouts.amount) as total_out
    from payouts
    join tickets
        on tickets.phase_id = payouts.phase_id
        and tickets.sequence = payouts.sequence
    group by payouts.phase_id, payouts.revision, tickets.collector_id
) as won
    on won.phase_id = taken.phase_id
    and won.revision = draws.revision
    and won.collector_id = taken.collector_id;

create view number_figures as
select
    draws.phase_id,
    draws.revision,
    draws.month,
    exposures.number,
    case when exposures.number = draws.number then 1 else 0 end as draw_count,
    coalesce(won.winning_count, 0) as winning_count,
    exposures.total_bet as total_in,
    coalesce(won.total_out, 0) as total_out
from draws
join exposures on exposures.phase_id = draws.phase_id
left join (
    select
        payouts.phase_id,
        payouts.revision,
        payouts.number,
        count(*) as winning_count,
        sum(payouts.amount) as total_out
    from payouts
    group by payouts.phase_id, payouts.revision, payouts.number
) as won
    on won.phase_id = draws.phase_id
    and won.revision = draws.revision
    and won.number = exposures.number
where exposures.total_bet > 0
    or exposures.number = draws.number
    or won.winning_count > 0;

insert into house_months (
    month, phase_count, ticket_count, bet_count, winning_count, total_in, total_out, commission,
    partner_earnings
)
select
    draws.month,
    count(*),
    sum(settlements.ticket_count),
    sum(settlements.bet_count),
    sum(draws.payout_count),
    sum(draws.total_in),
    sum(draws.total_out),
    sum(draws.commission),
    0
from draws
join settlements on settlements.phase_id = draws.phase_id
group by draws.month;

insert into collector_months (
    month, collector_id, phase_count, ticket_count, bet_count, winning_count, total_in, total_out,
    commission
)
select
    figures.month,
    figures.collector_id,
    count(*),
    sum(figures.ticket_count),
    sum(figures.bet_count),
    sum(figures.winning_count),
    sum(figures.total_in),
    sum(figures.total_out),
    sum(figures.commission)
from collector_figures as figures
group by figures.month, figures.collector_id;

insert into number_months (month, number, draw_count, winning_count, total_in, total_out)
select
    figures.month,
    figures.number,
    sum(figures.draw_count),
    sum(figures.winning_count),
    sum(figures.total_in),
    sum(figures.total_out)
from number_figures as figures
group by figures.month, figures.number;

-- migrate: rollback

-- Refused by itself where a draw was put right, or the newer version moved money for a reason of its own.
drop view number_figures, collector_figures;
drop table exposure_checkpoints;
drop table number_months, collector_months, house_months, partner_totals, earnings, compensations;
alter table payouts
    drop constraint payouts_pkey,
    drop column revision,
    add primary key (phase_id, sequence, number);
alter table settlements
    drop column revision,
    drop column source,
    drop column partner_earnings;
drop table draws;
alter table phases
    drop column opens_at,
    drop column commission_rate,
    drop column calendar_id,
    drop column draw_day;
drop table calendar_moves, calendars;
alter table house_rules drop column timezone;
delete from accounts where id = 7;
alter table accounts
    drop constraint accounts_kind_check,
    add constraint accounts_kind_check check (kind in (
        'cash', 'bonus', 'credit',
        'stakes', 'payouts', 'commission', 'desk', 'bonuses', 'corrections'
    ));
alter table transfers
    drop constraint transfers_reason_check,
    add constraint transfers_reason_check check (reason in (
        'stake', 'void', 'payout', 'commission',
        'deposit', 'withdrawal', 'advance', 'repayment', 'bonus',
        'conversion', 'expiry', 'reversal', 'correction'
    ));
alter table approvals
    drop constraint approvals_kind_check,
    add constraint approvals_kind_check check (kind in (
        'withdrawal', 'reversal', 'credit-limit', 'number-limit', 'phase-limits', 'four-eyes'
    ));
