/** Writes the golden logs of the rules in force, if they are not there yet; those that are there stay as they are. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { rulesInForce } from '#domain/risk/rules'
import { goldenPath, goldenText } from '#domain/testing/golden-logs'
import { firstStories, secondStories } from '#domain/risk/testing/golden-stories'
import { fourthStories } from '#domain/risk/testing/fourth-stories'
import { thirdStories } from '#domain/risk/testing/third-stories'

const path = goldenPath(rulesInForce.version)
mkdirSync(dirname(path), { recursive: true })
writeFileSync(
  path,
  goldenText([...firstStories(), ...secondStories(), ...thirdStories(), ...fourthStories()]),
  {
    flag: 'wx',
  },
)
process.stdout.write(`written: ${path}\n`)
