/** Guards over generated histories, held to the oracle: the first quarter of them. */
import { heldToTheOracle } from '#domain/risk/testing/held-to-the-oracle'

heldToTheOracle('first')
