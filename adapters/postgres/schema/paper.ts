/** Schema `paper`: the paper venue's own orders and trades. The ledger never looks into it. */
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

export const paperMigrations: readonly Migration[] = [
  { name: 'paper-1', sql: schema },
  { name: 'paper-2', sql: tables },
]
