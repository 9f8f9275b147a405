/** What rules 4 decide that no earlier rules could: one list of stories for each part of them. */
import { fourthAmendStories } from '#domain/risk/testing/fourth-amend-stories'
import { fourthChecksStories } from '#domain/risk/testing/fourth-checks-stories'
import { fourthControlStories } from '#domain/risk/testing/fourth-control-stories'
import { fourthScopesStories } from '#domain/risk/testing/fourth-scopes-stories'
import { fourthDaysStories } from '#domain/risk/testing/fourth-days-stories'
import type { GoldenLog } from '#domain/risk/testing/golden-stories'

export const fourthStories = (): readonly GoldenLog[] => [
  ...fourthAmendStories(),
  ...fourthChecksStories(),
  ...fourthControlStories(),
  ...fourthDaysStories(),
  ...fourthScopesStories(),
]
