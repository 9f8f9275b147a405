/** Schema `paper`: the paper venue's own orders and trades. The ledger never looks into it. */
import type { Migration } from './migration.ts'
import { roleOf } from './role-names.ts'

const venue = roleOf('paper-venue')

const schema = `
  create schema paper;
  grant usage on schema paper to ${venue};
  alter default privileges in schema paper grant select, insert, update, delete on tables to ${venue};
  alter default privileges in schema paper grant usage on sequences to ${venue};`

export const paperMigrations: readonly Migration[] = [{ name: 'paper-1', sql: schema }]
