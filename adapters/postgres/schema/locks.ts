/** The numbers of our advisory locks, which the whole database shares: two that are one would wait for each other. */
export const locks = {
  /** One migrator at a time. */
  migration: '7236410001',
  /** One that makes or swaps generations of read models. */
  generations: '7236410002',
  /** One paper venue. */
  paperVenue: '7236410003',
  /** One writer of read models, for as long as it lives. */
  readModels: '7236410004',
  /** One that makes room for ticks. */
  tickPartitions: '7236410005',
} as const
