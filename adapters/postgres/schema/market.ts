/** Schema `market`: what the market-data app keeps of the ticks it has heard. */
import type { Migration } from './migration.ts'
import { roleOf } from './role-names.ts'

const marketData = roleOf('market-data')
const readers = [roleOf('api'), roleOf('cli')].join(', ')

const schema = `
  create schema market;
  grant usage on schema market to ${marketData}, ${readers};
  alter default privileges in schema market grant select, insert, update, delete on tables to ${marketData};
  alter default privileges in schema market grant select on tables to ${readers};`

export const marketMigrations: readonly Migration[] = [{ name: 'market-1', sql: schema }]
