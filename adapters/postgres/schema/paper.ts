/** Schema `paper`: the paper venue's own orders, trades, positions and payments. The ledger never looks into it. */
import type { Migration } from './migration.ts'
import { roleOf } from './role-names.ts'

const venue = roleOf('paper-venue')

const schema = `
  create schema paper;
  grant usage on schema paper to ${venue};
  alter default privileges in schema paper grant select, insert, update, delete on tables to ${venue};
  alter default privileges in schema paper grant usage on sequences to ${venue};`

/** Ids are counted by the venue, which is the only one to write: dense, and in the order in which things happened. */
const tables = `
  create table paper.orders (
    id bigint primary key check (id > 0),
    account text collate "C" not null,
    client_order_id text collate "C" not null,
    symbol text collate "C" not null,
    side text not null,
    order_type text not null,
    time_in_force text not null,
    quantity numeric not null,
    limit_price numeric check (limit_price > 0),
    status text not null,
    filled_total numeric not null check (filled_total between 0 and quantity),
    reason_code text,
    reason_message text,
    placed_at timestamptz not null,
    changed_at timestamptz not null,
    constraint orders_client_order_id unique (account, client_order_id),
    constraint orders_filled check (status = 'refused' or (status = 'filled') = (filled_total = quantity))
  ) with (fillfactor = 70);
  create index orders_open on paper.orders (account, id) where status = 'open';
  create index orders_closed on paper.orders (account, changed_at) where status <> 'open';

  create table paper.trades (
    id bigint primary key check (id > 0),
    order_id bigint not null references paper.orders,
    client_order_id text collate "C" not null,
    account text collate "C" not null,
    symbol text collate "C" not null,
    side text not null,
    quantity numeric not null check (quantity > 0),
    price numeric not null check (price > 0),
    fee_currency text not null,
    fee_amount numeric not null,
    liquidity text not null,
    at timestamptz not null,
    -- Of a resting order: the print of the tape that filled it.
    print text
  );
  create index trades_account on paper.trades (account, at);
  create index trades_print on paper.trades (symbol, id) where print is not null;`

/** What orders were before they could wait for a price or a time, and what contracts had made of positions by then. */
const contracts = `
  alter table paper.orders
    add column stop_price numeric check (stop_price > 0),
    add column expire_at timestamptz,
    add column post_only boolean not null default false,
    add column reduce_only boolean not null default false,
    add column triggered boolean,
    add column queued_at timestamptz;
  update paper.orders set queued_at = placed_at;
  alter table paper.orders
    alter column queued_at set not null,
    alter column post_only drop default,
    alter column reduce_only drop default,
    add constraint orders_triggered check ((stop_price is null) = (triggered is null));

  create table paper.positions (
    account text collate "C" not null,
    symbol text collate "C" not null,
    -- Long above 0, short below 0.
    quantity numeric not null,
    funded_until timestamptz not null,
    primary key (account, symbol)
  ) with (fillfactor = 70);
  insert into paper.positions
    select account, symbol, sum(case side when 'buy' then quantity else -quantity end), now()
    from paper.trades where position(':' in symbol) > 0 group by account, symbol;

  create table paper.fundings (
    id bigint primary key check (id > 0),
    -- The end of the interval: each is settled once.
    funding_id text collate "C" not null,
    account text collate "C" not null,
    symbol text collate "C" not null,
    quantity numeric not null,
    mark_price numeric not null check (mark_price > 0),
    rate numeric not null,
    currency text not null,
    amount numeric not null,
    at timestamptz not null,
    constraint fundings_once unique (account, symbol, funding_id)
  );
  create index fundings_account on paper.fundings (account, at);`

export const paperMigrations: readonly Migration[] = [
  { name: 'paper-1', sql: schema },
  { name: 'paper-2', sql: tables },
  { name: 'paper-3', sql: contracts },
]
