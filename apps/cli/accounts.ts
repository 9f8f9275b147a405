/** `daybook accounts open|list|deposit|withdraw`. */
import type { Command } from 'commander'
import { example, given, listing, sending, type Written } from './command.ts'
import type { Terminal } from './terminal.ts'

interface Open extends Written {
  readonly book: string
  readonly currency: string
  readonly leverage: string
}
interface Money extends Written {
  readonly currency: string
  readonly amount: string
  readonly reason?: string
}

export const accountsCommand = (program: Command, terminal: Terminal): void => {
  const accounts = program
    .command('accounts')
    .description('Open accounts; look at their money; move it')
  const list = accounts.command('list').description('List accounts and their money')
  listing(list, terminal, {
    path: '/v1/accounts',
    filters: [],
    paged: true,
    columns: ['id', 'book', 'currency', 'leverage', 'costBasis', 'balances', 'openedAt'],
  })
  example(list, terminal, 'accounts list')
  const open = accounts
    .command('open')
    .description('Open an account; its book is for ever')
    .argument('<id>', 'its name: up to 32 of a-z, 0-9 and _')
    .option('--book <id>', 'the book that its risk belongs to', 'main')
    .option('--currency <currency>', 'the currency that its figures are shown in', 'USDT')
    .option('--leverage <factor>', 'how many times its money it may hold', '1')
  sending<Open>(open, terminal, ({ book, currency, leverage }, id) => ({
    method: 'POST',
    path: '/v1/accounts',
    body: { id, book, currency, leverage },
  }))
  example(open, terminal, 'accounts open arbitrage --leverage 2')
  money(accounts, terminal, 'deposit', 'Bring money into an account (paper)')
  money(accounts, terminal, 'withdraw', 'Take money out of an account (paper)')
}

const money = (
  accounts: Command,
  terminal: Terminal,
  verb: 'deposit' | 'withdraw',
  says: string,
): void => {
  const command = accounts
    .command(verb)
    .description(says)
    .argument('<id>', 'the account')
    .requiredOption('--currency <currency>', 'such as USDT')
    .requiredOption('--amount <amount>', 'how much')
    .option('--reason <text>', 'why, for whoever reads it later')
  const route = verb === 'deposit' ? 'deposits' : 'withdrawals'
  sending<Money>(command, terminal, ({ currency, amount, reason }, id = '') => ({
    method: 'POST',
    path: `/v1/accounts/${encodeURIComponent(id)}/${route}`,
    body: given({ currency, amount, reason }),
  }))
  example(command, terminal, `accounts ${verb} main --currency USDT --amount 1000`)
}
