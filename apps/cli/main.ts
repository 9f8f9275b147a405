#!/usr/bin/env node
/** `daybook`: the command line of the ledger. */
import { calledAs } from './called-as.ts'
import { daybook } from './daybook.ts'
import { processTerminal } from './terminal.ts'

process.exitCode = await daybook(process.argv.slice(2), processTerminal(calledAs(process.argv[1])))
