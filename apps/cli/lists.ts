/** `daybook fills|positions|accounts|instruments list`. */
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
  listing(command, terminal, fills)
  example(command, terminal, 'fills list --symbol BTC/USDT')
}
const fills: ListCommand = {
  path: '/v1/fills',
  filters: ['account', 'strategy', 'symbol', 'orderId'],
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

export const accountsCommand = (program: Command, terminal: Terminal): void => {
  const command = program
    .command('accounts')
    .description('Look at accounts')
    .command('list')
    .description('List accounts and their money')
  listing(command, terminal, {
    path: '/v1/accounts',
    filters: [],
    paged: false,
    columns: ['id', 'book', 'currency', 'leverage', 'costBasis', 'balances'],
  })
  example(command, terminal, 'accounts list')
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
    paged: false,
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
