/** Guards over generated histories, held to the oracle: the second quarter of them. */
import { heldToTheOracle } from '#domain/risk/testing/held-to-the-oracle'

heldToTheOracle('second')
