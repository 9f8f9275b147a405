/** Records what the folds of the guard hold. First raise `foldVersion`, unless only golden logs were added. */
import { writeFileSync } from 'node:fs'
import { foldsPath, readFolds } from '#apps/risk-guard/testing/folds'

writeFileSync(foldsPath, `${JSON.stringify(readFolds(), undefined, 2)}\n`)
process.stdout.write(`written: ${foldsPath}\n`)
