/** `daybook fills|positions|balances|instruments list`, `daybook pnl`. */
import { type Command, Option } from 'commander'
import { example, type ListCommand, listing } from './command.ts'
import type { Terminal } from './terminal.ts'

export const fillsCommand = (program: Command, terminal: Terminal): void => {
  const command = program
    .command('fills')
    .description('Look at what was executed')
    .command('list')
    .description('List fills, newest first')
    .option('--account <id>', 'of this account')
    .option('--strategy <id>', 'of this strategy')
    .option('--symbol <symbol>', 'for this instrument')
    .option('--order-id <id>', 'of this order')
    .option('--from <time>', 'at or after this time, such as 2026-11-20T09:00:00Z')
    .option('--to <time>', 'before this time')
  listing(command, terminal, fills)
  example(command, terminal, 'fills list --symbol BTC/USDT')
}
const fills: ListCommand = {
  path: '/v1/fills',
  filters: ['account', 'strategy', 'symbol', 'orderId', 'from', 'to'],
  paged: true,
  columns: [
    'at',
    'symbol',
    'side',
    'quantity',
    'price',
    'fee',
    'liquidity',
    'account',
    'strategy',
    'orderId',
    'tradeId',
  ],
}
export const positionsCommand = (program: Command, terminal: Terminal): void => {
  const command = program
    .command('positions')
    .description('Look at what is held')
    .command('list')
    .description('List positions')
    .option('--account <id>', 'of this account')
    .option('--strategy <id>', 'of this strategy')
    .option('--symbol <symbol>', 'in this instrument')
    .addOption(
      new Option('--state <state>', 'open, or what has been closed')
        .choices(['open', 'closed'])
        .default('open'),
    )
  listing(command, terminal, positions)
  example(command, terminal, 'positions list', 'positions list --state closed -o json')
}
const positions: ListCommand = {
  path: '/v1/positions',
  filters: ['account', 'strategy', 'symbol', 'state'],
  paged: true,
  columns: [
    'account',
    'strategy',
    'symbol',
    'side',
    'quantity',
    'averagePrice',
    'mark',
    'unrealisedPnl',
    'realisedPnl',
    'fees',
    'openedAt',
  ],
}

export const balancesCommand = (program: Command, terminal: Terminal): void => {
  const command = program
    .command('balances')
    .description('Look at money')
    .command('list')
    .description('List what each account has of each currency')
    .option('--account <id>', 'of this account')
  listing(command, terminal, {
    path: '/v1/balances',
    filters: ['account'],
    paged: false,
    columns: ['account', 'currency', 'free', 'used', 'total'],
  })
  example(command, terminal, 'balances list')
}

export const pnlCommand = (program: Command, terminal: Terminal): void => {
  const command = program
    .command('pnl')
    .description('Show profit and loss by day and strategy, in the currency of the account')
    .option('--account <id>', 'of this account', 'main')
    .option('--strategy <id>', 'of this strategy')
    .option('--from <time>', 'at or after this time, such as 2026-11-20T00:00:00Z')
    .option('--to <time>', 'before this time')
    .addOption(new Option('--interval <interval>', 'by day or by hour').choices(['day', 'hour']))
  listing(command, terminal, {
    path: '/v1/pnl',
    filters: ['account', 'strategy', 'from', 'to', 'interval'],
    paged: true,
    columns: [
      'period',
      'account',
      'strategy',
      'currency',
      'realised',
      'unrealised',
      'fees',
      'funding',
      'net',
      'equity',
    ],
  })
  example(command, terminal, 'pnl --from 2026-11-01T00:00:00Z -o csv')
}

export const instrumentsCommand = (program: Command, terminal: Terminal): void => {
  const command = program
    .command('instruments')
    .description('Look at what may be traded')
    .command('list')
    .description('List instruments with their rules and marks')
    .option('--venue <id>', 'of this venue')
  listing(command, terminal, {
    path: '/v1/instruments',
    filters: ['venue'],
    paged: true,
    columns: [
      'venue',
      'symbol',
      'kind',
      'tickSize',
      'lotSize',
      'quantityMin',
      'notionalMin',
      'contractSize',
      'mark',
      'markAt',
    ],
  })
  example(command, terminal, 'instruments list')
}
