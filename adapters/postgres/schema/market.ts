/** Schema `market`: what the market-data app keeps of the ticks it has heard. */
import { storeFunctions } from './market-store.ts'
import { tickTables } from './market-tables.ts'
import type { Migration } from './migration.ts'
import { marketOwner, roleOf } from './role-names.ts'

const marketData = roleOf('market-data')
const readers = [roleOf('api'), roleOf('cli')].join(', ')

const schema = `
  create schema market;
  grant usage on schema market to ${marketData}, ${readers};
  alter default privileges in schema market grant select, insert, update, delete on tables to ${marketData};
  alter default privileges in schema market grant select on tables to ${readers};`

/** Tables belong to nobody who logs in, and are written by functions alone: market-data cannot alter what it has stored. */
const owner = `
  do $$ begin
    create role ${marketOwner} nologin;
  exception when duplicate_object or unique_violation then null; -- Another database of this server has made it.
  end $$;
  grant ${marketOwner} to current_user;
  grant usage, create on schema market to ${marketOwner};
  alter default privileges in schema market revoke select, insert, update, delete on tables from ${marketData};
  set local role ${marketOwner};`

const rights = `
  revoke all on all tables in schema market from public;
  revoke all on all functions in schema market from public;
  grant select on all tables in schema market to ${readers};
  grant select on market.feeds to ${marketData};
  grant execute on function market.feed, market.store, market.make_room, market.forget, market.compress
    to ${marketData};
  reset role;`

export const marketMigrations: readonly Migration[] = [
  { name: 'market-1', sql: schema },
  { name: 'market-2', sql: [owner, tickTables, storeFunctions, rights].join('\n') },
]
